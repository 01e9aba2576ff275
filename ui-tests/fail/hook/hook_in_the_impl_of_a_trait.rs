//! PP083

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;


trait Listen {
    fn on_login(&self, login: &UserLogin);
}

impl Listen for AuthPlugin {
    #[hook("user.login")]
    fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
