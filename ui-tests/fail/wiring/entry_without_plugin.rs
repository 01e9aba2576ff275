//! PP021

use pepperplug::prelude::*;

struct AuthPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin];

fn main() {}
