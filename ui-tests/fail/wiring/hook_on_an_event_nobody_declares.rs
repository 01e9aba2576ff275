//! PP054

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    fn on_login(&self, login: &UserLogin) {}
}

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin]
impl AuditPlugin {
    #[hook("user.logni")]
    fn record(&self, ctx: &EventContext) {}
}

static PLUGINS: PluginSet = plugins![AuthPlugin, AuditPlugin];

fn main() {}
