//! PP046

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache", version = "1.1.4")]
struct CachePlugin;

#[plugin(name = "auth", version = "1.0.0", requires("cache >=1.2"))]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin, CachePlugin];

fn main() {}
