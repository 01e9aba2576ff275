//! PP035

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    fn on_login(&self, login: &mut UserLogin) {}
}

fn main() {}
