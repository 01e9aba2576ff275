//! PP055

#![allow(unused)]

use pepperplug::prelude::*;

#[event("config.loaded", historic = 16)]
struct ConfigLoaded {
    path: String,
}

fn main() {}
