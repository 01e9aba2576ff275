//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[event]
#[derive(Clone)]
struct UserLogin {
    user: String,
}

impl UserLogin {
    fn name(&self) -> &str {
        &self.user
    }
}

include!("parts/service.rs");
include!("parts/cache.rs");
include!("parts/auth.rs");
include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

fn main() {}
