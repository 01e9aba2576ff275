//! PP081

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");

#[service("cache")]
trait Cache: Send + Sync {
    fn size(&self) -> usize;
    async fn other(&self) -> usize {
        0
    }
}

include!("parts/cache.rs");
include!("parts/auth.rs");
include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

fn main() {}
