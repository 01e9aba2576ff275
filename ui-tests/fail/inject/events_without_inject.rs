//! PP026

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    events: Events,
}

fn main() {}
