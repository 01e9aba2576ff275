//! PP046

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache", version = "1.1.4")]
struct CachePlugin;

#[plugin(name = "auth", version = "1.0.0")]
struct AuthPlugin {
    #[inject(version = ">=1.2")]
    cache: Arc<CachePlugin>,
}

fn main() {}
