//! What an application under test is made of: the plugin, what it needs, and what stands in for that.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pepperplug::prelude::*;
use pepperplug::testing::TestManager;

#[service("cache")]
trait Cache: Send + Sync {
    fn get(&self) -> String;
}

#[service("clock")]
trait Clock: Send + Sync {
    fn now(&self) -> u32;
}

#[service("queue")]
trait Queue: Send + Sync {}

#[service("mailer")]
trait Mailer: Send + Sync {}

#[event("user.login")]
#[derive(Debug, Clone)]
struct Login;

#[plugin(name = "memory-cache", version = "1.0.0", provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {
    fn get(&self) -> String {
        "memory".to_owned()
    }
}

#[plugin(name = "redis-cache", version = "2.0.0", provides(dyn Cache))]
struct RedisCache;

impl Cache for RedisCache {
    fn get(&self) -> String {
        "redis".to_owned()
    }
}

#[plugin(name = "clock", provides(dyn Clock))]
struct SystemClock {
    #[inject]
    _config: Arc<Config>,
}

impl Clock for SystemClock {
    fn now(&self) -> u32 {
        7
    }
}

#[plugin(name = "config")]
struct Config;

#[plugin(name = "audit")]
struct Audit;

#[plugin]
impl Audit {
    #[hook("user.login", priority = low)]
    async fn note(&self, _: &Login) {}
}

#[derive(serde::Deserialize)]
struct DatabaseSettings {
    url: String,
}

#[plugin(name = "database", requires("config"))]
struct Database {
    #[inject(settings)]
    settings: DatabaseSettings,
    #[init(String::new())]
    opened: String,
    #[init(None)]
    closed: Option<Arc<AtomicUsize>>,
}

#[plugin]
impl Database {
    async fn initialize(&mut self) {
        self.opened = self.settings.url.clone();
    }

    async fn cleanup(&self) {
        if let Some(closed) = &self.closed {
            closed.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[hook("user.login", priority = high)]
    async fn count(&self, _: &Login) {}
}

#[plugin(name = "auth")]
struct Auth {
    #[inject]
    database: Arc<Database>,
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    clock: Arc<dyn Clock>,
    #[inject]
    audit: Option<Arc<Audit>>,
    #[inject]
    caches: Vec<Arc<dyn Cache>>,
    #[inject("redis-cache", version = ">=2")]
    redis: Option<Arc<dyn Cache>>,
}

#[plugin]
impl Auth {
    #[hook("user.login")]
    async fn on_login(&self, _: &Login) {}
}

#[plugin(name = "lonely")]
struct Lonely {
    #[inject]
    _queue: Arc<dyn Queue>,
    #[inject]
    _cache: Arc<dyn Cache>,
    #[inject("sendmail")]
    _mailer: Arc<dyn Mailer>,
}

#[plugin(name = "misspelt", requires("confg"))]
struct Misspelt;

#[plugin(name = "vault", requires("config"))]
struct Vault {
    #[inject("redis-cache", version = ">=2")]
    cache: Arc<dyn Cache>,
}

struct Mock(Mutex<Vec<&'static str>>);

impl Cache for Mock {
    fn get(&self) -> String {
        self.0.lock().expect("no panic").push("get");
        "mock".to_owned()
    }
}

fn mock() -> Arc<Mock> {
    Arc::new(Mock(Mutex::default()))
}

fn settings() -> Settings {
    // Those of the whole application: no test here takes part in `[lonely]`.
    Settings::from_toml("[database]\nurl = 'pg:'\n[lonely]\nlevel = 3\n").expect("they are TOML")
}

fn names(app: &TestManager) -> Vec<&'static str> {
    let mut names: Vec<_> = app.plugins().iter().map(|plugin| plugin.name()).collect();
    names.sort_unstable();
    names
}

fn error<T>(result: Result<T, pepperplug::Error>) -> (&'static str, String) {
    let error = result.err().expect("it cannot be");
    (error.code(), error.to_string())
}

#[tokio::test]
async fn it_is_made_of_the_plugin_and_what_it_cannot_be_without() {
    let app = TestManager::only::<Auth>()
        .plugin::<MemoryCache>()
        .settings(settings())
        .start()
        .await;
    // The one clock that is linked; what is required by name; nothing that is optional.
    assert_eq!(
        names(&app),
        ["auth", "clock", "config", "database", "memory-cache"]
    );
    let auth = app.get::<Auth>().expect("it runs");
    assert_eq!(auth.database.opened, "pg:");
    assert_eq!(auth.cache.get(), "memory");
    assert_eq!(auth.clock.now(), 7);
    assert!(auth.audit.is_none() && auth.redis.is_none());
    assert_eq!(auth.caches.len(), 1);
    app.stop().await;
}

#[tokio::test]
async fn what_is_optional_is_there_where_it_was_added() {
    let app = TestManager::only::<Auth>()
        .plugin::<MemoryCache>()
        .plugin::<Audit>()
        .settings(settings())
        .start()
        .await;
    assert!(app.get::<Auth>().expect("it runs").audit.is_some());
    app.stop().await;
}

#[tokio::test]
async fn a_plugin_that_is_given_is_taken_as_it_is() {
    let closed = Arc::new(AtomicUsize::new(0));
    let database = Database {
        settings: DatabaseSettings {
            url: "unused:".to_owned(),
        },
        opened: "by the test".to_owned(),
        closed: Some(Arc::clone(&closed)),
    };
    // No settings, and no `config` for it.
    let app = TestManager::only::<Auth>()
        .with(database)
        .with_service::<dyn Cache>(mock())
        .with_service::<dyn Clock>(Arc::new(SystemClock {
            _config: Arc::new(Config),
        }))
        .start()
        .await;
    assert_eq!(
        names(&app),
        ["auth", "cache (given)", "clock (given)", "database"]
    );
    let auth = app.get::<Auth>().expect("it runs");
    assert_eq!(auth.database.opened, "by the test");
    assert!(Arc::ptr_eq(&auth.database, &app.get().expect("it runs")));
    app.emit(&Login).await.expect("it goes well");
    let log = app.stop().await;
    log.assert_hooks(&["user.login: database.count", "user.login: auth.on_login"]);
    assert_eq!(closed.load(Ordering::Relaxed), 0, "not cleaned up");
    drop(auth);
    assert_eq!(Arc::strong_count(&closed), 1, "nothing keeps it");
}

#[tokio::test]
async fn a_service_that_is_given_takes_the_place_of_all_who_provide_it() {
    let mock = mock();
    let app = TestManager::only::<Auth>()
        .plugin::<MemoryCache>()
        .plugin::<RedisCache>()
        .plugin::<Vault>()
        .with_service::<dyn Cache>(mock.clone())
        .settings(settings())
        .start()
        .await;
    let auth = app.get::<Auth>().expect("it runs");
    assert_eq!(auth.cache.get(), "mock");
    assert_eq!(auth.caches.len(), 1, "and so are all of them");
    assert_eq!(auth.caches[0].get(), "mock");
    // Also who names a plugin.
    assert_eq!(auth.redis.as_ref().expect("it is given").get(), "mock");
    assert_eq!(app.get::<Vault>().expect("it runs").cache.get(), "mock");
    let service = app.service::<dyn Cache>().expect("it is given");
    assert_eq!(service.get(), "mock");
    assert_eq!(mock.0.lock().expect("no panic").len(), 5);
    drop((auth, service));
    app.stop().await;
    assert_eq!(Arc::strong_count(&mock), 1, "nothing keeps it");
}

#[plugin(name = "all-caches")]
struct AllCaches {
    #[inject]
    caches: Vec<Arc<dyn Cache>>,
}

#[tokio::test]
async fn several_of_one_service_are_for_those_who_take_all() {
    let several = |app: pepperplug::testing::TestManagerBuilder| {
        app.with_service::<dyn Cache>(mock())
            .with_service::<dyn Cache>(Arc::new(RedisCache))
    };
    let app = several(TestManager::only::<AllCaches>()).start().await;
    let all = app.get::<AllCaches>().expect("it runs");
    let all: Vec<_> = all.caches.iter().map(|cache| cache.get()).collect();
    assert_eq!(all, ["mock", "redis"]);
    app.stop().await;
    let (code, text) = error(several(TestManager::only::<Vault>()).build());
    assert_eq!(code, "PP285");
    assert!(
        text.contains("plugin `vault` injects service `cache` of plugin `redis-cache`"),
        "{text}"
    );
    assert!(text.contains("and 2 were given\n"), "{text}");
}

#[test]
fn all_that_is_missing_is_one_error_that_says_what_to_write() {
    let (code, text) = error(TestManager::only::<Lonely>().plugin::<Misspelt>().build());
    assert_eq!(code, "PP285");
    let text = without_places(&text);
    let expected = "\
[PP285] 4 problems: this test cannot be put together
  plugin `lonely` injects service `queue` (PLACE), and no linked plugin provides it
    help: write `.with_service::<dyn Queue>(Arc::new(…))`, or link the crate of one that does: `use that_crate as _;`
  plugin `lonely` injects service `cache` (PLACE), and `memory-cache` and `redis-cache` provide it
    help: write `.plugin::<testing::MemoryCache>()` or `.plugin::<testing::RedisCache>()`, or `.with_service::<dyn Cache>(Arc::new(…))`
  plugin `lonely` injects service `mailer` of plugin `sendmail` (PLACE), and no linked plugin provides it
    help: write `.with_service::<dyn Mailer>(Arc::new(…))`, or link the crate of one that does: `use that_crate as _;`
  plugin `misspelt` requires plugin `confg` (PLACE), and no linked plugin has that name; there is `config`
    help: link the crate of one that has: `use that_crate as _;`, or declare one in the test, `#[plugin(name = \"confg\")]`";
    assert_eq!(text, expected);
}

/// The text, with `PLACE` for the places in this file.
fn without_places(text: &str) -> String {
    let mut parts = text.split('(').map(str::to_owned);
    let mut shown = parts.next().unwrap_or_default();
    for part in parts {
        shown.push('(');
        match part.split_once(')') {
            Some((place, rest)) if place.contains("testing.rs:") => {
                shown.push_str("PLACE)");
                shown.push_str(rest);
            }
            _ => shown.push_str(&part),
        }
    }
    shown
}

#[test]
fn two_of_the_test_that_provide_what_one_injects_are_an_error() {
    let app = TestManager::only::<Auth>()
        .plugin::<MemoryCache>()
        .plugin::<RedisCache>()
        .settings(settings());
    let (code, text) = error(app.build());
    assert_eq!(code, "PP285");
    let expected = "and `memory-cache` and `redis-cache`, all part of this test, provide it";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn settings_that_are_wrong_are_an_error_as_in_the_application() {
    let app = TestManager::only::<Database>();
    let (code, text) = error(app.build());
    assert_eq!(code, "PP210");
    assert!(text.contains("url"), "{text}");
    let misspelt = Settings::from_toml("[database]\nurl = ''\n[databse]\n").expect("it is TOML");
    let (code, text) = error(TestManager::only::<Database>().settings(misspelt).build());
    assert_eq!(code, "PP210");
    assert!(text.contains("databse"), "{text}");
}

static LISTED: PluginSet = plugins![Config, RedisCache, SystemClock];

#[tokio::test]
async fn a_list_says_who_may_be_chosen() {
    let app = TestManager::only::<Auth>()
        .among(&LISTED)
        .settings(settings());
    let app = app.start().await;
    assert_eq!(
        names(&app),
        ["auth", "clock", "config", "database", "redis-cache"]
    );
    app.stop().await;
}

#[tokio::test]
async fn two_share_nothing() {
    let start = || {
        let app = TestManager::only::<Auth>();
        app.plugin::<MemoryCache>().settings(settings()).start()
    };
    let (one, other) = tokio::join!(start(), start());
    let auths = (one.get::<Auth>(), other.get::<Auth>());
    assert!(!Arc::ptr_eq(
        &auths.0.expect("it runs"),
        &auths.1.expect("it runs")
    ));
    one.emit(&Login).await.expect("it goes well");
    one.stop().await;
    assert!(other.log().of_event("user.login").is_empty());
    other.emit(&Login).await.expect("it runs still");
    assert_eq!(other.log().count("auth", "on_login"), 1);
    other.stop().await;
}

#[test]
fn a_test_that_cannot_be_put_together_panics_at_its_own_line() {
    let line = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&line);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().expect("it has one");
        if place.file().ends_with("testing.rs") {
            noted.store(place.line() as usize, Ordering::Relaxed);
        }
    }));
    let here = line!() as usize + 2;
    let panicked = std::panic::catch_unwind(|| {
        drop(TestManager::only::<Misspelt>().start());
    });
    std::panic::set_hook(before);
    let text = panicked.expect_err("it is incomplete");
    let text = text.downcast::<String>().expect("it has a text");
    assert!(
        text.starts_with("[PP285] plugin `misspelt` requires"),
        "{text}"
    );
    assert_eq!(line.load(Ordering::Relaxed), here);
}

/// What a test prints that ends without a stop: nothing where it is not started by the next one.
#[tokio::test]
#[ignore = "it is the child of the next"]
async fn forgets_to_stop() {
    drop(TestManager::only::<Config>().build().expect("it is whole"));
    TestManager::only::<Config>().start().await.stop().await;
    drop(TestManager::only::<Config>().start().await);
}

#[test]
fn a_test_that_forgets_to_stop_is_told_so() {
    let this = std::env::current_exe().expect("this is a program");
    let arguments = ["--exact", "forgets_to_stop", "--ignored", "--nocapture"];
    let output = std::process::Command::new(this).args(arguments).output();
    let output = output.expect("it can be started again");
    assert!(output.status.success(), "it is a warning, and no failure");
    let told = String::from_utf8_lossy(&output.stderr);
    let warnings = told.matches("warning: a `TestManager` was dropped while its application runs");
    assert_eq!(warnings.count(), 1, "{told}");
}

#[hook("user.login", priority = 1000)]
async fn first_of_all(_: &Login, _cache: Arc<dyn Cache>) {}

#[tokio::test]
async fn a_hook_function_is_added_by_its_name_and_needs_what_it_injects() {
    let app = TestManager::only::<Config>().plugin::<first_of_all>();
    let app = app.with_service::<dyn Cache>(mock()).start().await;
    app.emit(&Login).await.expect("it goes well");
    let log = app.stop().await;
    assert_eq!(log.hooks()[0].hook, "first_of_all");
}
