//! PP070

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
enum AuthPlugin {
    Tokens,
    Sessions,
}

fn main() {}
