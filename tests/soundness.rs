//! What a program without `unsafe` may do to the one place that has it: the calls of hooks through erased pointers.

#![forbid(unsafe_code)]
#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};

use pepperplug::__private::{Event, EventMeta, Location, Notify, SyncEvent, TypeSlot};
use pepperplug::Error;
use pepperplug::prelude::*;
use tokio::task::yield_now;

/// Nothing at all, in each mode.
#[event("empty")]
pub struct Empty;

#[event("empty.asked", mode = collect, output = (), sync)]
pub struct EmptyAsked;

#[event("empty.changed", mode = transform)]
pub struct EmptyChanged;

/// Aligned like nothing else.
#[event("wide", mode = transform)]
#[repr(align(512))]
#[derive(Debug, PartialEq)]
pub struct Wide(Vec<u32>);

/// Emits itself until it is zero.
#[event("nested", mode = transform)]
pub struct Nested(u32, Vec<u32>);

#[event("retried", mode = transform, retries = 2)]
pub struct Retried(Vec<u32>);

#[event("dropped", sync, retries = 1)]
pub struct Dropped;

#[event("counted", sync)]
pub struct Counted(AtomicU32);

/// An error that panics when it is dropped.
#[derive(Debug)]
struct Clings;

impl fmt::Display for Clings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it clings to life")
    }
}

impl std::error::Error for Clings {}

impl Drop for Clings {
    fn drop(&mut self) {
        resume_unwind(Box::new("it clings to life"));
    }
}

#[plugin(name = "zero-sized")]
pub struct ZeroSized;

#[plugin]
impl ZeroSized {
    #[hook("empty")]
    async fn empty(&self, _: &Empty) {
        yield_now().await;
    }

    #[hook("empty.asked")]
    fn asked(&self, _: &EmptyAsked) {}

    #[hook("empty.changed")]
    async fn changed(&self, event: &mut EmptyChanged) {
        yield_now().await;
        *event = EmptyChanged;
    }

    #[hook("counted")]
    fn counts(&self, counted: &Counted) {
        counted.0.fetch_add(1, SeqCst);
    }
}

#[repr(align(256))]
struct Far(u32);

#[plugin(name = "wide")]
pub struct WidePlugin {
    #[init(Far(1))]
    far: Far,
}

#[plugin]
impl WidePlugin {
    /// Holds the event across awaits, and swaps it as a whole.
    #[hook("wide")]
    async fn a(&self, wide: &mut Wide) {
        assert_eq!(std::ptr::from_ref(&self.far).addr() % 256, 0);
        assert_eq!(std::ptr::from_ref(wide).addr() % 512, 0);
        let mut taken = std::mem::replace(wide, Wide(Vec::new()));
        yield_now().await;
        taken.0.push(self.far.0);
        *wide = taken;
        yield_now().await;
    }

    #[hook("wide")]
    fn b(&self, wide: &mut Wide) {
        wide.0.push(2);
    }

    #[hook("nested")]
    async fn nests(&self, nested: &mut Nested, ctx: &EventContext<'_>) -> Result<(), Error> {
        nested.1.push(nested.0);
        if nested.0 > 0 {
            let mut inner = Nested(nested.0 - 1, std::mem::take(&mut nested.1));
            Box::pin(ctx.emit(&mut inner)).await?;
            nested.1 = inner.1;
        }
        Ok(())
    }

    /// What an attempt borrows ends with it.
    #[hook("retried")]
    async fn retries(&self, retried: &mut Retried) -> Result<(), Error> {
        let held = &mut retried.0;
        held.push(1);
        yield_now().await;
        held.push(2);
        match held.len() {
            2 => resume_unwind(Box::new("it fell over")),
            4 => Err(Error::Stopped),
            _ => Ok(()),
        }
    }

    #[hook("dropped")]
    fn clings(&self, _: &Dropped) -> Result<(), Clings> {
        Err(Clings)
    }
}

static PLUGINS: PluginSet = plugins![WidePlugin, ZeroSized];

async fn started() -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

#[tokio::test]
async fn plugins_and_events_may_be_nothing_at_all() {
    let manager = started().await;
    manager.emit(&Empty).await.expect("no hook fails");
    assert_eq!(manager.emit(&EmptyAsked).await.expect("it runs").len(), 1);
    assert_eq!(manager.emit_sync(&EmptyAsked).expect("it runs").len(), 1);
    let mut event = EmptyChanged;
    manager.emit(&mut event).await.expect("no hook fails");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_changed_by_one_hook_after_the_other_may_change_threads_and_places() {
    let manager = started().await;
    let mut wide = Wide(Vec::new());
    for _ in 0..50 {
        let manager = manager.clone();
        let emit = tokio::spawn(async move {
            manager.emit(&mut wide).await.expect("no hook fails");
            wide
        });
        wide = emit.await.expect("no panic");
    }
    assert_eq!(wide.0, [1, 2].repeat(50));
}

#[tokio::test]
async fn an_emit_that_is_dropped_half_way_gives_the_event_back() {
    let manager = started().await;
    let mut wide = Wide(vec![7]);
    {
        let mut emit = pin!(manager.emit(&mut wide));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(emit.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!(wide, Wide(Vec::new()), "as the hook had left it");
    wide.0.push(8);
    manager.emit(&mut wide).await.expect("no hook fails");
    assert_eq!(wide.0, [8, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn an_emit_that_is_forgotten_is_waited_for_no_longer_than_it_may() {
    let manager = started().await;
    let event = Box::new(Empty);
    let mut emit = Box::pin(manager.emit(&*event));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut cx).is_pending());
    // What it borrows may go: nobody polls or drops it any more.
    std::mem::forget(emit);
    drop(event);
    let stopped = manager.shutdown().await.expect_err("an event is under way");
    assert!(stopped.to_string().contains("still under way"), "{stopped}");
}

#[tokio::test]
async fn a_hook_may_emit_the_event_that_it_was_called_for() {
    let manager = started().await;
    let mut nested = Nested(40, Vec::new());
    manager.emit(&mut nested).await.expect("no hook fails");
    assert!(
        nested.1.iter().copied().eq((0..=40).rev()),
        "{:?}",
        nested.1
    );
}

#[tokio::test(start_paused = true)]
async fn what_an_attempt_borrows_is_free_for_the_next() {
    let manager = started().await;
    let mut retried = Retried(Vec::new());
    manager
        .emit(&mut retried)
        .await
        .expect("the third goes well");
    assert_eq!(retried.0, [1, 2, 1, 2, 1, 2]);
}

/// The error is dropped where the next attempt begins, so its panic is the emitter's; it leaves nothing behind.
#[tokio::test(start_paused = true)]
async fn a_panic_may_go_through_an_emit() {
    let manager = started().await;
    let emit = || manager.emit_sync(&Dropped);
    assert!(catch_unwind(AssertUnwindSafe(emit)).is_err());
    let counted = Counted(AtomicU32::new(0));
    manager.emit(&counted).await.expect("no hook fails");
    assert_eq!(counted.0.into_inner(), 1);
    manager.shutdown().await.expect("nothing is under way");
}

/// An event that claims the name of another. The place of another in the tables it cannot claim: a slot is of its event's type.
pub struct Impostor;

impl Event for Impostor {
    type Mode = Notify;
    type Output = ();
    const META: &'static EventMeta =
        &EventMeta::new("counted", 0, "Impostor", "", Location::new("", 0, 0)).sync();

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Impostor> = TypeSlot::new();
        &SLOT
    }
}

impl SyncEvent for Impostor {}

#[tokio::test]
async fn an_event_that_claims_the_name_of_another_reaches_no_hook() {
    let manager = started().await;
    manager.emit(&Impostor).await.expect("no hook is called");
    manager.emit_sync(&Impostor).expect("no hook is called");
}

#[tokio::test]
async fn what_is_done_with_an_emit_that_is_done_is_no_ones_but_the_callers_fault() {
    let manager = started().await;
    let mut emit = pin!(async { manager.emit(&EmptyAsked).await });
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(emit.as_mut().poll(&mut cx), Poll::Ready(Ok(_))));
    let again = catch_unwind(AssertUnwindSafe(|| emit.as_mut().poll(&mut cx).is_ready()));
    assert!(again.is_err(), "it panics, like every async function");
}

/// Everything that programs hold may go from thread to thread, and so may what they wait for.
#[test]
fn handles_contexts_and_emits_are_send_and_sync() {
    fn both<T: Send + Sync>() {}
    fn send<T: Send>(_: &T) {}
    both::<PluginManager>();
    both::<Events>();
    both::<EventContext<'_>>();
    both::<Error>();
    let emits = async |manager: &PluginManager, events: &Events, ctx: &EventContext<'_>| {
        let mut wide = Wide(Vec::new());
        let emit = manager.emit(&mut wide);
        send(&emit);
        let _ = emit.await;
        send(&events.emit(&Empty));
        send(&ctx.emit(&EmptyAsked));
        send(&manager.initialize());
        send(&manager.shutdown());
    };
    let _ = emits;
}
