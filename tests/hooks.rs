//! Which hooks an event reaches, what they are called with, and in which order.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;

use pepperplug::prelude::*;
use serde::Deserialize;

/// What happened, in order.
#[plugin(name = "log")]
pub struct Log(Mutex<Vec<String>>);

impl Log {
    fn add(&self, entry: impl Into<String>) {
        self.0
            .lock()
            .expect("no panic while held")
            .push(entry.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic while held"))
    }
}

async fn started(plugins: &'static PluginSet, settings: &str) -> (PluginManager, Arc<Log>) {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .settings(Settings::from_toml(settings).expect("sound TOML"))
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    let log = manager.get::<Log>().expect("it runs");
    (manager, log)
}

/// The hooks of `E` in their order, as `plugin::hook`.
fn order<E: pepperplug::Event>(manager: &PluginManager) -> Vec<String> {
    let hooks = manager.hooks_of::<E>();
    let name = |hook: &pepperplug::HookInfo| format!("{}::{}", hook.plugin(), hook.hook());
    hooks.iter().map(name).collect()
}

#[event("user.login")]
pub struct Login(&'static str);

#[event("user.logout", sync)]
pub struct Logout;

#[event("user.password.reset")]
pub struct Reset;

#[event("order.placed")]
pub struct Placed;

#[plugin(name = "forms")]
pub struct Forms {
    #[inject]
    log: Arc<Log>,
}

#[plugin]
impl Forms {
    #[hook("user.login")]
    fn a_sync(&self, login: &Login) {
        self.log.add(format!("sync {}", login.0));
    }

    #[hook("user.login")]
    async fn b_async(&self, login: &Login) {
        tokio::task::yield_now().await;
        self.log.add(format!("async {}", login.0));
    }

    #[hook("user.login")]
    fn c_sync_with_context(&self, login: &Login, ctx: &EventContext) {
        self.log.add(format!("{} {}", ctx.event(), login.0));
    }

    #[hook("user.login")]
    async fn d_async_with_context(&self, login: &Login, ctx: &EventContext<'_>) {
        tokio::task::yield_now().await;
        self.log.add(format!("async {} {}", ctx.event(), login.0));
    }

    #[hook("user.login")]
    #[allow(
        clippy::needless_arbitrary_self_type,
        reason = "the other way to write `&self`"
    )]
    fn e_context_only(self: &Self, ctx: &EventContext) {
        self.log.add(format!("only {}", ctx.event()));
    }

    #[hook("user.login")]
    async fn f_async_context_only(&self, ctx: &EventContext<'_>) {
        tokio::task::yield_now().await;
        self.log.add(format!("async only {}", ctx.event()));
    }

    #[hook("user.login")]
    fn g_future(&self, login: &Login) -> impl Future<Output = ()> + Send {
        let name = login.0;
        async move { self.log.add(format!("future {name}")) }
    }
}

static FORMS: PluginSet = plugins![Forms, Log];

#[tokio::test]
async fn a_hook_may_be_sync_or_async_and_take_event_context_or_both() {
    let (manager, log) = started(&FORMS, "").await;
    manager.emit(&Login("ada")).await.expect("no hook fails");
    assert_eq!(
        log.take(),
        [
            "sync ada",
            "async ada",
            "user.login ada",
            "async user.login ada",
            "only user.login",
            "async only user.login",
            "future ada",
        ]
    );
}

#[plugin(name = "patterns")]
pub struct Patterns {
    #[inject]
    log: Arc<Log>,
}

#[plugin]
impl Patterns {
    #[hook("user.*")]
    fn one(&self, ctx: &EventContext) {
        self.log.add(format!("one {}", ctx.event()));
    }

    #[hook("user.**")]
    fn several(&self, ctx: &EventContext) {
        self.log.add(format!("several {}", ctx.event()));
    }

    /// Not for `user.logout`, which is emitted without a future.
    #[hook("user.*")]
    async fn an_async_one(&self, ctx: &EventContext<'_>) {
        self.log.add(format!("async {}", ctx.event()));
    }

    #[hook("app.*")]
    fn app(&self, ctx: &EventContext) {
        self.log.add(ctx.event());
    }
}

static PATTERNS: PluginSet = plugins![Patterns, Log];

#[tokio::test]
async fn a_hook_on_a_pattern_gets_every_event_whose_name_fits() {
    let (manager, log) = started(&PATTERNS, "").await;
    assert_eq!(log.take(), ["app.startup"]);
    manager.emit(&Login("ada")).await.expect("no hook fails");
    assert_eq!(
        log.take(),
        ["async user.login", "one user.login", "several user.login"]
    );
    manager.emit(&Reset).await.expect("no hook fails");
    assert_eq!(log.take(), ["several user.password.reset"]);
    manager.emit(&Placed).await.expect("no hook fails");
    assert_eq!(log.take(), [""; 0]);
    manager.shutdown().await.expect("no hook fails");
    assert_eq!(log.take(), ["app.shutdown"]);
}

#[tokio::test]
async fn an_async_hook_on_a_pattern_does_not_get_a_sync_event() {
    let (manager, log) = started(&PATTERNS, "").await;
    log.take();
    manager.emit_sync(&Logout).expect("no hook fails");
    assert_eq!(log.take(), ["one user.logout", "several user.logout"]);
    manager
        .emit(&Logout)
        .await
        .expect("a sync event can be awaited");
    assert_eq!(log.take(), ["one user.logout", "several user.logout"]);
}

#[derive(Deserialize)]
struct Limit {
    most: u32,
}

#[service("greeter")]
pub trait Greeter: Send + Sync {
    fn greet(&self) -> &'static str;
}

#[plugin(name = "english", provides(dyn Greeter))]
pub struct English;

impl Greeter for English {
    fn greet(&self) -> &'static str {
        "hello"
    }
}

#[hook("user.login", priority = 2)]
#[allow(
    clippy::too_many_arguments,
    reason = "one of each form that can be injected"
)]
async fn free_async(
    login: &Login,
    ctx: &EventContext<'_>,
    log: Arc<Log>,
    greeter: Arc<dyn Greeter>,
    #[inject("english")] named: Option<Arc<dyn Greeter>>,
    all: Vec<Arc<dyn Greeter>>,
    missing: Option<Arc<Forms>>,
    later: Lazy<English>,
    events: Events,
    #[inject(settings)] limit: &Limit,
) -> Result<(), pepperplug::Error> {
    tokio::task::yield_now().await;
    log.add(format!("{} {} {}", ctx.event(), greeter.greet(), login.0));
    assert_eq!(named.map(|greeter| greeter.greet()), Some("hello"));
    assert_eq!((all.len(), missing.is_none(), limit.most), (1, true, 3));
    assert_eq!(later.get()?.greet(), "hello");
    events.emit(&Placed).await
}

#[hook("user.login", priority = 1)]
pub fn free_sync(_: &Login, log: Arc<Log>) {
    log.add("free sync");
}

#[hook("user.*", priority = 0)]
fn free_pattern(ctx: &EventContext, log: Arc<Log>) {
    log.add(format!("free pattern {}", ctx.event()));
}

static FREE: PluginSet = plugins![free_async, free_sync, free_pattern, English, Log];

#[tokio::test]
async fn a_function_is_a_hook_whose_further_parameters_are_injected() {
    let (manager, log) = started(&FREE, "[free-async]\nmost = 3").await;
    manager.emit(&Login("ada")).await.expect("no hook fails");
    assert_eq!(
        log.take(),
        [
            "user.login hello ada",
            "free sync",
            "free pattern user.login"
        ]
    );
    assert_eq!(
        order::<Login>(&manager),
        [
            "free-async::free_async",
            "free-sync::free_sync",
            "free-pattern::free_pattern"
        ]
    );
}

#[event("ordered")]
pub struct Ordered;

/// `Ordered` reaches four hooks of each, which only say who they are.
macro_rules! says {
    ($($plugin:ident $name:literal {
        $(#[$inject:ident] $field:ident: $type:ty,)*
    } [$($(#[$hook:ident $options:tt])? $method:ident),*])*) => {$(
        #[plugin(name = $name)]
        pub struct $plugin {
            $(#[$inject] $field: $type,)*
        }

        #[plugin]
        impl $plugin {
            $($(#[$hook $options])? fn $method(&self, _: &Ordered) {})*
        }
    )*};
}

says! {
    // Its dependency comes first, though its name does not.
    Alpha "alpha" { #[inject] _omega: Arc<Omega>, } [
        #[hook("ordered")] plain,
        #[hook("ordered", priority = high)] high,
        #[hook("ordered", priority = low)] low
    ]
    Omega "omega" {} [
        #[hook("ordered")] z,
        #[hook("ordered", priority = normal)] a,
        #[hook("ordered", priority = 51)] above,
        #[hook("ordered", priority = -1)] below
    ]
    Beta "beta" {} [
        #[hook("ordered", priority = 2147483647)] highest,
        #[hook("ordered", priority = -2147483648)] lowest,
        #[hook("ordered")] plain
    ]
}

static ORDER: PluginSet = plugins![Omega, Alpha, Beta, Log];

#[tokio::test]
async fn hooks_run_by_priority_then_start_order_then_name() {
    let (manager, _) = started(&ORDER, "").await;
    assert_eq!(
        order::<Ordered>(&manager),
        [
            "beta::highest", // 2147483647
            "alpha::high",   // 100
            "omega::above",  // 51
            "beta::plain",   // 50, and started first
            "omega::a",
            "omega::z",
            "alpha::plain",
            "alpha::low",   // 0
            "omega::below", // -1
            "beta::lowest",
        ]
    );
    let priorities: Vec<_> = manager
        .hooks_of::<Ordered>()
        .iter()
        .map(pepperplug::HookInfo::priority)
        .collect();
    assert_eq!(
        priorities,
        [i32::MAX, 100, 51, 50, 50, 50, 50, 0, -1, i32::MIN]
    );
}

says! {
    Early "early" {} [#[hook("ordered", priority = high)] run]
    Late "late" {} [#[hook("ordered", priority = low, before = "early")] run]
    Last "last" {} [#[hook("ordered", priority = 1000, after("early", "middle"))] run]
    Middle "middle" {} [#[hook("ordered")] run]
    // Of a plugin that is not there.
    Lonely "lonely" {} [#[hook("ordered", priority = 60, after("nobody"))] run]
}

static BEFORE: PluginSet = plugins![Early, Late, Last, Middle, Lonely, Log];

#[tokio::test]
async fn before_and_after_hold_whatever_the_priority() {
    let (manager, _) = started(&BEFORE, "").await;
    assert_eq!(
        order::<Ordered>(&manager),
        [
            "lonely::run",
            "middle::run",
            "late::run",
            "early::run",
            "last::run"
        ]
    );
}

#[tokio::test]
async fn hooks_are_known_only_while_the_application_runs() {
    let manager = PluginManager::builder().plugins(&ORDER).build();
    let manager = manager.expect("the build proved the wiring");
    assert_eq!(order::<Ordered>(&manager), [""; 0]);
    manager.initialize().await.expect("nothing fails");
    assert_eq!(order::<Ordered>(&manager).len(), 10);
    assert_eq!(order::<Login>(&manager), [""; 0]);
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(order::<Ordered>(&manager), [""; 0]);
}
