//! PP030, PP030, PP030

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;


#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    fn on_login(&self, login: &str) {}

    #[hook("user.login")]
    async fn on_bytes(&self, login: &[u8]) {}

    #[hook("user.login")]
    async fn on_any(&self, login: &dyn std::any::Any) {}
}

fn main() {}
