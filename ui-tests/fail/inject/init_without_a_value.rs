//! PP008

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[init]
    patience: u32,
}

fn main() {}
