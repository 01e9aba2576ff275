//! PP030

#![allow(unused)]

use pepperplug::prelude::*;

struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
