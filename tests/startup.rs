//! The events of the application itself: `app.startup` and `app.shutdown`, and what hooks that fail on them do.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use pepperplug::prelude::*;
use pepperplug::{AppShutdown, AppStartup, Error, PluginState};

/// What happened in this test, in order. Outlives the plugins of a start that was rolled back.
struct Log(Mutex<Vec<String>>);

impl Log {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn add(&self, entry: &str) {
        let mut log = self.0.lock().expect("no panic while held");
        log.push(entry.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic while held"))
    }
}

fn built(plugins: &'static PluginSet) -> PluginManager {
    PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring")
}

static LIFE: Log = Log::new();

#[plugin(name = "base")]
pub struct Base;

#[plugin]
impl Base {
    fn initialize(&mut self) {
        LIFE.add("base initializes");
    }

    fn cleanup(&self) {
        LIFE.add("base is cleaned up");
    }

    #[hook("app.startup")]
    fn starts(&self, _: &AppStartup) {
        LIFE.add("base hears of the startup");
    }

    #[hook("app.shutdown")]
    async fn stops(&self, _: &AppShutdown) {
        LIFE.add("base hears of the shutdown");
    }
}

#[plugin(name = "above")]
pub struct Above {
    #[inject]
    _base: Arc<Base>,
}

#[plugin]
impl Above {
    async fn initialize(&mut self) {
        LIFE.add("above initializes");
    }

    async fn cleanup(&self) {
        LIFE.add("above is cleaned up");
    }

    #[hook("app.*", priority = high)]
    fn hears(&self, ctx: &EventContext) {
        LIFE.add(&format!("above hears of {}", ctx.event()));
    }
}

static ALIVE: PluginSet = plugins![Above, Base];

#[tokio::test]
async fn every_plugin_is_ready_when_the_startup_is_told_and_none_is_stopped_when_the_shutdown_is() {
    let manager = built(&ALIVE);
    manager.initialize().await.expect("nothing fails");
    assert_eq!(
        LIFE.take(),
        [
            "base initializes",
            "above initializes",
            "above hears of app.startup",
            "base hears of the startup"
        ]
    );
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(
        LIFE.take(),
        [
            "above hears of app.shutdown",
            "base hears of the shutdown",
            "above is cleaned up",
            "base is cleaned up"
        ]
    );
}

static FAILED: Log = Log::new();
static HEALED: AtomicBool = AtomicBool::new(false);

#[plugin(name = "careful")]
pub struct Careful;

#[plugin]
impl Careful {
    async fn cleanup(&self) -> Result<(), String> {
        FAILED.add("careful is cleaned up");
        if HEALED.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err("the disk is full".to_owned())
    }
}

#[plugin(name = "fragile")]
pub struct Fragile {
    #[inject]
    _careful: Arc<Careful>,
}

#[plugin]
impl Fragile {
    #[hook("app.startup")]
    async fn warm_up(&self, _: &AppStartup) -> Result<(), String> {
        if HEALED.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err("no connection".to_owned())
    }

    fn cleanup(&self) {
        FAILED.add("fragile is cleaned up");
    }
}

static FRAGILE: PluginSet = plugins![Fragile, Careful];

#[tokio::test(start_paused = true)]
async fn a_startup_hook_that_fails_rolls_the_start_back_and_another_call_tries_anew() {
    let manager = built(&FRAGILE);
    let error = manager.initialize().await.expect_err("a hook fails");
    assert_eq!(error.code(), "PP230");
    assert_eq!(
        error.to_string(),
        "\
[PP230] the application did not start: a hook on `app.startup` failed: [PP242] hook `warm_up` of plugin `fragile` failed on event `app.startup`: no connection
  fragile  stopped    (had started in 0.00 s; rolled back)
  careful  stopped    (had started in 0.00 s; rolled back; its cleanup failed: the disk is full)"
    );
    let Error::Start(start) = &error else {
        panic!("it did not start");
    };
    assert!(!start.was_shut_down());
    assert_eq!(start.failed().count(), 0, "no plugin is to blame");
    let rolled_back: Vec<_> = start.rolled_back().collect();
    assert_eq!(rolled_back, ["fragile", "careful"]);
    assert_eq!(
        FAILED.take(),
        ["fragile is cleaned up", "careful is cleaned up"]
    );
    let state = |name| manager.get_by_name(name).expect("listed").state();
    assert_eq!(state("fragile"), PluginState::Stopped);
    assert_eq!(state("careful"), PluginState::Failed);
    assert!(manager.get::<Fragile>().is_err());

    HEALED.store(true, Ordering::Relaxed);
    manager.initialize().await.expect("it is healed");
    assert_eq!(state("fragile"), PluginState::Ready);
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(
        FAILED.take(),
        ["fragile is cleaned up", "careful is cleaned up"]
    );
}

#[plugin(name = "hanging")]
pub struct Hanging;

#[plugin]
impl Hanging {
    #[hook("app.startup")]
    async fn hangs(&self, _: &AppStartup) {
        std::future::pending::<()>().await;
    }
}

static HANGING: PluginSet = plugins![Hanging];

#[tokio::test(start_paused = true)]
async fn a_startup_hook_that_hangs_is_given_up_after_half_a_minute() {
    let begun = tokio::time::Instant::now();
    let error = built(&HANGING).initialize().await.expect_err("it hangs");
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(
        error.to_string(),
        "\
[PP230] the application did not start: a hook on `app.startup` failed: [PP242] hook `hangs` of plugin `hanging` failed on event `app.startup`: it was not done after 30s
  hanging  stopped    (had started in 0.00 s; rolled back)"
    );
}

static SULKY: Log = Log::new();

#[plugin(name = "sulky")]
pub struct Sulky;

#[plugin]
impl Sulky {
    #[hook("app.shutdown")]
    fn refuses(&self, _: &AppShutdown) -> Result<(), String> {
        Err("not now".to_owned())
    }

    #[hook("app.shutdown")]
    async fn t_hangs(&self, _: &AppShutdown) {
        std::future::pending::<()>().await;
    }

    #[hook("app.shutdown")]
    fn u_hears(&self, _: &AppShutdown) {
        SULKY.add("the next one hears of it");
    }

    fn cleanup(&self) {
        SULKY.add("cleaned up");
        panic!("and in cleanup");
    }
}

static SULKING: PluginSet = plugins![Sulky];

#[tokio::test(start_paused = true)]
async fn shutdown_hooks_that_fail_are_told_and_stop_nothing() {
    let manager = built(&SULKING);
    manager.initialize().await.expect("nothing fails");
    let begun = tokio::time::Instant::now();
    let error = manager.shutdown().await.expect_err("hooks fail");
    assert_eq!(begun.elapsed().as_secs(), 15, "half of the shutdown's time");
    assert_eq!(error.code(), "PP231");
    assert_eq!(
        error.to_string(),
        "\
[PP231] the application stopped, with problems
  app.shutdown  [PP242] 2 hooks failed on event `app.shutdown`
      hook `refuses` of plugin `sulky` failed on event `app.shutdown`: not now
      hook `t_hangs` of plugin `sulky` failed on event `app.shutdown`: it was not done after 15s
  sulky         its cleanup panicked: and in cleanup"
    );
    assert_eq!(SULKY.take(), ["the next one hears of it", "cleaned up"]);
}
