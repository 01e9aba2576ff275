//! PP083

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
