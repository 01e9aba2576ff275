//! PP013

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", requires("cache", "config", "cache >=1.2"))]
struct AuthPlugin;

fn main() {}
