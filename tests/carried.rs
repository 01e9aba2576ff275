//! What an emit carries, inherits and is held to: correlation, metadata, deadline, cancellation, depth; and its event as data.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{CancellationToken, DataError, EmitContext, EmitError, Error, Next};
use serde::Serialize;
use tokio::time::{Instant, sleep};

async fn started(plugins: &'static PluginSet) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

#[event("request")]
#[derive(Serialize)]
pub struct Request {
    path: &'static str,
}

#[event("query")]
pub struct Query;

#[event("query.sync", sync)]
pub struct QuerySync;

#[event("edit", mode = transform)]
#[derive(Serialize)]
pub struct Edit(u32);

#[plugin(name = "tracer")]
pub struct Tracer {
    #[inject]
    events: Events,
    seen: Mutex<Vec<String>>,
    data: Mutex<Vec<Result<String, String>>>,
}

impl Tracer {
    fn see(&self, ctx: &EventContext<'_>) {
        let tenant = ctx.metadata("tenant").and_then(|tenant| tenant.as_str());
        let tenant = tenant.unwrap_or("nobody");
        let line = format!("{} {} {tenant}", ctx.event(), ctx.correlation_id());
        self.seen.lock().expect("no panic").push(line);
    }

    fn take_seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().expect("no panic"))
    }
}

#[plugin]
impl Tracer {
    #[hook("request")]
    async fn by_context(&self, _: &Request, ctx: &EventContext<'_>) -> Result<(), Error> {
        self.see(ctx);
        tokio::task::yield_now().await;
        ctx.emit(&Query).await
    }

    /// The handle knows nothing of the emit, which is found all the same.
    #[hook("query")]
    async fn by_handle(&self, _: &Query, ctx: &EventContext<'_>) -> Result<(), Error> {
        self.see(ctx);
        self.events.emit_sync(&QuerySync)
    }

    #[hook("query.sync")]
    fn innermost(&self, _: &QuerySync, ctx: &EventContext<'_>) {
        self.see(ctx);
    }

    #[hook("request", priority = low)]
    async fn later(&self, _: &Request, ctx: &EventContext<'_>) {
        self.see(ctx);
    }

    #[hook("**", priority = -1)]
    fn look(&self, ctx: &EventContext) {
        let data = ctx.data().map(|data| data.to_string());
        let data = data.map_err(|error: DataError| error.to_string());
        self.data.lock().expect("no panic").push(data);
    }

    #[hook("edit")]
    fn edit(&self, edit: &mut Edit, ctx: &EventContext<'_>) {
        edit.0 += 1;
        assert_eq!(ctx.data().expect_err("it is lent").code(), "PP246");
    }
}

static TRACER: PluginSet = plugins![Tracer];

#[tokio::test]
async fn nested_emits_have_the_correlation_id_and_metadata_of_the_outermost() {
    let manager = started(&TRACER).await;
    let tracer = manager.get::<Tracer>().expect("it runs");
    tracer.take_seen();
    let context = EmitContext::new()
        .correlation_id("request-42")
        .metadata("tenant", "acme");
    let request = Request { path: "/" };
    manager
        .emit_with(&request, context)
        .await
        .expect("no hook fails");
    let expected = ["request", "query", "query.sync", "request"];
    let expected = expected.map(|event| format!("{event} request-42 acme"));
    assert_eq!(tracer.take_seen(), expected);

    let mut ids = Vec::new();
    for _ in 0..2 {
        manager.emit(&request).await.expect("no hook fails");
        let seen = tracer.take_seen();
        let id = |line: &String| line.split(' ').nth(1).map(str::to_owned);
        let mut of_one: Vec<_> = seen.iter().filter_map(id).collect();
        assert_eq!(of_one.len(), 4);
        of_one.dedup();
        assert_eq!(of_one.len(), 1, "{seen:?}");
        ids.extend(of_one);
    }
    assert_ne!(ids[0], ids[1], "emits that do not belong together");
}

#[event("outer")]
pub struct Outer;

#[event("outer.sync", sync)]
pub struct OuterSync;

#[event("inner")]
pub struct Inner;

/// Hears what is said of an emit alone, and what it inherits; in hooks before, within and after one that wraps others.
#[plugin(name = "marks")]
pub struct Marks {
    seen: Mutex<Vec<String>>,
}

impl Marks {
    fn see(&self, ctx: &EventContext<'_>) {
        let text =
            |value: Option<&serde_json::Value>| value.map_or("-".to_owned(), ToString::to_string);
        let (own, any) = (ctx.own_metadata("mark"), ctx.metadata("mark"));
        let sync = if ctx.is_sync() { " sync" } else { "" };
        let line = format!("{}{sync} {} {}", ctx.event(), text(own), text(any));
        self.seen.lock().expect("no panic").push(line);
    }
}

#[plugin]
impl Marks {
    #[hook("outer", priority = 3)]
    async fn wrap(&self, outer: &Outer, next: Next<'_, Outer>) -> Result<(), Error> {
        tokio::task::yield_now().await;
        next.run(outer).await
    }

    #[hook("outer", priority = 2)]
    async fn emits(&self, _: &Outer, ctx: &EventContext<'_>) -> Result<(), Error> {
        self.see(ctx);
        ctx.emit(&Inner).await?;
        ctx.emit_with(&Inner, EmitContext::new().metadata("other", 1))
            .await?;
        ctx.emit_with(&Inner, EmitContext::new().metadata("mark", 2))
            .await?;
        ctx.emit_sync(&OuterSync)
    }

    #[hook("outer.sync", priority = 3)]
    fn wrap_sync(&self, outer: &OuterSync, next: Next<'_, OuterSync>) -> Result<(), Error> {
        next.run_sync(outer)
    }

    #[hook("outer.sync")]
    fn within_sync(&self, _: &OuterSync, ctx: &EventContext<'_>) {
        self.see(ctx);
    }

    #[hook("inner")]
    fn within(&self, _: &Inner, ctx: &EventContext<'_>) {
        self.see(ctx);
    }
}

static MARKS: PluginSet = plugins![Marks];

#[tokio::test]
async fn what_is_said_of_an_emit_is_told_from_what_it_inherits() {
    let manager = started(&MARKS).await;
    let marked = || EmitContext::new().metadata("mark", 1);
    manager
        .emit_with(&Outer, marked())
        .await
        .expect("no hook fails");
    let events = manager.events();
    events
        .emit_sync_with(&OuterSync, marked())
        .expect("no hook fails");
    let marks = manager.get::<Marks>().expect("it runs");
    let expected = [
        "outer 1 1",
        "inner - 1",
        "inner - 1",
        "inner 2 2",
        "outer.sync sync - 1",
        "outer.sync sync 1 1",
    ];
    assert_eq!(*marks.seen.lock().expect("no panic"), expected);
}

#[tokio::test]
async fn an_event_is_data_for_hooks_that_take_only_the_context() {
    let manager = started(&TRACER).await;
    let tracer = manager.get::<Tracer>().expect("it runs");
    let told = || std::mem::take(&mut *tracer.data.lock().expect("no panic"));
    told();
    manager
        .emit(&Request { path: "/x" })
        .await
        .expect("no hook fails");
    let data = told();
    assert_eq!(data.last(), Some(&Ok("{\"path\":\"/x\"}".to_owned())));
    let refused =
        "[PP246] event `query` cannot be looked at as data: derive `serde::Serialize` for `Query`";
    assert!(data.contains(&Err(refused.to_owned())), "{data:?}");
    let mut edit = Edit(1);
    manager.emit(&mut edit).await.expect("no hook fails");
    assert_eq!(
        told(),
        [Ok("2".to_owned())],
        "it is what the hook before has left"
    );
}

#[event("slow")]
pub struct Slow;

#[event("slow.sync", sync)]
pub struct SlowSync;

#[plugin(name = "slow")]
#[derive(Default)]
pub struct SlowPlugin {
    called: AtomicUsize,
    dropped: Arc<AtomicUsize>,
}

struct CountsDrop(Arc<AtomicUsize>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[plugin]
impl SlowPlugin {
    #[hook("slow", priority = high)]
    async fn at_once(&self, _: &Slow, ctx: &EventContext<'_>) {
        assert_eq!(ctx.cancellation().is_some(), ctx.deadline().is_none());
        self.called.fetch_add(1, Ordering::Relaxed);
    }

    #[hook("slow", timeout = "1h", retries = 5)]
    async fn waits(&self, _: &Slow) {
        let _dropped = CountsDrop(Arc::clone(&self.dropped));
        sleep(Duration::from_secs(60)).await;
    }

    #[hook("slow", priority = low)]
    async fn is_not_called(&self, _: &Slow) {
        self.called.fetch_add(100, Ordering::Relaxed);
    }

    #[hook("slow.sync")]
    fn is_not_called_either(&self, _: &SlowSync) {
        self.called.fetch_add(100, Ordering::Relaxed);
    }
}

static SLOW: PluginSet = plugins![SlowPlugin];

#[tokio::test(start_paused = true)]
async fn a_deadline_cancels_the_hook_that_waits_and_names_all_that_are_not_done() {
    let manager = started(&SLOW).await;
    let slow = manager.get::<SlowPlugin>().expect("it runs");
    let begun = Instant::now();
    let context = EmitContext::new().timeout(Duration::from_secs(2));
    let error = manager.emit_with(&Slow, context).await.expect_err("late");
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
    assert_eq!(
        error.to_string(),
        "[PP244] event `slow` was not done by its deadline: hook `waits` of plugin `slow` and 1 more were not done"
    );
    assert_eq!(slow.called.load(Ordering::Relaxed), 1);
    assert_eq!(slow.dropped.load(Ordering::Relaxed), 1);
    let past = EmitContext::new().deadline(begun);
    let error = manager.emit_sync_with(&SlowSync, past).expect_err("late");
    assert_eq!(error.code(), "PP244");
    assert_eq!(slow.called.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_cancels_an_emit_once_and_for_all() {
    let manager = started(&SLOW).await;
    let slow = manager.get::<SlowPlugin>().expect("it runs");
    let token = CancellationToken::new();
    let context = || EmitContext::new().cancellation(token.clone());
    let emit = manager.emit_with(&Slow, context());
    let cancel = async {
        sleep(Duration::from_secs(3)).await;
        token.cancel();
    };
    let (emitted, ()) = tokio::join!(emit, cancel);
    let Err(Error::Emit(EmitError::Cancelled { left_out, .. })) = emitted else {
        panic!("{emitted:?}")
    };
    assert_eq!(left_out.len(), 2);
    assert_eq!(slow.dropped.load(Ordering::Relaxed), 1);
    let error = manager.emit_sync_with(&SlowSync, context());
    assert_eq!(error.map_err(|error| error.code()), Err("PP245"));
    assert_eq!(slow.called.load(Ordering::Relaxed), 1);
}

#[event("ping")]
pub struct Ping;

#[event("pong")]
pub struct Pong;

#[event("echo", sync)]
pub struct Echo(usize);

#[plugin(name = "ring")]
pub struct Ring {
    #[inject]
    events: Events,
}

#[plugin]
impl Ring {
    #[hook("ping")]
    async fn ping(&self, _: &Ping, ctx: &EventContext<'_>) -> Result<(), Error> {
        tokio::task::yield_now().await;
        ctx.emit(&Pong).await
    }

    #[hook("pong")]
    async fn pong(&self, _: &Pong) -> Result<(), Error> {
        self.events.emit(&Ping).await
    }

    #[hook("echo")]
    fn echo(&self, echo: &Echo) -> Result<(), Error> {
        match echo.0 {
            0 => Ok(()),
            left => self.events.emit_sync(&Echo(left - 1)),
        }
    }
}

static RING: PluginSet = plugins![Ring];

#[tokio::test]
async fn emits_that_emit_each_other_without_end_are_an_error_with_the_ring() {
    let manager = started(&RING).await;
    // In a worker's thread, whose stack is a usual one.
    let in_task = tokio::spawn({
        let manager = manager.clone();
        async move { manager.emit(&Ping).await.expect_err("no end").to_string() }
    });
    assert_eq!(
        in_task.await.expect("the stack does not end"),
        "[PP243] event `ping` was emitted within 64 others, and that does not seem to end: ping -> pong -> ping"
    );
    manager.emit_sync(&Echo(63)).expect("64 are not too many");
    let error = manager.emit_sync(&Echo(64)).expect_err("65 are");
    assert_eq!(error.code(), "PP243");
    manager
        .emit_sync(&Echo(63))
        .expect("nothing is left behind");
}
