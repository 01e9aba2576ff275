//! PP020

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");
include!("parts/service.rs");
include!("parts/cache.rs");

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    memory: Arc<MemoryCache>,
    #[inject]
    other: Box<MemoryCache>,
    logins: std::sync::Mutex<Vec<String>>,
}

#[plugin]
impl AuthPlugin {
    async fn initialize(&mut self) {
        self.logins.get_mut().unwrap().push(String::new());
    }

    #[hook("user.login", priority = high)]
    async fn on_login(&self, login: &UserLogin) {
        self.note(login.name());
    }

    fn note(&self, user: &str) {
        self.logins.lock().unwrap().push(user.to_owned());
        let _ = (self.cache.size(), self.memory.entries.len());
    }
}

include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

fn main() {}
