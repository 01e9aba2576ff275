//! Starting and stopping from where it is least expected: from inside the plugins, from several runtimes, from one that
//! ends half-way. Nothing waits for ever.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{AppShutdown, AppStartup, Error};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout};

#[event("called")]
pub struct Called;

/// Managers that their own plugins know, by number; and how many plugins each has.
static MANAGERS: Mutex<BTreeMap<u64, PluginManager>> = Mutex::new(BTreeMap::new());
static ALIVE: Mutex<BTreeMap<u64, Arc<AtomicUsize>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);
static HUNG: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());

/// What a plugin does, and in which of its methods.
#[derive(Debug, Deserialize)]
pub struct Part {
    number: u64,
    at: String,
    does: String,
    /// Whether it panics when it is dropped.
    #[serde(default)]
    clings: bool,
}

#[plugin(name = "player")]
pub struct Player {
    #[inject(settings)]
    part: Part,
    /// Closes the ring that has to be opened again: dispatcher, tables, plugin.
    #[inject]
    _events: Events,
    /// Counted once it is initialized.
    alive: Counted,
}

#[derive(Default)]
struct Counted(Option<Arc<AtomicUsize>>);

impl Counted {
    fn of(alive: Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self(Some(alive))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(alive) = &self.0 {
            alive.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[plugin]
impl Player {
    async fn initialize(&mut self) -> Result<(), Error> {
        self.alive = Counted::of(alive_of(self.part.number));
        self.play("initialize").await
    }

    async fn cleanup(&self) -> Result<(), Error> {
        self.play("cleanup").await
    }

    #[hook("app.startup")]
    async fn starts(&self, _: &AppStartup) -> Result<(), Error> {
        self.play("app.startup").await
    }

    #[hook("app.shutdown")]
    async fn stops(&self, _: &AppShutdown) -> Result<(), Error> {
        self.play("app.shutdown").await
    }

    #[hook("called")]
    async fn hears(&self, _: &Called) -> Result<(), Error> {
        self.play("hook").await
    }
}

impl Player {
    async fn play(&self, at: &str) -> Result<(), Error> {
        if self.part.at != at {
            return Ok(());
        }
        let manager = || {
            let managers = MANAGERS.lock().expect("no panic while held");
            managers[&self.part.number].clone()
        };
        match self.part.does.as_str() {
            "initialize" => manager().initialize().await,
            "shutdown" => manager().shutdown().await,
            "begin to shut down" => {
                begin(manager().shutdown());
                Ok(())
            }
            "hang" => pending().await,
            "hang once"
                if !HUNG
                    .lock()
                    .expect("no panic while held")
                    .insert(self.part.number) =>
            {
                Ok(())
            }
            "hang once" => pending().await,
            "fail" => Err(Error::Stopped),
            _ => Ok(()),
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if self.part.clings && self.alive.0.is_some() {
            std::panic::resume_unwind(Box::new("it clings to life"));
        }
    }
}

static PLUGINS: PluginSet = plugins![Player];

fn alive_of(number: u64) -> Arc<AtomicUsize> {
    let mut alive = ALIVE.lock().expect("no panic while held");
    Arc::clone(alive.entry(number).or_default())
}

/// A manager of one plugin that does `does` in `at`; and how many there are of that plugin.
fn built(at: &str, does: &str) -> (PluginManager, u64, Arc<AtomicUsize>) {
    built_with(at, does, "")
}

fn built_with(at: &str, does: &str, more: &str) -> (PluginManager, u64, Arc<AtomicUsize>) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let settings = format!("[player]\nnumber = {number}\nat = \"{at}\"\ndoes = \"{does}\"{more}");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::from_toml(&settings).expect("sound TOML"))
        .build()
        .expect("the build proved the wiring");
    (manager, number, alive_of(number))
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime starts")
}

/// Polls `future` once, and drops it.
fn begin(future: impl Future) {
    let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "it is done at once");
}

/// What became of a call, and after how many seconds.
async fn told<T>(call: impl Future<Output = Result<T, Error>>) -> String {
    let begun = Instant::now();
    let Ok(outcome) = timeout(Duration::from_secs(3_600), call).await else {
        return "never ends".to_owned();
    };
    let after = begun.elapsed().as_secs_f64();
    match outcome {
        Ok(_) => format!("well after {after:.0} s"),
        Err(error) => format!("{} after {after:.0} s", error.code()),
    }
}

/// Starts, emits and stops a manager, whose plugin calls the manager as well.
async fn run(at: &str, does: &str) -> [String; 3] {
    let (manager, number, alive) = built(at, does);
    let lock = || MANAGERS.lock().expect("no panic while held");
    lock().insert(number, manager.clone());
    let started = told(manager.initialize()).await;
    let emitted = told(manager.emit(&Called)).await;
    let stopped = told(manager.shutdown()).await;
    lock().remove(&number);
    drop(manager);
    assert_eq!(alive.load(Ordering::SeqCst), 0, "the plugin is let go");
    [started, emitted, stopped]
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_starts_its_own_manager_again_waits_no_longer_than_it_may() {
    let refused = ["PP230 after 30 s", "PP240 after 0 s", "well after 0 s"];
    assert_eq!(run("initialize", "initialize").await, refused);
    assert_eq!(run("app.startup", "initialize").await, refused);
    let well = ["well after 0 s", "well after 0 s", "well after 0 s"];
    assert_eq!(run("hook", "initialize").await, well);
    // Once it stops, it does not start again: refused at once.
    let refused = ["well after 0 s", "well after 0 s", "PP231 after 0 s"];
    assert_eq!(run("app.shutdown", "initialize").await, refused);
    assert_eq!(run("cleanup", "initialize").await, refused);
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_stops_its_own_manager_waits_no_longer_than_it_may() {
    // The start is taken back, and who stopped it is cancelled.
    let stopped = ["PP230 after 0 s", "PP241 after 0 s", "well after 0 s"];
    assert_eq!(run("initialize", "shutdown").await, stopped);
    assert_eq!(run("app.startup", "shutdown").await, stopped);
    // Nothing is awaited between that and the end of the start.
    assert_eq!(run("app.startup", "begin to shut down").await, stopped);
    // The event under way waits for the shutdown, and that for the event: for half of its time.
    let late = ["well after 0 s", "PP242 after 15 s", "PP231 after 0 s"];
    assert_eq!(run("hook", "shutdown").await, late);
    let late = ["well after 0 s", "well after 0 s", "PP231 after 15 s"];
    assert_eq!(run("app.shutdown", "shutdown").await, late);
    let late = ["well after 0 s", "well after 0 s", "PP231 after 10 s"];
    assert_eq!(run("cleanup", "shutdown").await, late);
}

#[test]
fn a_runtime_that_ends_while_the_start_is_told_leaves_nothing_that_hears_events() {
    let first = runtime();
    let (manager, _, alive) = built("app.startup", "hang");
    first.block_on(async {
        begin(manager.initialize());
        // Until it hangs in the hook: the gate is open.
        while manager.hooks_of::<Called>().is_empty() {
            tokio::task::yield_now().await;
        }
    });
    drop(first);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    runtime().block_on(async {
        assert_eq!(told(manager.emit(&Called)).await, "PP240 after 0 s");
        assert_eq!(told(manager.shutdown()).await, "well after 0 s");
    });
}

#[test]
fn a_runtime_that_ends_while_it_stops_leaves_nothing_that_hears_events() {
    for at in ["app.shutdown", "cleanup"] {
        let first = runtime();
        let (manager, _, alive) = built(at, "hang");
        first.block_on(async {
            manager.initialize().await.expect("nothing fails");
            begin(manager.shutdown());
            tokio::task::yield_now().await;
        });
        drop(first);
        assert_eq!(alive.load(Ordering::SeqCst), 0, "{at}");
        runtime().block_on(async {
            assert_eq!(told(manager.emit(&Called)).await, "PP241 after 0 s", "{at}");
            assert_eq!(told(manager.shutdown()).await, "PP231 after 0 s", "{at}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_that_is_polled_once_goes_on_even_where_the_task_has_no_budget_left() {
    let (manager, _, alive) = built("", "");
    manager.initialize().await.expect("nothing fails");
    // Each of tokio's futures takes from the budget of the task that polls it, and without any, all are pending.
    let (sender, mut receiver) = tokio::sync::watch::channel(0);
    while tokio::task::coop::has_budget_remaining() {
        sender.send_replace(0);
        receiver.changed().await.expect("the sender is there");
    }
    begin(manager.shutdown());
    // Time passes only when there is nothing else to do.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(alive.load(Ordering::SeqCst), 0, "somebody stops it");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_during_the_start_whose_caller_has_gone_still_stops_the_manager() {
    let (manager, _, alive) = built("initialize", "hang");
    let stop = async {
        tokio::task::yield_now().await;
        begin(manager.shutdown());
    };
    let (started, ()) = tokio::join!(told(manager.initialize()), stop);
    assert_eq!(started, "PP230 after 0 s");
    assert_eq!(told(manager.emit(&Called)).await, "PP241 after 0 s");
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_panics_when_it_is_dropped_keeps_nobody_waiting() {
    let clings = "\nclings = true";
    let (manager, _, alive) = built_with("", "", clings);
    assert_eq!(told(manager.initialize()).await, "well after 0 s");
    assert_eq!(told(manager.shutdown()).await, "well after 0 s");
    assert_eq!(
        alive.load(Ordering::SeqCst),
        0,
        "it was dropped all the same"
    );
    let (manager, _, alive) = built_with("app.startup", "fail", clings);
    assert_eq!(told(manager.initialize()).await, "PP230 after 0 s");
    assert_eq!(
        alive.load(Ordering::SeqCst),
        0,
        "it was dropped all the same"
    );
    let (manager, _, alive) = built_with("", "", clings);
    assert_eq!(told(manager.initialize()).await, "well after 0 s");
    drop(manager);
    assert_eq!(
        alive.load(Ordering::SeqCst),
        0,
        "it was dropped all the same"
    );
}

#[test]
fn two_runtimes_may_start_one_manager_at_once_and_either_may_stop_it() {
    for _ in 0..20 {
        let (manager, _, alive) = built("", "");
        let barrier = Arc::new(std::sync::Barrier::new(2));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (manager, barrier) = (manager.clone(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    let runtime = runtime();
                    barrier.wait();
                    let started = runtime.block_on(manager.initialize());
                    started.expect("nothing fails");
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no thread panics");
        }
        assert_eq!(alive.load(Ordering::SeqCst), 1, "it was started once");
        let third = runtime();
        assert_eq!(third.block_on(told(manager.shutdown())), "well after 0 s");
        assert_eq!(alive.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn a_runtime_without_timers_serves_while_nothing_waits() {
    let timeless = Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    let (manager, _, alive) = built("", "");
    timeless
        .block_on(manager.initialize())
        .expect("nothing waits");
    timeless.block_on(manager.emit(&Called)).expect("nor here");
    assert_eq!(alive.load(Ordering::SeqCst), 1);
}

#[test]
fn a_runtime_without_timers_is_an_error_where_something_waits_and_nobody_waits_for_it() {
    let timeless = Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    let (manager, _, alive) = built("app.startup", "hang once");
    let started = timeless.block_on(manager.initialize());
    assert!(matches!(started, Err(Error::Start(_))), "{started:?}");
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    runtime().block_on(async {
        assert_eq!(told(manager.initialize()).await, "well after 0 s");
    });
    let stopped = timeless.block_on(manager.shutdown());
    assert!(matches!(stopped, Err(Error::Shutdown(_))), "{stopped:?}");
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    let refused = timeless.block_on(manager.emit(&Called));
    assert_eq!(refused.map_err(|error| error.code()), Err("PP241"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_without_bound_is_as_good_as_none() {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(
            Settings::from_toml("[player]\nnumber = 1000000\nat = ''\ndoes = ''")
                .expect("sound TOML"),
        )
        .initialize_timeout(Duration::MAX)
        .cleanup_timeout(Duration::MAX)
        .shutdown_timeout(Duration::MAX)
        .build()
        .expect("the build proved the wiring");
    assert_eq!(told(manager.initialize()).await, "well after 0 s");
    assert_eq!(told(manager.shutdown()).await, "well after 0 s");
}
