//! PP034

#![allow(unused)]

use pepperplug::prelude::*;
use std::rc::Rc;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) {
        let name = Rc::new("ada");
        std::future::ready(()).await;
        drop(name);
    }
}

fn main() {}
