// A plugin that injects both, with lifecycle methods and a hook.

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
