//! PP019

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache")]
struct CachePlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    #[init(Arc::new(CachePlugin))]
    cache: Arc<CachePlugin>,
}

fn main() {}
