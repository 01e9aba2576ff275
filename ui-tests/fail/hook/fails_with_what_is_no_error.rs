//! PP032

#![allow(unused)]

use pepperplug::prelude::*;

#[derive(Debug)]
struct LoginFailed;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) -> Result<(), LoginFailed> {
        Err(LoginFailed)
    }
}

fn main() {}
