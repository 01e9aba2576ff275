//! PP008

use pepperplug::prelude::*;

#[plugin(name)]
struct AuthPlugin;

fn main() {}
