//! PP008

use pepperplug::prelude::*;

#[plugin(name = "auth", optional = true)]
struct AuthPlugin;

fn main() {}
