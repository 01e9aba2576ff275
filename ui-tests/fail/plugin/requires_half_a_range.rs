//! PP003

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", requires("config", "cache >="))]
struct AuthPlugin;

fn main() {}
