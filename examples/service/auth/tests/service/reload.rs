//! New settings while requests come.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use auth::{AccountsPlugin, AuthPlugin, BasicPlugin, JwtPlugin, OAuthBearerPlugin, OAuthPlugin};
use pepperplug::prelude::*;

use crate::app::{App, SECRET, basics};
use crate::keys::{ed, section};
use crate::stand_ins::{MemoryCache, MemoryStore};

async fn from_file(path: &Path) -> App {
    let settings = Settings::file(path).unwrap_or_else(|error| panic!("{error}"));
    App::of(settings, Arc::default(), Arc::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_signs_and_no_request_is_refused_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.toml");
    std::fs::write(&path, basics()).expect("it can be written");
    let app = Arc::new(from_file(&path).await);
    let token = app.token_of("ada").await;

    let (stop, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let (asks, with, until, count) = (app.clone(), token.clone(), stop.clone(), answered.clone());
    let asking = tokio::spawn(async move {
        while !until.load(Ordering::Relaxed) {
            asks.bearer(&with)
                .await
                .expect("it holds before, during and after");
            count.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    for number in 0..3 {
        let id = format!("new{number}");
        let key = section(&id, "EdDSA", "private_key", &ed().private);
        let settings = format!("{}\n[jwt]\nsigning_key = \"{id}\"\n{key}", basics());
        std::fs::write(&path, settings).expect("it can be written");
        app.manager.reload().await.expect("it fits");
        let before = answered.load(Ordering::Relaxed);
        while answered.load(Ordering::Relaxed) < before + 3 {
            tokio::task::yield_now().await;
        }
        let newer = app.login("ada").await.token();
        let header = jsonwebtoken::decode_header(&newer).expect("a token");
        assert_eq!(header.kid, Some(id));
    }
    stop.store(true, Ordering::Relaxed);
    asking.await.expect("no request is refused");
    Arc::into_inner(app).expect("the only one").stop().await;
}

#[tokio::test]
async fn a_key_that_does_not_do_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.toml");
    std::fs::write(&path, basics()).expect("it can be written");
    let app = from_file(&path).await;
    let token = app.token_of("ada").await;
    std::fs::write(&path, basics().replace(SECRET, "c2hvcnQ=")).expect("it can be written");
    let error = app
        .manager
        .reload()
        .await
        .expect_err("too short")
        .to_string();
    assert!(error.contains("HS256 wants 32"), "{error}");
    assert!(app.bearer(&token).await.is_ok());
    app.stop().await;
}

/// What the stores of the service are, as one plugin.
#[plugin(name = "stand-ins", provides(dyn api::Cache, dyn api::UserStore, dyn api::SessionStore))]
#[derive(Default)]
pub(crate) struct StandIns {
    cache: MemoryCache,
    store: MemoryStore,
}

mod stand_in {
    use std::time::Duration;

    use api::{
        Cache, CacheError, NewUser, Session, SessionStore, StoreError, User, UserStore, async_trait,
    };

    use super::StandIns;

    #[async_trait]
    impl Cache for StandIns {
        async fn get(&self, key: &str) -> Result<Option<String>, CacheError> {
            self.cache.get(key).await
        }
        async fn set(
            &self,
            key: &str,
            value: &str,
            ttl: Option<Duration>,
        ) -> Result<(), CacheError> {
            self.cache.set(key, value, ttl).await
        }
        async fn delete(&self, key: &str) -> Result<bool, CacheError> {
            self.cache.delete(key).await
        }
        async fn clear(&self) -> Result<(), CacheError> {
            self.cache.clear().await
        }
        async fn warmup(&self) -> Result<(), CacheError> {
            self.cache.warmup().await
        }
    }

    #[async_trait]
    impl UserStore for StandIns {
        async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
            self.store.create_user(user).await
        }
        async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
            self.store.user(id).await
        }
        async fn credentials(&self, name: &str) -> Result<Option<(User, String)>, StoreError> {
            self.store.credentials(name).await
        }
        async fn count_users(&self) -> Result<u64, StoreError> {
            self.store.count_users().await
        }
    }

    #[async_trait]
    impl SessionStore for StandIns {
        async fn begin_session(&self, session: Session) -> Result<(), StoreError> {
            self.store.begin_session(session).await
        }
        async fn session(&self, id: &str) -> Result<Option<Session>, StoreError> {
            self.store.session(id).await
        }
        async fn end_session(&self, id: &str) -> Result<bool, StoreError> {
            self.store.end_session(id).await
        }
        async fn forget_ended_sessions(&self) -> Result<u64, StoreError> {
            self.store.forget_ended_sessions().await
        }
    }
}

/// The list of an application: that it is proved is the test.
static PLUGINS: PluginSet = plugins![
    StandIns,
    AccountsPlugin,
    AuthPlugin,
    BasicPlugin,
    JwtPlugin,
    OAuthPlugin,
    OAuthBearerPlugin,
    auth::create_first_user,
];

#[tokio::test]
async fn the_first_user_is_made_where_there_is_none() -> Result<(), pepperplug::Error> {
    let first = "[auth.first_user]\nname = \"root\"\npassword = \"correct horse battery\"\n";
    let settings = Settings::from_toml(&format!("{}\n{first}", basics()))?;
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build()?;
    manager.initialize().await?;
    let stand_ins = manager.get::<StandIns>()?;
    let hash = stand_ins.store.hash_of("root").expect("it is there");
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    manager.shutdown().await
}
