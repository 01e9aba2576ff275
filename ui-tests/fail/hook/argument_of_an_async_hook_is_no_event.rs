//! PP030

#![allow(unused)]

use pepperplug::prelude::*;

struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login", priority = high)]
    async fn on_login(&self, login: &UserLogin, ctx: &EventContext<'_>) -> Result<(), std::io::Error> {
        Ok(())
    }
}

fn main() {}
