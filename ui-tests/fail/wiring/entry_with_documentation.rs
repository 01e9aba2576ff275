//! PP086

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

static PLUGINS: PluginSet = plugins![
    /// Who may do what.
    AuthPlugin,
];

fn main() {}
