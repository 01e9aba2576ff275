//! Asking a manager for its plugins and services: what it hands out, when, and what it says when it cannot.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use pepperplug::prelude::*;
use pepperplug::{Error, PluginHandle, PluginState};

#[service("cache")]
pub trait Cache: Send + Sync {
    fn name(&self) -> &'static str;
}

#[service("mailer")]
pub trait Mailer: Send + Sync {}

#[service("clock")]
pub trait Clock: Send + Sync {}

#[plugin(name = "redis", version = "2.1.0-beta.1", provides(dyn Cache))]
pub struct Redis {
    #[inject]
    _auth: Arc<Auth>,
}

#[plugin(name = "memory", description = "Keeps it all", provides(dyn Cache))]
pub struct Memory;

impl Cache for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }
}

impl Cache for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }
}

#[plugin(name = "auth", provides(dyn Mailer))]
pub struct Auth;

impl Mailer for Auth {}

#[plugin(name = "elsewhere")]
pub struct Elsewhere;

/// Not by name, nor in start order.
static PLUGINS: PluginSet = plugins![Redis, Memory, Auth];

fn built() -> PluginManager {
    PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring")
}

async fn started() -> PluginManager {
    let manager = built();
    manager.initialize().await.expect("nothing fails");
    manager
}

/// The code and the whole text.
fn told<T>(result: Result<T, Error>) -> (&'static str, String) {
    let error = result.err().expect("it is refused");
    (error.code(), error.to_string())
}

fn states(manager: &PluginManager) -> Vec<(&'static str, PluginState)> {
    let state = |plugin: &PluginHandle| (plugin.name(), plugin.state());
    manager.plugins().iter().map(state).collect()
}

#[tokio::test]
async fn a_plugin_is_one_by_type_and_by_name() {
    let manager = started().await;
    let by_type = manager.get::<Memory>().expect("it runs");
    let handle = manager.get_by_name("memory").expect("listed");
    let by_name = handle.downcast::<Memory>().expect("it is one");
    assert!(Arc::ptr_eq(&by_type, &by_name));
    assert!(handle.downcast::<Auth>().is_none());
}

#[tokio::test]
async fn a_handle_tells_what_was_declared() {
    let manager = started().await;
    let redis = manager.get_by_name("redis").expect("listed");
    assert_eq!(redis.version().to_string(), "2.1.0-beta.1");
    assert_eq!((redis.name(), redis.description()), ("redis", ""));
    assert_eq!(redis.meta().type_name(), "Redis");
    assert_eq!(redis.state(), PluginState::Ready);
    assert!(redis.initialized_in().is_some());
    assert_eq!(redis.reason(), None);
    let memory = manager.get_by_name("memory").expect("listed");
    assert_eq!(memory.description(), "Keeps it all");
}

#[tokio::test]
async fn a_handle_is_what_it_was_when_it_was_asked_for() {
    let manager = built();
    let before = manager.get_by_name("auth").expect("listed");
    manager.initialize().await.expect("nothing fails");
    let running = manager.get_by_name("auth").expect("listed");
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(before.state(), PluginState::Registered);
    assert!(before.downcast::<Auth>().is_none());
    assert_eq!(before.initialized_in(), None);
    assert_eq!(running.state(), PluginState::Ready);
    assert!(running.downcast::<Auth>().is_some());
}

#[tokio::test]
async fn plugins_come_in_start_order_and_their_states_follow_the_life_of_the_manager() {
    let manager = built();
    let names = ["auth", "memory", "redis"];
    let all = |state| names.map(|name| (name, state)).to_vec();
    assert_eq!(states(&manager), all(PluginState::Registered));
    manager.initialize().await.expect("nothing fails");
    assert_eq!(states(&manager), all(PluginState::Ready));
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(states(&manager), all(PluginState::Stopped));
}

#[tokio::test]
async fn the_only_provider_of_a_service_is_found() {
    let manager = started().await;
    let mailer = manager.service::<dyn Mailer>().expect("one provides it");
    let auth = manager.get::<Auth>().expect("it runs");
    assert_eq!(Arc::as_ptr(&mailer).cast::<()>(), Arc::as_ptr(&auth).cast());
}

#[tokio::test]
async fn all_providers_of_a_service_come_by_name() {
    let manager = started().await;
    let names: Vec<_> = manager
        .services::<dyn Cache>()
        .iter()
        .map(|cache| cache.name())
        .collect();
    assert_eq!(names, ["memory", "redis"]);
    assert!(manager.services::<dyn Clock>().is_empty());
}

#[tokio::test]
async fn there_are_no_services_before_the_start_and_after_the_stop() {
    let manager = built();
    assert!(manager.services::<dyn Cache>().is_empty());
    manager.initialize().await.expect("nothing fails");
    assert_eq!(manager.services::<dyn Cache>().len(), 2);
    manager.shutdown().await.expect("nothing fails");
    assert!(manager.services::<dyn Cache>().is_empty());
}

#[tokio::test]
async fn a_plugin_that_does_not_run_is_not_ready() {
    const NOT_READY: &str =
        "[PP222] plugin `auth` is not ready: it has not been initialized, or has stopped";
    let manager = built();
    let refused = ("PP222", NOT_READY.to_owned());
    assert_eq!(told(manager.get::<Auth>()), refused);
    assert_eq!(told(manager.service::<dyn Mailer>()), refused);
    manager.initialize().await.expect("nothing fails");
    assert!(manager.get::<Auth>().is_ok());
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(told(manager.get::<Auth>()), refused);
    assert_eq!(told(manager.service::<dyn Mailer>()), refused);
}

#[test]
fn a_name_that_is_close_to_one_is_corrected() {
    let manager = built();
    assert_eq!(
        told(manager.get_by_name("rediz")),
        (
            "PP220",
            "[PP220] there is no plugin named `rediz`; did you mean `redis`?".to_owned()
        )
    );
}

#[test]
fn a_name_that_is_close_to_none_is_only_refused() {
    let manager = built();
    assert_eq!(
        told(manager.get_by_name("elsewhere")),
        (
            "PP220",
            "[PP220] there is no plugin named `elsewhere`".to_owned()
        )
    );
    assert_eq!(
        told(manager.get_by_name("")),
        ("PP220", "[PP220] there is no plugin named ``".to_owned())
    );
}

#[tokio::test]
async fn a_plugin_that_is_linked_but_not_listed_is_not_one_of_the_manager() {
    let manager = started().await;
    assert_eq!(
        told(manager.get::<Elsewhere>()),
        (
            "PP221",
            "[PP221] plugin `elsewhere` is not one of this manager: \
             add `lookup::Elsewhere` to its `plugins![…]`"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn a_service_that_nobody_provides_is_told_whether_or_not_the_manager_runs() {
    let refused = (
        "PP223",
        "[PP223] no plugin provides service `clock`".to_owned(),
    );
    let manager = built();
    assert_eq!(told(manager.service::<dyn Clock>()), refused);
    manager.initialize().await.expect("nothing fails");
    assert_eq!(told(manager.service::<dyn Clock>()), refused);
}

#[tokio::test]
async fn a_service_that_several_provide_is_not_chosen() {
    let refused = (
        "PP224",
        "[PP224] several plugins provide service `cache`: memory, redis; \
         ask for all of them with `services`"
            .to_owned(),
    );
    let manager = built();
    assert_eq!(told(manager.service::<dyn Cache>()), refused);
    manager.initialize().await.expect("nothing fails");
    assert_eq!(told(manager.service::<dyn Cache>()), refused);
}

#[test]
fn outside_of_a_runtime_nothing_starts_or_stops() {
    let no_runtime = (
        "PP225",
        "[PP225] there is no tokio runtime here: call this from a `#[tokio::main]` function \
         or inside `Runtime::block_on`"
            .to_owned(),
    );
    let manager = built();
    assert_eq!(told(poll_once(manager.initialize())), no_runtime);
    assert_eq!(told(poll_once(manager.shutdown())), no_runtime);
    assert_eq!(
        states(&manager)[0],
        ("auth", PluginState::Registered),
        "nothing changed"
    );
}

fn poll_once<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut cx) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it is refused at once"),
    }
}

#[tokio::test]
async fn a_manager_that_has_stopped_does_not_start_again() {
    let manager = started().await;
    manager.shutdown().await.expect("nothing fails");
    let stopped = (
        "PP226",
        "[PP226] this manager has stopped and does not start again: build a new one".to_owned(),
    );
    assert_eq!(told(manager.initialize().await), stopped);
    let never_started = built();
    never_started.shutdown().await.expect("nothing to stop");
    assert_eq!(told(never_started.initialize().await), stopped);
}

#[tokio::test]
async fn starting_and_stopping_twice_does_nothing_more() {
    let manager = started().await;
    let before = manager.get::<Auth>().expect("it runs");
    manager.initialize().await.expect("it runs already");
    let after = manager.get::<Auth>().expect("it runs");
    assert!(Arc::ptr_eq(&before, &after));
    manager.shutdown().await.expect("nothing fails");
    manager.shutdown().await.expect("it has stopped already");
}

#[tokio::test]
async fn a_clone_is_the_same_manager() {
    let manager = built();
    let clone = manager.clone();
    clone.initialize().await.expect("nothing fails");
    drop(clone);
    assert!(manager.get::<Auth>().is_ok());
    assert_eq!(format!("{manager:?}"), "PluginManager { plugins: 3, .. }");
}
