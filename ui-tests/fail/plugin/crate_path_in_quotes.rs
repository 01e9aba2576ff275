//! PP018

use pepperplug::prelude::*;

#[plugin(name = "auth", crate = "pepperplug")]
struct AuthPlugin;

fn main() {}
