//! PP021

#![allow(unused)]

use pepperplug::prelude::*;

struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin];

fn main() {}
