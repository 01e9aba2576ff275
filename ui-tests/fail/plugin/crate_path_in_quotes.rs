//! PP018

#![allow(unused)]

mod hub {
    pub use pepperplug;
}

use hub::pepperplug::prelude::*;

#[plugin(name = "auth", crate = "hub::pepperplug")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin];

fn main() {}
