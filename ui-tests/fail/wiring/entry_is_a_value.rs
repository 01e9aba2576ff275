//! PP085

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin {}];

fn main() {}
