//! PP019

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
#[event("user.logout")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;


#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
