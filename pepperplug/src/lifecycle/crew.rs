//! Runners in tasks of their own, where a runtime has several threads.
//!
//! A plugin that blocks its thread blocks the runner that began it, and nobody else: whoever supervises the start
//! leaves that runner behind, and another goes on. And plugins that take long are begun side by side.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::held::spawn_beside;
use super::progress::Progress;
use super::runner::{Attempt, Begun, SLICE, Site};
use super::task::clean_up_late;
use crate::graph::NodeId;

/// What the runners of one start share with its supervisor.
pub(super) struct Crew {
    pub(super) site: Arc<Site>,
    /// How long each cleanup may take.
    cleanup: Duration,
    state: Mutex<Option<State>>,
    /// Wakes the supervisor.
    pub(super) wake: Notify,
}

/// Gone once the start is over.
pub(super) struct State {
    pub(super) progress: Progress,
    /// What runners are at.
    pub(super) at_work: Vec<AtWork>,
    /// How many runners there are.
    pub(super) runners: usize,
}

/// A plugin that a runner has begun.
pub(super) struct AtWork {
    pub(super) node: NodeId,
    pub(super) since: Instant,
    pub(super) deadline: Instant,
    /// Its time is up.
    pub(super) late: bool,
}

impl Crew {
    pub(super) fn new(progress: Progress) -> Arc<Self> {
        Arc::new(Self {
            site: Arc::clone(&progress.site),
            cleanup: progress.timeouts.cleanup,
            state: Mutex::new(Some(State {
                progress,
                at_work: Vec::new(),
                runners: 0,
            })),
            wake: Notify::new(),
        })
    }

    /// No plugin's code runs under the lock where others may want it, and none of its panics gets here: so none leaves
    /// it half done.
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at it; nothing once the start is over.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.lock().as_mut().map(look)
    }

    pub(super) fn spawn_runner(self: &Arc<Self>) {
        drop(spawn_beside(Arc::clone(self).run()));
    }

    /// Begins plugins until there is none that may begin.
    async fn run(self: Arc<Self>) {
        let mut now = Instant::now();
        let mut until = now + SLICE;
        let mut next = self.with(|state| state.take(now)).flatten();
        while let Some(mut begun) = next {
            let attempt = self.site.begin(&mut begun);
            now = Instant::now();
            next = if now < until {
                self.settle(begun, attempt, now, true)
            } else {
                self.settle(begun, attempt, now, false);
                tokio::task::yield_now().await;
                now = Instant::now();
                until = now + SLICE;
                self.with(|state| state.take(now)).flatten()
            };
            self.site.records.failures.tell();
        }
        self.wake.notify_one();
    }

    /// Tells what beginning a plugin came to, and takes the next one if it is to `go_on`.
    fn settle(&self, begun: Begun, attempt: Attempt, now: Instant, go_on: bool) -> Option<Begun> {
        let mut guard = self.lock();
        let Some(state) = guard.as_mut() else {
            drop(guard);
            self.let_go(&begun, attempt);
            return None;
        };
        state.settle(begun, attempt, now);
        if !state.progress.waiting.is_empty() {
            self.wake.notify_one();
        }
        if go_on { state.take(now) } else { None }
    }

    /// A plugin that was still at it when the start was over: whatever initialized is cleaned up.
    fn let_go(&self, begun: &Begun, attempt: Attempt) {
        if let Attempt::Initialized(instance) = attempt {
            let (plugin, limit) = (begun.plugin, self.cleanup);
            let records = Arc::clone(&self.site.records);
            tokio::spawn(async move { clean_up_late(plugin, &instance, (&records, limit)).await });
        }
    }
}

impl State {
    /// The next plugin for a runner, which has none left to do where there is none.
    fn take(&mut self, now: Instant) -> Option<Begun> {
        let begun = self.progress.take(now);
        match &begun {
            Some(begun) => self.at_work.push(AtWork {
                node: begun.node,
                since: begun.since,
                deadline: begun.since + begun.limit,
                late: false,
            }),
            None => self.runners -= 1,
        }
        begun
    }

    fn settle(&mut self, begun: Begun, attempt: Attempt, now: Instant) {
        let at = self.at_work.iter().position(|at| at.node == begun.node);
        let late = at.is_some_and(|at| self.at_work.swap_remove(at).late);
        self.progress.settle(begun, late, attempt, now);
    }

    /// How many runners are not known to be blocked.
    pub(super) fn able(&self) -> usize {
        self.runners - self.at_work.iter().filter(|at| at.late).count()
    }

    /// How many runners have not been at one plugin for long.
    pub(super) fn not_stuck(&self) -> usize {
        let now = Instant::now();
        let stuck = |at: &&AtWork| at.late || at.since + SLICE <= now;
        self.runners - self.at_work.iter().filter(stuck).count()
    }

    /// Fails every plugin that a runner is at and whose time is up.
    pub(super) fn time_out(&mut self) {
        let now = Instant::now();
        for at in &mut self.at_work {
            if !at.late && at.deadline <= now {
                at.late = true;
                let limit = at.deadline - at.since;
                self.progress.timed_out(at.node, at.since, limit);
            }
        }
    }

    /// When the first that is in time will be late.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let in_time = self.at_work.iter().filter(|at| !at.late);
        in_time.map(|at| at.deadline).min()
    }
}
