//! PP001

use pepperplug::prelude::*;

#[plugin(name = "Rate Limit")]
struct RateLimitPlugin;

fn main() {}
