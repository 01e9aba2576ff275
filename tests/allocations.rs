//! Emitting allocates nothing where no policy needs it.

#![allow(
    unsafe_code,
    reason = "only an allocator can tell that nothing is allocated, and its trait is unsafe"
)]
#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use pepperplug::prelude::*;

/// Counts what the thread allocates that asks; other tests run on threads of their own.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does all of it; a thread-local of a constant neither allocates nor is dropped.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often this thread allocates in `work`, once everything that is made on first use is made.
fn allocations<T>(mut work: impl FnMut() -> T) -> usize {
    work();
    let before = ALLOCATIONS.get();
    black_box(work());
    ALLOCATIONS.get() - before
}

/// The output of a future that never waits, without a runtime that might allocate.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

#[event("told")]
pub struct Told;

#[event("told.sync", sync)]
pub struct ToldSync;

#[event("asked", mode = first, output = u64)]
pub struct Asked(u64);

#[event("changed", mode = transform)]
pub struct Changed(u64);

#[event("nested")]
pub struct Nested;

#[event("lenient", on_error = ignore)]
pub struct Lenient;

#[event("large")]
pub struct Large;

#[event("gathered", mode = collect, output = u64)]
pub struct Gathered;

#[plugin(name = "quick")]
pub struct Quick;

#[plugin]
impl Quick {
    #[hook("told")]
    fn told(&self, told: &Told) {
        black_box(told);
    }

    #[hook("told")]
    async fn told_async(&self, told: &Told, ctx: &EventContext<'_>) {
        black_box((told, ctx.event()));
    }

    #[hook("told")]
    async fn told_with_a_result(&self, told: &Told) -> Result<(), std::io::Error> {
        // Held over an await, so part of the future.
        let held = black_box([0_u8; 128]);
        std::future::ready(()).await;
        black_box((told, held));
        Ok(())
    }

    #[hook("told.*")]
    fn told_by_name(&self, ctx: &EventContext) {
        black_box(ctx);
    }

    #[hook("told.sync")]
    fn told_sync(&self, told: &ToldSync) {
        black_box(told);
    }

    #[hook("asked")]
    fn no_answer(&self, _: &Asked) -> Option<u64> {
        None
    }

    #[hook("asked", priority = 49)]
    async fn no_answer_async(&self, _: &Asked) -> Option<u64> {
        None
    }

    #[hook("asked", priority = low)]
    async fn answer(&self, asked: &Asked) -> Result<Option<u64>, std::io::Error> {
        Ok(Some(asked.0 + 1))
    }

    #[hook("changed")]
    fn change(&self, changed: &mut Changed) {
        changed.0 += 1;
    }

    #[hook("changed")]
    async fn change_async(&self, changed: &mut Changed) {
        changed.0 += 1;
    }

    #[hook("nested")]
    async fn nest(&self, _: &Nested, ctx: &EventContext<'_>) -> Result<(), pepperplug::Error> {
        ctx.emit(&Told).await
    }

    #[hook("lenient")]
    fn lenient(&self, lenient: &Lenient) {
        black_box(lenient);
    }

    #[hook("large")]
    async fn large(&self, large: &Large) {
        let held = black_box([0_u8; 4096]);
        std::future::ready(()).await;
        black_box((large, held));
    }

    #[hook("gathered")]
    fn gather(&self, _: &Gathered) -> u64 {
        1
    }
}

#[hook("told")]
async fn told_freely(told: &Told, quick: Arc<Quick>) {
    black_box((told, quick));
}

static PLUGINS: PluginSet = plugins![Quick, told_freely];

/// A manager that runs; it needs its runtime only to start.
fn started() -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(manager.initialize())
        .expect("nothing fails");
    manager
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| Box::new(1)), 1);
    assert_eq!(allocations(|| black_box(1)), 0);
}

#[test]
fn notify_allocates_nothing() {
    let manager = started();
    assert_eq!(manager.hooks_of::<Told>().len(), 4);
    let events = manager.events();
    let emit = || at_once(manager.emit(&Told)).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
    let emit = || at_once(events.emit(&Told)).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
}

#[test]
fn notify_without_a_future_allocates_nothing() {
    let manager = started();
    assert_eq!(manager.hooks_of::<ToldSync>().len(), 2);
    let emit = || manager.emit_sync(&ToldSync).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
}

#[test]
fn first_allocates_nothing() {
    let manager = started();
    let mut answer = None;
    let emit = || answer = at_once(manager.emit(&Asked(41))).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
    assert_eq!(answer, Some(42));
}

#[test]
fn transform_allocates_nothing() {
    let manager = started();
    let mut changed = Changed(0);
    let emit = || at_once(manager.emit(&mut changed)).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
    assert_eq!(changed.0, 4);
}

#[test]
fn an_emit_within_an_emit_boxes_its_future_and_allocates_nothing_else() {
    let manager = started();
    let emit = || at_once(manager.emit(&Nested)).expect("no hook fails");
    assert_eq!(allocations(emit), 1);
}

#[test]
fn on_error_costs_nothing_while_nothing_fails() {
    let manager = started();
    let emit = || at_once(manager.emit(&Lenient)).expect("no hook fails");
    assert_eq!(allocations(emit), 0);
}

#[test]
fn a_hooks_future_that_is_too_large_to_be_started_in_place_is_boxed() {
    let manager = started();
    let emit = || at_once(manager.emit(&Large)).expect("no hook fails");
    assert_eq!(allocations(emit), 1);
}

#[test]
fn collect_allocates_its_list_alone() {
    let manager = started();
    let emit = || {
        at_once(manager.emit(&Gathered))
            .expect("no hook fails")
            .len()
    };
    assert_eq!(allocations(emit), 1);
}
