//! PP006

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login", retries = 1000)]
    fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
