//! PP042

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "config")]
struct ConfigPlugin;

#[plugin(name = "auth", requires("confg"))]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin, ConfigPlugin];

fn main() {}
