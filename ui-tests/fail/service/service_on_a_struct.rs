//! PP079

use pepperplug::prelude::*;

#[service("cache")]
struct Cache;

fn main() {}
