//! PP013

use pepperplug::prelude::*;

#[plugin(name = "auth", requires("config", "auth"))]
struct AuthPlugin;

fn main() {}
