//! What an emit costs beyond the hooks it calls.
//!
//! Our side is a manager with real plugins, of one hook an event each.

mod by_hand;
#[path = "../harness/mod.rs"]
mod harness;
mod plugins;
mod threads;
mod versus;

use self::harness::Bench;
use self::plugins::{ALL, EIGHT, ONE, started};

fn main() {
    let Some(bench) = Bench::from_args("What an emit and a look-up cost.") else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts");
    let [one, eight, all] = [&ONE, &EIGHT, &ALL].map(|plugins| started(&runtime, plugins));
    let _entered = runtime.enter();

    by_hand::compare(&bench, &one, &eight, &all);
    versus::compare(&bench, &one, &eight);
    threads::compare(&bench, &runtime);
}
