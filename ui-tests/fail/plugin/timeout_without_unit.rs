//! PP004

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", timeout = "5")]
struct AuthPlugin;

fn main() {}
