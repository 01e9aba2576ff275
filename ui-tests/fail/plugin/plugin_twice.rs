//! PP019

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
#[plugin(version = "1.0.0")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin];

fn main() {}
