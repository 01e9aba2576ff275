//! PP085

#![allow(unused)]

use pepperplug::prelude::*;

macro_rules! all {
    () => {
        AuthPlugin
    };
}

#[plugin(name = "auth")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![all!()];

fn main() {}
