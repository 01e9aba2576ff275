//! Services as the help of PP081 says to write them, and with a lifetime beside the trait.

#![deny(warnings)]

use pepperplug::prelude::*;

#[service("cache")]
pub trait Cache: Send + Sync {
    fn get<'a>(
        &'a self,
        key: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>>;

    fn clear(&self) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    fn first(&self) -> Option<Self::Kept>
    where
        Self: Sized;

    type Kept
    where
        Self: Sized;
}

#[plugin(name = "memory", provides(dyn Cache + 'static))]
struct MemoryCache;

impl Cache for MemoryCache {
    fn get<'a>(
        &'a self,
        key: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        Box::pin(async { Some(key.to_owned()) })
    }

    fn clear(&self) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {})
    }

    fn first(&self) -> Option<u8> {
        None
    }

    type Kept = u8;
}

#[event("user.login")]
pub struct UserLogin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache + 'static>,
    #[inject]
    maybe: Option<Arc<dyn 'static + Cache>>,
    #[inject]
    all: Vec<Arc<dyn Cache + 'static>>,
    #[inject("memory")]
    lazy: Lazy<dyn Cache + 'static>,
}

#[plugin]
impl AuthPlugin {
    #[hook("user.login")]
    async fn on_login(&self, _: &UserLogin) {
        self.cache.clear().await;
        let _ = (&self.maybe, &self.all, &self.lazy);
    }
}

#[hook("user.login")]
async fn warm_up(_: &UserLogin, cache: Arc<dyn Cache + 'static>) {
    let _ = cache.get("key").await;
}

static PLUGINS: PluginSet = plugins![MemoryCache, AuthPlugin, warm_up];

fn main() {
    let _ = MemoryCache.first();
    assert_eq!(PLUGINS.plugins().len(), 3);
}
