//! One emit from its begin to its end: when it is refused, emits within emits, and cancelling.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use pepperplug::prelude::*;
use pepperplug::{AppShutdown, AppStartup, Error};
use tokio::sync::Notify;

fn built(plugins: &'static PluginSet) -> PluginManager {
    PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring")
}

async fn started(plugins: &'static PluginSet) -> PluginManager {
    let manager = built(plugins);
    manager.initialize().await.expect("nothing fails");
    manager
}

/// The code and the whole text.
fn told(result: Result<(), Error>) -> (&'static str, String) {
    let error = result.expect_err("it is refused");
    (error.code(), error.to_string())
}

fn not_started(event: &str) -> (&'static str, String) {
    let text = format!(
        "[PP240] event `{event}` was emitted before the application had started: \
         emit it from a hook on `app.startup`, or after `initialize`"
    );
    ("PP240", text)
}

fn shutting_down(event: &str) -> (&'static str, String) {
    let text =
        format!("[PP241] event `{event}` was emitted while the application shuts down, or after");
    ("PP241", text)
}

#[event("pinged", sync)]
pub struct Pinged;

/// Emits at each step of its life, and keeps what came of it.
#[plugin(name = "eager")]
pub struct Eager {
    #[inject]
    events: Events,
    told: Mutex<Vec<(&'static str, Result<(), Error>)>>,
}

impl Eager {
    async fn emit(&self, step: &'static str) {
        let result = self.events.emit(&Pinged).await;
        self.told.lock().expect("no panic").push((step, result));
    }
}

#[plugin]
impl Eager {
    async fn initialize(&mut self) {
        self.emit("initialize").await;
    }

    async fn cleanup(&self) {
        self.emit("cleanup").await;
    }

    #[hook("app.startup")]
    async fn starts(&self, _: &AppStartup) {
        self.emit("app.startup").await;
    }

    #[hook("app.shutdown")]
    async fn stops(&self, _: &AppShutdown) {
        self.emit("app.shutdown").await;
    }

    #[hook("pinged")]
    fn pinged(&self, _: &Pinged) {
        self.told.lock().expect("no panic").push(("pinged", Ok(())));
    }
}

static EAGER: PluginSet = plugins![Eager];

#[tokio::test]
async fn events_are_taken_from_app_startup_to_app_shutdown() {
    let manager = started(&EAGER).await;
    let eager = manager.get::<Eager>().expect("it runs");
    manager.shutdown().await.expect("nothing fails");
    let steps = std::mem::take(&mut *eager.told.lock().expect("no panic"));
    let steps: Vec<_> = steps
        .into_iter()
        .map(|(step, result)| (step, result.err().map(|error| error.to_string())))
        .collect();
    assert_eq!(
        steps,
        [
            ("initialize", Some(not_started("pinged").1)),
            ("pinged", None),
            ("app.startup", None),
            ("pinged", None),
            ("app.shutdown", None),
            ("cleanup", Some(shutting_down("pinged").1)),
        ]
    );
}

#[tokio::test]
async fn an_emit_before_the_start_or_after_the_stop_is_refused() {
    let manager = built(&EAGER);
    let events = manager.events();
    assert_eq!(told(manager.emit(&Pinged).await), not_started("pinged"));
    assert_eq!(told(events.emit_sync(&Pinged)), not_started("pinged"));
    manager.initialize().await.expect("nothing fails");
    events.emit_sync(&Pinged).expect("it runs");
    manager.shutdown().await.expect("nothing fails");
    assert_eq!(told(manager.emit(&Pinged).await), shutting_down("pinged"));
    assert_eq!(told(events.emit_sync(&Pinged)), shutting_down("pinged"));
}

#[tokio::test]
async fn a_manager_that_was_shut_down_before_it_started_refuses_events_as_stopped() {
    let manager = built(&EAGER);
    manager.shutdown().await.expect("nothing to stop");
    assert_eq!(told(manager.emit(&Pinged).await), shutting_down("pinged"));
}

#[event("outer")]
pub struct Outer;

#[event("inner", mode = collect, output = u32)]
pub struct Inner;

#[event("counted")]
pub struct Counted(u32);

#[plugin(name = "nested")]
pub struct Nested {
    #[inject]
    events: Events,
    sum: AtomicUsize,
    depths: Mutex<Vec<u32>>,
}

#[plugin]
impl Nested {
    #[hook("outer")]
    async fn by_context(&self, _: &Outer, ctx: &EventContext<'_>) -> Result<(), Error> {
        self.add(ctx.emit(&Inner).await?);
        Ok(())
    }

    #[hook("outer")]
    async fn by_events(&self, _: &Outer) -> Result<(), Error> {
        self.add(self.events.emit(&Inner).await?);
        Ok(())
    }

    fn add(&self, answers: Vec<pepperplug::HookResult<u32>>) {
        for answer in answers {
            let number = answer.outcome.expect("no hook fails");
            self.sum.fetch_add(number as usize, Ordering::Relaxed);
        }
    }

    #[hook("inner")]
    async fn inner(&self, _: &Inner) -> u32 {
        tokio::task::yield_now().await;
        21
    }

    /// Emits its own event again, one less each time.
    #[hook("counted")]
    async fn count(&self, counted: &Counted, ctx: &EventContext<'_>) -> Result<(), Error> {
        self.depths.lock().expect("no panic").push(counted.0);
        match counted.0 {
            0 => Err(ctx.emit_sync(&Broken).expect_err("it panics")),
            n => ctx.emit(&Counted(n - 1)).await,
        }
    }

    #[hook("broken")]
    fn breaks(&self, _: &Broken) {
        panic!("at the bottom");
    }
}

#[event("broken", sync)]
pub struct Broken;

static NESTED: PluginSet = plugins![Nested];

#[tokio::test]
async fn a_hook_may_emit_by_its_context_and_by_its_plugins_handle() {
    let manager = started(&NESTED).await;
    manager.emit(&Outer).await.expect("no hook fails");
    let nested = manager.get::<Nested>().expect("it runs");
    assert_eq!(nested.sum.load(Ordering::Relaxed), 42);
}

#[tokio::test]
async fn a_hook_may_emit_its_own_event_and_errors_come_up_to_the_emitter() {
    let manager = started(&NESTED).await;
    let failed = told(manager.emit(&Counted(2)).await);
    let nested = manager.get::<Nested>().expect("it runs");
    assert_eq!(*nested.depths.lock().expect("no panic"), [2, 1, 0]);
    let counted = "[PP242] hook `count` of plugin `nested` failed on event `counted`: ";
    let broken = "[PP242] hook `breaks` of plugin `nested` failed on event `broken`: it panicked: at the bottom";
    assert_eq!(failed, ("PP242", counted.repeat(3) + broken));
}

#[event("hung")]
pub struct Hung;

#[event("hung.beside")]
pub struct HungBeside;

#[plugin(name = "hanging")]
#[derive(Default)]
pub struct Hanging {
    dropped: AtomicUsize,
    reached: AtomicUsize,
}

struct CountsDrop<'a>(&'a AtomicUsize);

impl Drop for CountsDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[plugin]
impl Hanging {
    #[hook("hung")]
    async fn a_hangs(&self, _: &Hung) {
        let _dropped = CountsDrop(&self.dropped);
        pending::<()>().await;
    }

    #[hook("hung")]
    fn b_next(&self, _: &Hung) {
        self.reached.fetch_add(1, Ordering::Relaxed);
    }

    #[hook("hung.beside", parallel)]
    async fn c_hangs(&self, _: &HungBeside) {
        let _dropped = CountsDrop(&self.dropped);
        pending::<()>().await;
    }

    #[hook("hung.beside", parallel, timeout = "1h")]
    async fn d_hangs(&self, _: &HungBeside) {
        let _dropped = CountsDrop(&self.dropped);
        pending::<()>().await;
    }
}

static HANGING: PluginSet = plugins![Hanging];

/// Polls `emit` once and drops it.
async fn poll_and_drop(emit: impl Future<Output = Result<(), Error>>) {
    let mut emit = Box::pin(emit);
    let polled = poll_fn(|cx| Poll::Ready(emit.as_mut().poll(cx))).await;
    assert!(polled.is_pending(), "it hangs");
}

#[tokio::test]
async fn dropping_an_emit_drops_the_future_of_the_hook_that_runs() {
    let manager = started(&HANGING).await;
    let hanging = manager.get::<Hanging>().expect("it runs");
    poll_and_drop(manager.emit(&Hung)).await;
    assert_eq!(hanging.dropped.load(Ordering::Relaxed), 1);
    assert_eq!(hanging.reached.load(Ordering::Relaxed), 0);
    poll_and_drop(manager.emit(&HungBeside)).await;
    assert_eq!(hanging.dropped.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_emit_that_was_dropped_is_not_waited_for() {
    let manager = started(&HANGING).await;
    poll_and_drop(manager.emit(&Hung)).await;
    manager.shutdown().await.expect("nothing is under way");
}

#[event("released")]
pub struct Released;

#[plugin(name = "waiting")]
#[derive(Default)]
pub struct Waiting {
    released: Notify,
    done: AtomicUsize,
}

#[plugin]
impl Waiting {
    #[hook("released")]
    async fn wait(&self, _: &Released) {
        self.released.notified().await;
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    #[hook("app.shutdown")]
    async fn release(&self, _: &AppShutdown) {
        self.released.notify_one();
    }

    fn cleanup(&self) {
        assert_eq!(self.done.load(Ordering::Relaxed), 1, "hooks are done first");
    }
}

static WAITING: PluginSet = plugins![Waiting];

#[tokio::test]
async fn a_shutdown_waits_for_the_emits_that_are_under_way() {
    let manager = started(&WAITING).await;
    let mut emit = pin!(manager.emit(&Released));
    let polled = poll_fn(|cx| Poll::Ready(emit.as_mut().poll(cx))).await;
    assert!(polled.is_pending(), "it waits");
    let (emitted, stopped) = tokio::join!(emit, manager.shutdown());
    emitted.expect("it was under way before");
    stopped.expect("it was waited for");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_names_the_emits_that_it_no_longer_waits_for() {
    let manager = started(&HANGING).await;
    // Those that are over, one way or the other, are not named.
    poll_and_drop(manager.emit(&HungBeside)).await;
    let mut emit = pin!(manager.emit(&Hung));
    let polled = poll_fn(|cx| Poll::Ready(emit.as_mut().poll(cx))).await;
    assert!(polled.is_pending(), "it hangs");
    assert_eq!(
        told(manager.shutdown().await),
        (
            "PP231",
            "[PP231] the application stopped, with problems\n  \
             events  some were still under way after 15s\n    \
             hook `a_hangs` of plugin `hanging` on event `hung`"
                .to_owned()
        )
    );
}
