//! PP012

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth", verison = "1.0.0")]
struct AuthPlugin;

fn main() {}
