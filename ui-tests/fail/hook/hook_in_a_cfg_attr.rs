//! PP015, PP015

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[cfg_attr(all(), inject)]
    other: Arc<OtherPlugin>,
}

#[plugin(name = "other")]
struct OtherPlugin;


#[plugin]
impl AuthPlugin {
    #[cfg_attr(all(), inline, hook("user.login"))]
    async fn on_login(&self, login: &UserLogin) {}
}

fn main() {}
