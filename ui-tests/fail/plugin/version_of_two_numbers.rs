//! PP002

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", version = "1.0")]
struct AuthPlugin;

fn main() {}
