//! PP012

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;


#[plugin]
impl AuthPlugin {
    #[hook("user.login", name = "warm-up")]
    async fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
