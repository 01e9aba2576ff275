//! PP041

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    parent: Option<Arc<AuthPlugin>>,
}

fn main() {}
