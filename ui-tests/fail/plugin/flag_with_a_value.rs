//! PP008

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", optional = true)]
struct AuthPlugin;

fn main() {}
