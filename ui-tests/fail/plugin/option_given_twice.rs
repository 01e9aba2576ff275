//! PP009

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", version = "1.0.0", name = "login")]
struct AuthPlugin;

fn main() {}
