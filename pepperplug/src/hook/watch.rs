//! A thread that looks for hooks that block theirs: nothing in the emit itself can, and a timer that nobody polls is of no
//! use.

use core::time::Duration;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Instant;

use super::dispatch::Dispatcher;
use super::read::{self, Thread};
use super::table::TableHook;

/// How often it looks, at most and at least; in between, four times within the shortest timeout.
const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// A hook that was seen in a thread that has not left its emit since.
struct Seen {
    thread: &'static Thread,
    running: *const (),
    since: Instant,
    told: bool,
}

impl Dispatcher {
    /// Looks for hooks that block their threads for longer than they may, until the events are closed off. Where no hook has a
    /// timeout there is nothing to look for.
    pub(crate) fn watch(self: &Arc<Self>) {
        let shortest = self
            .tables()
            .iter()
            .flat_map(|table| table.all_hooks())
            .filter_map(|hook| hook.timeout())
            .min();
        let Some(shortest) = shortest else {
            return;
        };
        let tick = (shortest / 4).clamp(SHORTEST, LONGEST);
        let (dispatcher, opened) = (Arc::downgrade(self), self.opened());
        let spawned = thread::Builder::new()
            .name("pepperplug-watch".to_owned())
            .spawn(move || look(&dispatcher, opened, tick));
        if let Err(error) = spawned {
            tracing::warn!(
                target: "pepperplug::dispatch", %error,
                "no thread to look for hooks that block theirs: they are not reported",
            );
        }
    }
}

fn look(dispatcher: &Weak<Dispatcher>, opened: u64, tick: Duration) {
    let mut seen: Vec<Seen> = Vec::new();
    loop {
        // Not for ever: when the dispatcher has gone, or was closed, nobody wakes this.
        thread::sleep(tick);
        let Some(dispatcher) = dispatcher.upgrade() else {
            return;
        };
        if dispatcher.opened() != opened {
            return;
        }
        seen = look_once(&dispatcher, seen);
    }
}

fn look_once(dispatcher: &Arc<Dispatcher>, before: Vec<Seen>) -> Vec<Seen> {
    let now = Instant::now();
    let mut seen = Vec::new();
    for (thread, running) in read::in_sections(dispatcher.domain()) {
        let earlier = before
            .iter()
            .find(|seen| core::ptr::eq(seen.thread, thread) && seen.running == running);
        match earlier {
            Some(earlier) if thread.is_watched() => {
                let since = now.saturating_duration_since(earlier.since);
                let told = earlier.told || tell(dispatcher, running, since);
                seen.push(Seen { told, ..*earlier });
            }
            _ => {
                thread.set_watched();
                seen.push(Seen {
                    thread,
                    running,
                    since: now,
                    told: false,
                });
            }
        }
    }
    seen
}

/// Tells of the hook at `running`, if it has run for longer than it may.
fn tell(dispatcher: &Dispatcher, running: *const (), since: Duration) -> bool {
    for table in dispatcher.tables() {
        let hook = table
            .place(running.cast())
            .and_then(|at| table.hooks.get(at));
        let Some(hook) = hook else { continue };
        let Some(limit) = hook.timeout().filter(|limit| since > *limit) else {
            return false;
        };
        let (event, times) = (table.event.meta().name(), TableHook::overran(hook));
        tracing::warn!(
            target: "pepperplug::dispatch",
            plugin = hook.plugin, hook = hook.meta.name(), event, ?since, ?limit, times,
            "a hook is still running, and blocks its thread for longer than it may run",
        );
        return true;
    }
    false
}
