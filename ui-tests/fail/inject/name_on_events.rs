//! PP024

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject("events")]
    events: Events,
}

fn main() {}
