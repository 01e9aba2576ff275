//! PP034

#![allow(unused)]

use pepperplug::prelude::*;

static SEEN: std::sync::Mutex<u32> = std::sync::Mutex::new(0);

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) {
        let seen = SEEN.lock().unwrap();
        std::future::ready(()).await;
        drop(seen);
    }
}

fn main() {}
