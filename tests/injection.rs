//! What each form of injection gives a plugin.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use pepperplug::prelude::*;
use serde::Deserialize;

#[service("clock")]
pub trait Clock: Send + Sync {
    fn now(&self) -> u64;
}

#[service("cache")]
pub trait Cache: Send + Sync {
    fn name(&self) -> &'static str;
}

#[service("mailer")]
pub trait Mailer: Send + Sync {}

#[plugin(name = "system-clock", provides(dyn Clock))]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        42
    }
}

/// Listed before the others, and last by name.
#[plugin(name = "z-cache", provides(dyn Cache))]
pub struct ZCache;

#[plugin(name = "a-cache", provides(dyn Cache))]
pub struct ACache;

#[plugin(name = "m-cache", version = "1.4.2", provides(dyn Cache, dyn Clock))]
pub struct MCache;

macro_rules! caches {
    ($($plugin:ident $name:literal),*) => {$(
        impl Cache for $plugin {
            fn name(&self) -> &'static str {
                $name
            }
        }
    )*};
}

caches!(ZCache "z-cache", ACache "a-cache", MCache "m-cache");

impl Clock for MCache {
    fn now(&self) -> u64 {
        7
    }
}

/// A plugin that no list names.
#[plugin(name = "unlisted", provides(dyn Mailer))]
pub struct Unlisted;

impl Mailer for Unlisted {}

async fn started(plugins: &'static PluginSet) -> PluginManager {
    started_with(plugins, "").await
}

async fn started_with(plugins: &'static PluginSet, settings: &str) -> PluginManager {
    let settings = Settings::from_toml(settings).expect("sound TOML");
    let manager = PluginManager::builder()
        .plugins(plugins)
        .settings(settings)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

#[plugin(name = "user")]
pub struct User {
    #[inject]
    plugin: Arc<SystemClock>,
    #[inject]
    service: Arc<dyn Clock>,
    #[inject]
    here: Option<Arc<SystemClock>>,
    #[inject]
    missing: Option<Arc<Unlisted>>,
    #[inject]
    service_here: Option<Arc<dyn Clock>>,
    #[inject]
    service_missing: Option<Arc<dyn Mailer>>,
    #[inject]
    all: Vec<Arc<dyn Cache>>,
    #[inject]
    none: Vec<Arc<dyn Mailer>>,
}

static USER: PluginSet = plugins![ZCache, User, SystemClock, ACache];

#[tokio::test]
async fn a_plugin_is_injected_as_the_one_instance_of_the_manager() {
    let manager = started(&USER).await;
    let user = manager.get::<User>().expect("it runs");
    let clock = manager.get::<SystemClock>().expect("it runs");
    assert!(Arc::ptr_eq(&user.plugin, &clock));
    assert!(Arc::ptr_eq(user.here.as_ref().expect("listed"), &clock));
}

#[tokio::test]
async fn a_service_is_injected_as_whoever_provides_it() {
    let manager = started(&USER).await;
    let user = manager.get::<User>().expect("it runs");
    assert_eq!(user.service.now(), 42);
    let address = |clock: &Arc<dyn Clock>| Arc::as_ptr(clock).cast::<()>();
    let clock = manager.get::<SystemClock>().expect("it runs");
    assert_eq!(address(&user.service), Arc::as_ptr(&clock).cast());
    let optional = user.service_here.as_ref().expect("a provider is listed");
    assert_eq!(address(optional), Arc::as_ptr(&clock).cast());
}

#[tokio::test]
async fn what_is_linked_but_not_listed_is_missing() {
    let manager = started(&USER).await;
    let user = manager.get::<User>().expect("it runs");
    assert!(user.missing.is_none());
    assert!(user.service_missing.is_none());
    assert!(user.none.is_empty());
}

#[tokio::test]
async fn all_providers_of_a_service_come_by_name_whatever_the_list_says() {
    let manager = started(&USER).await;
    let user = manager.get::<User>().expect("it runs");
    let names: Vec<_> = user.all.iter().map(|cache| cache.name()).collect();
    assert_eq!(names, ["a-cache", "z-cache"]);
}

#[plugin(name = "choosy")]
pub struct Choosy {
    #[inject("m-cache")]
    one: Arc<dyn Cache>,
    #[inject("z-cache")]
    maybe: Option<Arc<dyn Cache>>,
    #[inject("a-cache")]
    late: Lazy<dyn Cache>,
    #[inject("unlisted")]
    nobody: Option<Arc<dyn Mailer>>,
    #[inject("m-cache", version = "^1.4")]
    checked: Arc<MCache>,
    #[inject(version = ">=1.4.2, <2")]
    ranged: Option<Arc<MCache>>,
    #[inject("m-cache")]
    clock: Arc<dyn Clock>,
}

static CHOOSY: PluginSet = plugins![Choosy, ACache, MCache, SystemClock, ZCache];

#[tokio::test]
async fn a_name_chooses_among_several_providers() {
    let manager = started(&CHOOSY).await;
    let choosy = manager.get::<Choosy>().expect("it runs");
    assert_eq!(choosy.one.name(), "m-cache");
    assert_eq!(choosy.maybe.as_ref().expect("listed").name(), "z-cache");
    assert_eq!(choosy.late.get().expect("it runs").name(), "a-cache");
    assert_eq!(choosy.clock.now(), 7);
    assert!(choosy.nobody.is_none());
}

#[tokio::test]
async fn a_version_that_is_met_changes_nothing() {
    let manager = started(&CHOOSY).await;
    let choosy = manager.get::<Choosy>().expect("it runs");
    let cache = manager.get::<MCache>().expect("it runs");
    assert!(Arc::ptr_eq(&choosy.checked, &cache));
    assert!(Arc::ptr_eq(choosy.ranged.as_ref().expect("listed"), &cache));
}

/// Reached from [`Pong`], and reaching back lazily, by type and as a service.
#[plugin(name = "ping")]
pub struct Ping {
    #[inject]
    pong: Lazy<Pong>,
    #[inject]
    table: Lazy<dyn Mailer>,
    seen: String,
}

#[plugin]
impl Ping {
    fn initialize(&mut self) {
        let by_type = self.pong.get().err().expect("it comes later").to_string();
        let by_service = self.table.get().err().expect("it comes later").to_string();
        assert_eq!(by_type, by_service);
        self.seen = by_type;
    }
}

#[plugin(name = "pong", provides(dyn Mailer))]
pub struct Pong {
    #[inject]
    ping: Arc<Ping>,
}

impl Mailer for Pong {}

static RING: PluginSet = plugins![Ping, Pong];

#[tokio::test]
async fn a_lazy_injection_closes_a_ring() {
    let manager = started(&RING).await;
    let pong = manager.get::<Pong>().expect("it runs");
    assert!(Arc::ptr_eq(&pong.ping.pong.get().expect("it runs"), &pong));
    let table = pong.ping.table.get().expect("it runs");
    assert_eq!(Arc::as_ptr(&table).cast::<()>(), Arc::as_ptr(&pong).cast());
}

#[tokio::test]
async fn a_lazy_injection_says_that_its_target_is_not_ready_yet() {
    let manager = started(&RING).await;
    assert_eq!(
        manager.get::<Ping>().expect("it runs").seen,
        "[PP222] plugin `pong` is not ready: it has not been initialized, or has stopped"
    );
}

#[tokio::test]
async fn a_lazy_injection_keeps_nothing_alive() {
    let manager = started(&RING).await;
    let ping = manager.get::<Ping>().expect("it runs");
    assert!(ping.pong.get().is_ok());
    manager.shutdown().await.expect("nothing fails");
    drop(manager);
    let error = ping.pong.get().err().expect("nobody has it any more");
    assert_eq!(error.code(), "PP222");
    assert_eq!(format!("{:?}", ping.pong), "Lazy { plugin: \"pong\", .. }");
}

#[event("pinged")]
pub struct Pinged(u32);

#[plugin(name = "emitter")]
pub struct Emitter {
    #[inject]
    events: Events,
}

#[plugin(name = "listener")]
#[derive(Default)]
pub struct Listener {
    sum: AtomicU32,
}

#[plugin]
impl Listener {
    #[hook("pinged")]
    fn add(&self, pinged: &Pinged) {
        self.sum.fetch_add(pinged.0, Ordering::Relaxed);
    }
}

static EVENTS: PluginSet = plugins![Emitter, Listener];

#[tokio::test]
async fn injected_events_reach_the_hooks_of_the_same_manager() {
    let manager = started(&EVENTS).await;
    let emitter = manager.get::<Emitter>().expect("it runs");
    emitter.events.emit(&Pinged(3)).await.expect("it runs");
    emitter.events.clone().emit(&Pinged(4)).await.expect("so");
    let listener = manager.get::<Listener>().expect("it runs");
    assert_eq!(listener.sum.load(Ordering::Relaxed), 7);
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Limits {
    size: u32,
    #[serde(default)]
    names: Vec<String>,
}

#[plugin(name = "limited")]
pub struct Limited {
    #[inject(settings)]
    limits: Limits,
}

/// Its section is not there, and does not have to be.
#[plugin(name = "unlimited", settings = "unlimited.deep")]
pub struct Unlimited {
    #[inject(settings)]
    limits: Option<Limits>,
}

static SETTINGS: PluginSet = plugins![Limited, Unlimited];

#[tokio::test]
async fn settings_come_as_the_type_of_the_field() {
    let manager = started_with(
        &SETTINGS,
        "[limited]\nsize = 3\nnames = ['a']\n[unlimited.deep]\nsize = 9",
    )
    .await;
    let limits = |size, names: &[&str]| Limits {
        size,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let limited = manager.get::<Limited>().expect("it runs");
    assert_eq!(limited.limits, limits(3, &["a"]));
    let unlimited = manager.get::<Unlimited>().expect("it runs");
    assert_eq!(unlimited.limits, Some(limits(9, &[])));
}

#[tokio::test]
async fn optional_settings_are_none_without_a_section() {
    let manager = started_with(&SETTINGS, "[limited]\nsize = 3").await;
    let unlimited = manager.get::<Unlimited>().expect("it runs");
    assert_eq!(unlimited.limits, None);
}

#[test]
fn settings_that_do_not_fit_stop_the_build_of_the_manager() {
    let settings = Settings::from_toml("[limited]\nsize = 'x'").expect("sound TOML");
    let error = PluginManager::builder()
        .plugins(&SETTINGS)
        .settings(settings)
        .build()
        .expect_err("no number");
    assert_eq!(error.code(), "PP210");
    assert_eq!(
        error.to_string(),
        "<toml>:2:8  [limited] size: found \"x\", expected an integer from 0 to 4294967295 [PP211]"
    );
}

type Shared = Arc<dyn Clock>;
type Maybe<T> = Option<Arc<T>>;
type Every = Vec<Arc<dyn Cache>>;

mod aliases {
    pub(crate) type Later = pepperplug::Lazy<super::ACache>;
    pub(crate) type Emits = pepperplug::Events;
}

#[plugin(name = "aliased")]
pub struct Aliased {
    #[inject]
    clock: Shared,
    #[inject]
    maybe: Maybe<ACache>,
    #[inject]
    every: Every,
    #[inject]
    later: aliases::Later,
    #[inject]
    emits: aliases::Emits,
    #[inject("a-cache")]
    named: Arc<dyn Cache>,
}

static ALIASED: PluginSet = plugins![Aliased, SystemClock, ZCache, ACache];

#[tokio::test]
async fn an_alias_is_injected_as_what_it_stands_for() {
    let manager = started(&ALIASED).await;
    let aliased = manager.get::<Aliased>().expect("it runs");
    assert_eq!(aliased.clock.now(), 42);
    assert!(aliased.maybe.is_some());
    let names: Vec<_> = aliased.every.iter().map(|cache| cache.name()).collect();
    assert_eq!(names, ["a-cache", "z-cache"]);
    assert_eq!(aliased.later.get().expect("it runs").name(), "a-cache");
    assert_eq!(aliased.named.name(), "a-cache");
    aliased.emits.emit(&Pinged(1)).await.expect("it runs");
}
