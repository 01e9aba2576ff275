//! PP086

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![#[allow(deprecated)] AuthPlugin];

fn main() {}
