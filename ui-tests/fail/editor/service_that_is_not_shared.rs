//! PP082

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");

#[service("cache")]
trait Cache: Send {
    fn size(&self) -> usize;
}

include!("parts/cache.rs");
include!("parts/auth.rs");
include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

fn main() {}
