//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
#[derive(Clone)]
struct UserLogin {
    user: String,
}

impl UserLogin {
    fn name(&self) -> &str {
        &self.user
    }
}

#[service("cache")]
trait Cache: Send + Sync {
    fn size(&self) -> usize;
}

#[plugin(name = "memory cache", provides(dyn Cache))]
struct MemoryCache {
    entries: Vec<String>,
}

impl Cache for MemoryCache {
    fn size(&self) -> usize {
        self.entries.len()
    }
}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    memory: Arc<MemoryCache>,
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

#[hook("user.login")]
fn greet(login: &UserLogin, auth: Arc<AuthPlugin>) {
    auth.note(&login.user);
}

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache, greet];

async fn uses(manager: PluginManager) -> Result<(), pepperplug::Error> {
    manager.initialize().await?;
    let login = UserLogin { user: "ada".to_owned() };
    manager.emit(&login).await?;
    let auth: Arc<AuthPlugin> = manager.get()?;
    auth.note(login.name());
    auth.on_login(&login.clone()).await;
    greet(&login, auth);
    let cache: Arc<dyn Cache> = manager.service()?;
    let _ = cache.size() + manager.get::<MemoryCache>()?.entries.len();
    manager.shutdown().await
}

fn main() {}
