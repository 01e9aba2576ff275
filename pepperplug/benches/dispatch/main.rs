//! What an emit costs beyond the hooks it calls.
//!
//! Our side is a manager with real plugins, of one hook an event each.

mod by_hand;
mod callgrind;
#[path = "../harness/mod.rs"]
mod harness;
mod instructions;
mod plugins;
mod threads;
mod versus;

use self::harness::Bench;
use self::plugins::{ALL, EIGHT, ONE, started};

const ABOUT: &str = "\
What an emit and a look-up cost.

`ratio vs-<other>-<n>` compares with another library, or with what is written in place of one, that calls n listeners.
`ratio threads-2` is by how much two threads that emit at once are quicker than one, so more is better; it is measured
while no other program holds a processor. `threads-2-by-hand` is the same for direct calls: what the machine allows.
`ir <name> <count>` are instructions, counted by callgrind:
  emit-none         an emit_sync of an event without hooks
  emit-fixed        an emit_sync to one hook, without what one more hook costs
  hook-with-call    what one more hook costs, from 8 to 64 of them
  direct-call       what one more direct call of the same work costs, from 8 to 64 of them
  hook-above-call   the difference of these two
  async-emit-fixed, async-hook-with-await, direct-await, async-hook
                    the same for an async emit, to hooks that are ready at once
  get               a look-up of a plugin, and the drop of what it returns
";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts");
    if let Some((name, times)) = callgrind::run_asked_for() {
        return instructions::run(&runtime, &name, times);
    }
    let Some(bench) = Bench::from_args(ABOUT) else {
        return;
    };
    let [one, eight, all] = [&ONE, &EIGHT, &ALL].map(|plugins| started(&runtime, plugins));
    let _entered = runtime.enter();

    by_hand::compare(&bench, &one, &eight, &all);
    versus::compare(&bench, &one, &eight);
    threads::compare(&bench, &runtime);
    instructions::report(&bench);
}
