//! PP047

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login", before = "audit")]
    fn on_login(&self, login: &UserLogin) {}
}

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin]
impl AuditPlugin {
    #[hook("user.login", before = "auth")]
    fn record(&self, login: &UserLogin) {}
}

static PLUGINS: PluginSet = plugins![AuthPlugin, AuditPlugin];

fn main() {}
