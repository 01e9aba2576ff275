//! PP086

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![#[allow(deprecated)] AuthPlugin];

fn main() {}
