//! PP017

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.log*")]
    fn on_login(&self, ctx: &EventContext) {}
}

fn main() {}
