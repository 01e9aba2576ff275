//! What two threads that emit at once achieve, against one.
//!
//! The hooks work on a variable of the thread, so that what keeps the threads from being twice as quick is the emit. The
//! same is measured for direct calls: that is what the machine gives two threads just now, and no emit can be better.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pepperplug::prelude::*;

use crate::harness::{Bench, in_turns};
use crate::plugins::{drive, started};

/// What one thread does in one round takes so long or up to twice as long: the start of the threads is lost in it, and
/// other programs seldom come between.
const ROUND: Duration = Duration::from_millis(1);
/// Rounds that are needed in which no other program came between.
const ENOUGH: usize = 15;
/// So often the time of a comparison is spent to find them.
const TRIES: usize = 10;

#[event("local", sync)]
struct Local(u64);
#[event("local-ready")]
struct LocalReady(u64);

thread_local! {
    static SUM: Cell<u64> = const { Cell::new(0) };
}

fn add<const N: u64>(value: u64) {
    SUM.set(SUM.get().wrapping_add(value ^ N));
}

macro_rules! stamp {
    ($($plugin:ident $n:literal)*) => {
        $(
            #[plugin]
            #[derive(Default)]
            struct $plugin;

            #[plugin]
            impl $plugin {
                #[hook("local")]
                fn local(&self, event: &Local) {
                    add::<$n>(event.0);
                }

                #[hook("local-ready")]
                async fn local_ready(&self, event: &LocalReady) {
                    add::<$n>(event.0);
                }
            }
        )*

        static PLUGINS: PluginSet = plugins![$($plugin),*];
        static DIRECT: &[fn(u64)] = &[$(add::<$n>),*];
    };
}

stamp! { L0 0 L1 1 L2 2 L3 3 L4 4 L5 5 L6 6 L7 7 }

/// One manager, shared by the threads.
pub(crate) fn compare(bench: &Bench, runtime: &tokio::runtime::Runtime) {
    let manager = started(runtime, &PLUGINS);
    scale(bench, "threads-2", || {
        manager
            .emit_sync(black_box(&Local(3)))
            .expect("no hook fails");
    });
    scale(bench, "threads-2-async", || {
        drive(manager.emit(black_box(&LocalReady(3)))).expect("no hook fails");
    });
    scale(bench, "threads-2-by-hand", || {
        let event = black_box(&Local(3));
        for hook in black_box(DIRECT) {
            hook(event.0);
        }
    });
}

fn scale(bench: &Bench, name: &str, emit: impl Fn() + Sync) {
    if !bench.wants(name) {
        return;
    }
    let times = bench.times_in(ROUND, &emit);
    let many = |times| (0..times).for_each(|_| emit());
    let mut rounds = Vec::new();
    let mut disturbed = 0;
    for _ in 0..TRIES {
        let (quiet, others): (Vec<_>, Vec<_>) = bench
            .rounds(|turn| {
                in_turns(
                    turn,
                    || Round::of(2, times, &many),
                    || Round::of(1, times, &many),
                )
            })
            .into_iter()
            .partition(|(two, one)| !two.disturbed && !one.disturbed);
        disturbed += others.len();
        rounds.extend(
            quiet
                .iter()
                .map(|(two, one)| (two.nanoseconds, one.nanoseconds)),
        );
        if rounds.len() >= bench.at_most(ENOUGH) {
            return bench.report_threads(name, &rounds);
        }
    }
    println!(
        "skipped {name}: other programs held a processor in {disturbed} of {} rounds",
        disturbed + rounds.len()
    );
}

struct Round {
    /// What one emit took: of all the time from the first start to the last end, so half as long where two threads do
    /// not hinder each other.
    nanoseconds: f64,
    /// Whether a thread was ready to run and had no processor.
    disturbed: bool,
}

impl Round {
    fn of(threads: u32, times: u32, many: &(impl Fn(u32) + Sync)) -> Self {
        let to_come = AtomicUsize::new(threads as usize);
        let work = || {
            let waited = waited();
            // Not a lock: whoever waits must not have to be woken.
            to_come.fetch_sub(1, Ordering::SeqCst);
            while to_come.load(Ordering::SeqCst) != 0 {
                std::hint::spin_loop();
            }
            let start = Instant::now();
            many(times);
            (start, Instant::now(), self::waited() - waited)
        };
        let spans: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            started
                .into_iter()
                .map(|thread| thread.join().expect("no emit panics"))
                .collect()
        });
        let first = spans.iter().map(|(start, ..)| *start).min();
        let last = spans.iter().map(|(_, end, _)| *end).max();
        let span = last.expect("there is a thread") - first.expect("there is a thread");
        Self {
            nanoseconds: span.as_secs_f64() * 1e9 / f64::from(threads * times),
            disturbed: spans.iter().any(|(.., waited)| *waited > ROUND / 50),
        }
    }
}

/// How long this thread has waited for a processor since it was started. Zero where the system does not say.
fn waited() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = statistics.split_whitespace().nth(1);
    Duration::from_nanos(waited.and_then(|waited| waited.parse().ok()).unwrap_or(0))
}
