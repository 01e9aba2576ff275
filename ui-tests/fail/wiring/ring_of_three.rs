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
    config: Arc<ConfigPlugin>,
}

#[plugin(name = "config")]
struct ConfigPlugin {
    #[inject]
    auth: Arc<AuthPlugin>,
}

static PLUGINS: PluginSet = plugins![AuthPlugin, CachePlugin, ConfigPlugin];

fn main() {}
