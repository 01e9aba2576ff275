//! PP052

#![allow(unused)]

use pepperplug::prelude::*;

mod auth {
    #[pepperplug::event("login")]
    pub struct UserLogin;
}

mod admin {
    #[pepperplug::event("login")]
    pub struct AdminLogin;
}

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin]
impl AuditPlugin {
    #[hook("login")]
    fn on_user(&self, login: &auth::UserLogin) {}

    #[hook("login")]
    fn on_admin(&self, login: &admin::AdminLogin) {}
}

static PLUGINS: PluginSet = plugins![AuditPlugin];

fn main() {}
