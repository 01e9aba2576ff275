//! PP041

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<CachePlugin>,
}

#[plugin(name = "cache")]
struct CachePlugin {
    #[inject]
    auth: Arc<AuthPlugin>,
}

fn main() {}
