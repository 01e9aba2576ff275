//! PP051

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache")]
struct CachePlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<CachePlugin>,
}

static PLUGINS: PluginSet = plugins![AuthPlugin];

fn main() {}
