//! PP102

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.*")]
    fn on_login(&self, ctx: &EventContext) -> String {
        ctx.event().to_owned()
    }
}

fn main() {}
