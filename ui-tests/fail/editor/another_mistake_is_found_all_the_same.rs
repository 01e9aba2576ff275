//! PP012, PP032

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");
include!("parts/service.rs");
include!("parts/cache.rs");
include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

#[plugin(name = "auth", verison = "1.0.0")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

impl AuthPlugin {
    async fn on_login(&self, login: &UserLogin) {}

    fn note(&self, user: &str) {}
}

/// That nothing is said of what is sound does not mean that nothing else was looked at.
#[hook("user.login")]
async fn count(login: &UserLogin) -> usize {
    login.user.len()
}

fn main() {}
