//! PP013

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", requires("config", "auth"))]
struct AuthPlugin;

fn main() {}
