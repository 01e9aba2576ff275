//! The compiler says what does not parse; nothing follows from it.

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin {
    name: String
    id: u8,
}

#[service("cache")]
trait Cache: Send + Sync {
    fn get(&self) -> u8 {
        let one = ;
    }
}

#[plugin(name = "cache", provides(dyn Cache))]
struct CachePlugin {
    #[init(3)]
    size: u8
    used: u8,
}

impl Cache for CachePlugin {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) {
        let two = ;
    }
}

#[hook("user.login")]
fn warm_up(login: &UserLogin, #[inject("cache")] cache: Arc<dyn Cache>) {
    let three = ;
}

static PLUGINS: PluginSet = plugins![AuthPlugin, CachePlugin, warm_up];

fn main() {}
