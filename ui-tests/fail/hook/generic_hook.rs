//! PP094

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    fn on_login<T: Default>(&self, login: &UserLogin) {}
}

fn main() {}
