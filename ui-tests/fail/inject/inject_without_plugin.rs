//! PP084

use pepperplug::prelude::*;

#[plugin(name = "cache")]
struct CachePlugin;

#[inject]
struct AuthPlugin {
    cache: Arc<CachePlugin>,
}

fn main() {}
