//! PP018

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", crate = "pepperplug")]
struct AuthPlugin;

fn main() {}
