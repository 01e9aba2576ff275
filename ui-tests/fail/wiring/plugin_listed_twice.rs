//! PP050

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin(name = "audit")]
struct AuditPlugin;

static PLUGINS: PluginSet = plugins![AuthPlugin, AuditPlugin, AuthPlugin];

fn main() {}
