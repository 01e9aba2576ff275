//! PP103

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");
include!("parts/service.rs");
include!("parts/cache.rs");
include!("parts/auth.rs");

#[hook("user.login")]
fn greet(login: &UserLogin, auth: Arc<AuthPlugin>, name: &AuthPlugin) {
    auth.note(&login.user);
}

include!("parts/list.rs");

async fn uses(manager: PluginManager) -> Result<(), pepperplug::Error> {
    manager.initialize().await?;
    let login = UserLogin { user: "ada".to_owned() };
    manager.emit(&login).await?;
    let auth: Arc<AuthPlugin> = manager.get()?;
    auth.note(login.name());
    auth.on_login(&login.clone()).await;
    greet(&login, Arc::clone(&auth), &auth);
    let cache: Arc<dyn Cache> = manager.service()?;
    let _ = cache.size() + manager.get::<MemoryCache>()?.entries.len();
    manager.shutdown().await
}

fn main() {}
