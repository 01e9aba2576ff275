//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "Rate Limit")]
struct RateLimitPlugin;

fn main() {}
