//! PP085, PP085

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin(name = "cache")]
struct CachePlugin;

#[plugin(name = "log")]
struct LogPlugin;

static PLUGINS: PluginSet = plugins![
    AuthPlugin
    CachePlugin;
    LogPlugin,
];

fn main() {}
