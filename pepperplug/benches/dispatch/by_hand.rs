//! An emit against what one would write for the same work if the hooks were known.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;

use pepperplug::prelude::*;

use crate::harness::Bench;
use crate::plugins::{
    Counter, P07, Parallel, Pending, Ready, Sync, Timeout, YieldOnce, by_hand, drive,
};

type BoxedFuture<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
type BoxedHook<E> = Box<dyn for<'a> Fn(&'a E) -> BoxedFuture<'a> + Send + std::marker::Sync>;

/// One hook, written by hand in each of its forms.
pub(crate) struct ByHand {
    counter: &'static Counter,
    sync: fn(&Counter, &Sync),
    ready: BoxedHook<Ready>,
    parallel: BoxedHook<Parallel>,
}

impl ByHand {
    pub(crate) fn new<const N: u64>() -> Self {
        // Leaked, so that this side need not count references.
        let counter: &'static Counter = Box::leak(Box::default());
        Self {
            counter,
            sync: |counter, event| counter.add::<N>(event.0),
            ready: Box::new(move |event| Box::pin(async move { counter.add::<N>(event.0) })),
            parallel: Box::new(move |event| {
                Box::pin(async move {
                    YieldOnce::default().await;
                    counter.add::<N>(event.0);
                })
            }),
        }
    }
}

#[inline(never)]
pub(crate) async fn ready<const N: u64>(counter: &Counter, event: &Ready) {
    counter.add::<N>(event.0);
}

#[inline(never)]
async fn pending<const N: u64>(counter: &Counter, event: &Pending) {
    YieldOnce::default().await;
    counter.add::<N>(event.0);
}

async fn ready_8(counters: &[Counter; 8], event: &Ready) {
    ready::<0>(&counters[0], event).await;
    ready::<1>(&counters[1], event).await;
    ready::<2>(&counters[2], event).await;
    ready::<3>(&counters[3], event).await;
    ready::<4>(&counters[4], event).await;
    ready::<5>(&counters[5], event).await;
    ready::<6>(&counters[6], event).await;
    ready::<7>(&counters[7], event).await;
}

async fn pending_8(counters: &[Counter; 8], event: &Pending) {
    pending::<0>(&counters[0], event).await;
    pending::<1>(&counters[1], event).await;
    pending::<2>(&counters[2], event).await;
    pending::<3>(&counters[3], event).await;
    pending::<4>(&counters[4], event).await;
    pending::<5>(&counters[5], event).await;
    pending::<6>(&counters[6], event).await;
    pending::<7>(&counters[7], event).await;
}

fn sync(bench: &Bench, name: &str, manager: &PluginManager, by_hand: &[ByHand]) {
    let hooks: Vec<_> = by_hand
        .iter()
        .map(|hook| (hook.counter, hook.sync))
        .collect();
    bench.compare(
        name,
        || {
            manager
                .emit_sync(black_box(&Sync(3)))
                .expect("no hook fails");
        },
        || {
            let event = black_box(&Sync(3));
            for (counter, hook) in black_box(hooks.as_slice()) {
                hook(counter, event);
            }
        },
    );
}

/// Against the same hooks known when this is compiled.
fn static_awaits(bench: &Bench, one: &PluginManager, eight: &PluginManager) {
    let counters: [Counter; 8] = Default::default();
    bench.compare(
        "async-ready-1",
        || drive(one.emit(black_box(&Ready(3)))).expect("no hook fails"),
        || drive(ready::<0>(black_box(&counters[0]), black_box(&Ready(3)))),
    );
    bench.compare(
        "async-ready-8",
        || drive(eight.emit(black_box(&Ready(3)))).expect("no hook fails"),
        || drive(ready_8(black_box(&counters), black_box(&Ready(3)))),
    );
    bench.compare(
        "async-pending-8",
        || drive(eight.emit(black_box(&Pending(3)))).expect("no hook fails"),
        || drive(pending_8(black_box(&counters), black_box(&Pending(3)))),
    );
}

fn boxed(bench: &Bench, name: &str, manager: &PluginManager, by_hand: &[ByHand]) {
    let hooks: Vec<_> = by_hand.iter().map(|hook| &hook.ready).collect();
    bench.compare(
        name,
        || drive(manager.emit(black_box(&Ready(3)))).expect("no hook fails"),
        || {
            let event = black_box(&Ready(3));
            drive(async {
                for hook in black_box(hooks.as_slice()) {
                    hook(event).await;
                }
            });
        },
    );
}

fn parallel(bench: &Bench, manager: &PluginManager, by_hand: &[ByHand]) {
    let hooks: Vec<_> = by_hand.iter().map(|hook| &hook.parallel).collect();
    bench.compare(
        "parallel-64",
        || drive(manager.emit(black_box(&Parallel(3)))).expect("no hook fails"),
        || {
            let event = black_box(&Parallel(3));
            let hooks = black_box(hooks.as_slice());
            drive(futures::future::join_all(
                hooks.iter().map(|hook| hook(event)),
            ));
        },
    );
}

/// Against the same emit to hooks without a timeout.
fn timeout(bench: &Bench, manager: &PluginManager) {
    bench.compare(
        "timeout-8",
        || drive(manager.emit(black_box(&Timeout(3)))).expect("no hook fails"),
        || drive(manager.emit(black_box(&Ready(3)))).expect("no hook fails"),
    );
}

/// Against a reference that is kept in a field.
fn get(bench: &Bench, manager: &PluginManager) {
    struct Kept {
        plugin: Arc<P07>,
    }
    let kept = Kept {
        plugin: manager.get::<P07>().expect("it runs"),
    };
    bench.compare(
        "get",
        || drop(black_box(manager.get::<P07>().expect("it runs"))),
        || drop(black_box(Arc::clone(&black_box(&kept).plugin))),
    );
}

/// All of them. Timeouts look for a runtime's clock, so this runs inside one.
pub(crate) fn compare(
    bench: &Bench,
    one: &PluginManager,
    eight: &PluginManager,
    all: &PluginManager,
) {
    let by_hand = by_hand();

    sync(bench, "sync-1", one, &by_hand[..1]);
    sync(bench, "sync-8", eight, &by_hand[..8]);
    sync(bench, "sync-64", all, &by_hand);
    static_awaits(bench, one, eight);
    boxed(bench, "async-boxed-8", eight, &by_hand[..8]);
    boxed(bench, "async-boxed-64", all, &by_hand);
    parallel(bench, all, &by_hand);
    timeout(bench, eight);
    get(bench, eight);
}
