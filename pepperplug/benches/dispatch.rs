//! What an emit costs beyond the hooks it calls.
//!
//! Our side is a manager with real plugins, of one hook an event each; the other is what one would write for the same
//! work if the hooks were known.

mod harness;

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use pepperplug::prelude::*;

use self::harness::Bench;

#[event("sync", sync)]
struct Sync(u64);
#[event("ready")]
struct Ready(u64);
#[event("pending")]
struct Pending(u64);
#[event("parallel")]
struct Parallel(u64);
#[event("timeout")]
struct Timeout(u64);

/// What every hook works on, on both sides. The work is cheap, so that it does not hide the cost of the call, and is
/// another one for each `N`, so that no two hooks are one function to the compiler.
#[derive(Default)]
struct Counter(AtomicU64);

impl Counter {
    #[inline]
    fn add<const N: u64>(&self, value: u64) {
        let sum = self.0.load(Ordering::Relaxed).wrapping_add(value ^ N);
        self.0.store(sum, Ordering::Relaxed);
    }
}

/// Pending on its first poll.
#[derive(Default)]
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A plugin for each name, and what one would write in its place for each number.
macro_rules! stamp {
    ($($plugin:ident $n:literal)*) => {
        $(
            #[plugin]
            #[derive(Default)]
            struct $plugin {
                counter: Counter,
            }

            #[plugin]
            impl $plugin {
                #[hook("sync")]
                fn sync(&self, event: &Sync) {
                    self.counter.add::<$n>(event.0);
                }

                #[hook("ready")]
                async fn ready(&self, event: &Ready) {
                    self.counter.add::<$n>(event.0);
                }

                #[hook("pending")]
                async fn pending(&self, event: &Pending) {
                    YieldOnce::default().await;
                    self.counter.add::<$n>(event.0);
                }

                #[hook("parallel", parallel)]
                async fn parallel(&self, event: &Parallel) {
                    YieldOnce::default().await;
                    self.counter.add::<$n>(event.0);
                }

                #[hook("timeout", timeout = "5s")]
                async fn timeout(&self, event: &Timeout) {
                    self.counter.add::<$n>(event.0);
                }
            }
        )*

        fn by_hand() -> Vec<ByHand> {
            vec![$(ByHand::new::<$n>()),*]
        }
    };
}

stamp! {
    P00 0 P01 1 P02 2 P03 3 P04 4 P05 5 P06 6 P07 7 P08 8 P09 9 P10 10 P11 11 P12 12 P13 13 P14 14 P15 15
    P16 16 P17 17 P18 18 P19 19 P20 20 P21 21 P22 22 P23 23 P24 24 P25 25 P26 26 P27 27 P28 28 P29 29 P30 30 P31 31
    P32 32 P33 33 P34 34 P35 35 P36 36 P37 37 P38 38 P39 39 P40 40 P41 41 P42 42 P43 43 P44 44 P45 45 P46 46 P47 47
    P48 48 P49 49 P50 50 P51 51 P52 52 P53 53 P54 54 P55 55 P56 56 P57 57 P58 58 P59 59 P60 60 P61 61 P62 62 P63 63
}

static ONE: PluginSet = plugins![P00];
static EIGHT: PluginSet = plugins![P00, P01, P02, P03, P04, P05, P06, P07];
static ALL: PluginSet = plugins![
    P00, P01, P02, P03, P04, P05, P06, P07, P08, P09, P10, P11, P12, P13, P14, P15, P16, P17, P18,
    P19, P20, P21, P22, P23, P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35, P36, P37,
    P38, P39, P40, P41, P42, P43, P44, P45, P46, P47, P48, P49, P50, P51, P52, P53, P54, P55, P56,
    P57, P58, P59, P60, P61, P62, P63
];

type BoxedFuture<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
type BoxedHook<E> = Box<dyn for<'a> Fn(&'a E) -> BoxedFuture<'a> + Send + std::marker::Sync>;

/// One hook, written by hand in each of its forms.
struct ByHand {
    counter: &'static Counter,
    sync: fn(&Counter, &Sync),
    ready: BoxedHook<Ready>,
    parallel: BoxedHook<Parallel>,
}

impl ByHand {
    fn new<const N: u64>() -> Self {
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
async fn ready<const N: u64>(counter: &Counter, event: &Ready) {
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

/// Polls until it is ready; no runtime, and nobody to wake.
#[inline]
fn drive<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut cx) {
            return done;
        }
    }
}

/// A manager of `plugins`, started.
fn started(runtime: &tokio::runtime::Runtime, plugins: &'static PluginSet) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the plugins fit together");
    runtime
        .block_on(manager.initialize())
        .expect("none of them can fail");
    manager
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

fn main() {
    let Some(bench) = Bench::from_args("What an emit and a look-up cost.") else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts");
    let [one, eight, all] = [&ONE, &EIGHT, &ALL].map(|plugins| started(&runtime, plugins));
    let by_hand = by_hand();
    // Timeouts look for a runtime's clock.
    let _entered = runtime.enter();

    sync(&bench, "sync-1", &one, &by_hand[..1]);
    sync(&bench, "sync-8", &eight, &by_hand[..8]);
    sync(&bench, "sync-64", &all, &by_hand);
    static_awaits(&bench, &one, &eight);
    boxed(&bench, "async-boxed-8", &eight, &by_hand[..8]);
    boxed(&bench, "async-boxed-64", &all, &by_hand);
    parallel(&bench, &all, &by_hand);
    timeout(&bench, &eight);
    get(&bench, &eight);
}
