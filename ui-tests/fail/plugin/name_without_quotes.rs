//! PP007

use pepperplug::prelude::*;

#[plugin(name = auth)]
struct AuthPlugin;

fn main() {}
