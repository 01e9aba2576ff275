//! What an emit and a look-up cost in instructions: the same in every run of one build, however busy the machine is.
//! Another build may differ by a few, where the compiler has split the program at other places.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;

use pepperplug::prelude::*;

use crate::by_hand::ready;
use crate::callgrind::{self, counted_by_callgrind};
use crate::harness::Bench;
use crate::plugins::{ALL, Counter, EIGHT, ONE, P07, Ready, Sync, drive, started};

#[event("unheard", sync)]
struct Unheard;

/// How each printed number is made from counted ones.
pub(crate) fn report(bench: &Bench) {
    let counts = Counts::default();
    let figures: [(&str, &dyn Fn() -> f64); 10] = [
        ("emit-none", &|| counts.of("emit-none")),
        ("emit-fixed", &|| counts.of("emit-1") - counts.each("emit")),
        ("hook-with-call", &|| counts.each("emit")),
        ("direct-call", &|| counts.each("call")),
        ("hook-above-call", &|| {
            counts.each("emit") - counts.each("call")
        }),
        ("async-emit-fixed", &|| {
            counts.of("async-emit-1") - counts.each("async-emit")
        }),
        ("async-hook-with-await", &|| counts.each("async-emit")),
        ("direct-await", &|| counts.each("await")),
        ("async-hook", &|| {
            counts.each("async-emit") - counts.each("await")
        }),
        ("get", &|| counts.of("get")),
    ];
    let wanted = figures
        .into_iter()
        .map(|(name, count)| (format!("ir {name}"), count));
    let mut wanted = wanted.filter(|(name, _)| bench.wants(name)).peekable();
    if wanted.peek().is_some() && !callgrind::is_installed() {
        println!("skipped ir: valgrind is not installed");
        return;
    }
    for (name, count) in wanted {
        println!("{name} {:.1}", count());
    }
}

/// Each thing is counted once.
#[derive(Default)]
struct Counts(RefCell<HashMap<String, f64>>);

impl Counts {
    fn of(&self, name: &str) -> f64 {
        *self
            .0
            .borrow_mut()
            .entry(name.to_owned())
            .or_insert_with(|| callgrind::instructions(name))
    }

    /// What one more hook or call adds, from 8 to 64 of them.
    fn each(&self, name: &str) -> f64 {
        (self.of(&format!("{name}-64")) - self.of(&format!("{name}-8"))) / 56.0
    }
}

/// Does one thing so often, to be counted.
pub(crate) fn run(runtime: &tokio::runtime::Runtime, name: &str, times: u32) {
    let manager = |hooks| started(runtime, hooks);
    match name {
        "emit-none" => {
            let manager = manager(&EIGHT);
            count(times, || {
                manager
                    .emit_sync(black_box(&Unheard))
                    .expect("no hook fails")
            });
        }
        "emit-1" => emit(times, &manager(&ONE)),
        "emit-8" => emit(times, &manager(&EIGHT)),
        "emit-64" => emit(times, &manager(&ALL)),
        "async-emit-1" => emit_async(times, &manager(&ONE)),
        "async-emit-8" => emit_async(times, &manager(&EIGHT)),
        "async-emit-64" => emit_async(times, &manager(&ALL)),
        "call-8" => direct(times, call_8),
        "call-64" => direct(times, call_64),
        "await-8" => direct(times, |counters| drive(await_8(counters))),
        "await-64" => direct(times, |counters| drive(await_64(counters))),
        "get" => {
            let manager = manager(&EIGHT);
            count(times, || {
                drop(black_box(manager.get::<P07>().expect("it runs")))
            });
        }
        _ => panic!("nothing to count is called {name}"),
    }
}

fn count(times: u32, mut do_it: impl FnMut()) {
    counted_by_callgrind(times, &mut |times| (0..times).for_each(|_| do_it()));
}

fn emit(times: u32, manager: &PluginManager) {
    count(times, || {
        manager
            .emit_sync(black_box(&Sync(3)))
            .expect("no hook fails")
    });
}

fn emit_async(times: u32, manager: &PluginManager) {
    count(times, || {
        drive(manager.emit(black_box(&Ready(3)))).expect("no hook fails")
    });
}

fn direct(times: u32, work: impl Fn(&[Counter; 64])) {
    let counters = std::array::from_fn(|_| Counter::default());
    count(times, || work(black_box(&counters)));
}

#[inline(never)]
fn call<const N: u64>(counter: &Counter, event: &Sync) {
    counter.add::<N>(event.0);
}

/// As many calls as there are numbers, one after the other, and as many awaits.
macro_rules! stamp {
    ($calls:ident $awaits:ident $($n:literal)*) => {
        fn $calls(counters: &[Counter; 64]) {
            let event = black_box(&Sync(3));
            $(call::<$n>(&counters[$n], event);)*
        }

        async fn $awaits(counters: &[Counter; 64]) {
            let event = black_box(&Ready(3));
            $(ready::<$n>(&counters[$n], event).await;)*
        }
    };
}

stamp! { call_8 await_8 0 1 2 3 4 5 6 7 }
stamp! {
    call_64 await_64 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
    37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
}
