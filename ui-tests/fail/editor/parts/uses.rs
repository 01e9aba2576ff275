// Code that uses all of it.

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
