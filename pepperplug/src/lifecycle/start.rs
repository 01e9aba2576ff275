//! The ordered start: each plugin as soon as its own dependencies are ready, rolled back as a whole on a failure.

use std::sync::{Arc, Weak};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use super::crew::{Crew, State};
use super::problem::{Ending, Line, Note, StartError};
use super::progress::Progress;
use super::runner::SLICE;
use super::state::{PluginState, Records, Threads, Timeouts};
use super::stop::{Running, stop};
use super::task::Tasks;
use crate::graph::{Graph, NodeId};
use crate::hook::Events;
use crate::inject;
use crate::manager::WeakManager;
use crate::plugin::{AnySettings, Instance};
use crate::settings::Settings;

/// A plugin that a start leaves as it is.
pub(crate) struct Kept {
    pub(crate) node: NodeId,
    /// None where it failed before, and the application does without it.
    pub(crate) instance: Option<Instance>,
}

/// What a start works with.
pub(crate) struct StartContext {
    pub(crate) graph: Arc<Graph>,
    pub(crate) records: Arc<Records>,
    pub(crate) events: Events,
    pub(crate) manager: WeakManager,
    /// The plugins that run, once the application has started.
    pub(crate) running: Weak<dyn inject::Running>,
    /// What runs already, and is neither built nor initialized again.
    pub(crate) kept: Vec<Kept>,
    pub(crate) timeouts: Timeouts,
    /// Each plugin's settings, parsed, by node; taken when it is built.
    pub(crate) settings: Vec<(NodeId, AnySettings)>,
    /// Plugins that come ready made, by node: neither built nor initialized.
    pub(crate) given: Vec<(NodeId, Instance)>,
    pub(crate) all_settings: Settings,
    /// Turns true when the application is to stop before it has started.
    pub(crate) cancelled: watch::Receiver<bool>,
    pub(crate) threads: Threads,
}

/// Starts every plugin. On a failure, a panic, a timeout or a cancellation in any of them, no new one begins, those in
/// flight are cancelled, and all that were ready are cleaned up in reverse.
pub(crate) async fn start(context: StartContext) -> Result<Running, StartError> {
    let mut cancelled = context.cancelled.clone();
    let mut start = Start::new(context);
    loop {
        let waits = start.advance();
        start.crew.site.records.failures.tell();
        match waits {
            Waits::Doomed => {
                start.cancel_in_flight().await;
                break;
            }
            Waits::ForNothing => break,
            Waits::ForAnything { .. } => {}
        }
        tokio::select! {
            biased;
            // First, since plugins that become ready one after the other would keep it waiting.
            true = async { cancelled.wait_for(|cancelled| *cancelled).await.is_ok() } => start.with(|state| state.progress.shut_down()),
            Some((task, outcome)) = start.tasks.next() => start.with(|state| state.progress.joined(&task, outcome)),
            () = start.crew.wake.notified() => {}
            () = waits.over() => start.time_out(),
        }
    }
    start.finish().await
}

/// The supervisor of a start.
struct Start {
    crew: Arc<Crew>,
    tasks: Tasks,
    timeouts: Timeouts,
    threads: Threads,
}

/// What there is to wait for.
enum Waits {
    Doomed,
    ForNothing,
    ForAnything {
        until: Option<Instant>,
        /// There is more to do; others that share the thread come first.
        more: bool,
    },
}

impl Waits {
    async fn over(&self) {
        match self {
            Self::ForAnything { more: true, .. } => tokio::task::yield_now().await,
            Self::ForAnything {
                until: Some(until), ..
            } => tokio::time::sleep_until(*until).await,
            _ => core::future::pending().await,
        }
    }
}

impl Start {
    fn new(context: StartContext) -> Self {
        let (timeouts, threads) = (context.timeouts, context.threads);
        Self {
            crew: Crew::new(Progress::new(context)),
            tasks: Tasks::default(),
            timeouts,
            threads,
        }
    }

    fn with(&self, change: impl FnOnce(&mut State)) {
        // There is none only once this has taken it, at the end.
        self.crew.with(change);
    }

    /// Begins all that may begin, here or in other tasks, and says what is to be waited for.
    fn advance(&mut self) -> Waits {
        let crew = Arc::clone(&self.crew);
        let mut state = crew.lock();
        let Some(state) = state.as_mut() else {
            return Waits::ForNothing;
        };
        state.progress.heed();
        // What has ended by itself became ready before what is begun now.
        while let Some((task, outcome)) = self.tasks.try_next() {
            state.progress.joined(&task, outcome);
        }
        let alone = self.threads == Threads::One;
        if alone {
            // The lock is held while plugins run: nobody else wants it.
            self.begin_here(state);
        } else if state.progress.plan.has_next() && state.able() == 0 {
            state.runners += 1;
            crew.spawn_runner();
        }
        for wait in state.progress.waiting.drain(..) {
            self.tasks.spawn(wait);
        }
        let plan = &mut state.progress.plan;
        if plan.is_doomed() {
            return Waits::Doomed;
        }
        let more = plan.has_next();
        let deadlines = [self.tasks.next_deadline(), state.next_deadline()];
        // Those that wait for their turn do not wait long for one that takes its time.
        let tick = (more && !alone).then(|| Instant::now() + SLICE);
        let until = deadlines.into_iter().chain([tick]).flatten().min();
        if until.is_none() && !more {
            return Waits::ForNothing;
        }
        Waits::ForAnything {
            until,
            more: more && alone,
        }
    }

    /// Begins plugins until there is none that may, or others that share the thread have waited long enough.
    fn begin_here(&self, state: &mut State) {
        let mut now = Instant::now();
        let until = now + SLICE;
        while let Some(mut begun) = state.progress.take(now) {
            let attempt = self.crew.site.begin(&mut begun);
            // The end of one is where the next begins: the clock is read once between two.
            now = Instant::now();
            state.progress.settle(begun, false, attempt, now);
            if now >= until {
                break;
            }
        }
    }

    /// Fails every plugin whose time is up. Where several threads may help, they do.
    fn time_out(&mut self) {
        let late = self.tasks.time_out();
        let crew = &self.crew;
        crew.with(|state| {
            for (node, since, limit) in late {
                state.progress.timed_out(node, since, limit);
            }
            state.time_out();
            if self.threads == Threads::Several && state.progress.plan.has_next() {
                let free = state.not_stuck();
                let more = free.max(1).min(workers().saturating_sub(free));
                state.runners += more;
                (0..more).for_each(|_| crew.spawn_runner());
            }
        });
    }

    /// Cancels what is in flight at its next await, and waits for it, bounded: what blocks its thread is left behind and
    /// reported.
    async fn cancel_in_flight(&mut self) {
        let deadline = Instant::now() + self.timeouts.cleanup;
        loop {
            let mut at_work = false;
            self.crew.with(|state| {
                for wait in state.progress.waiting.drain(..) {
                    self.tasks.spawn(wait);
                }
                at_work = !state.at_work.is_empty();
            });
            self.tasks.cancel_all();
            if self.tasks.is_empty() && !at_work {
                return;
            }
            tokio::select! {
                biased;
                Some((task, outcome)) = self.tasks.next() => self.with(|state| state.progress.joined(&task, outcome)),
                () = self.crew.wake.notified() => {}
                () = tokio::time::sleep_until(deadline) => return,
            }
        }
    }

    async fn finish(mut self) -> Result<Running, StartError> {
        // From now on a runner that is left behind cleans up by itself what it has initialized.
        let Some(State {
            mut progress,
            at_work,
            ..
        }) = self.crew.lock().take()
        else {
            // Not reached: it is taken here, and once.
            return Err(StartError::new(Vec::new(), None));
        };
        let doomed = progress.plan.is_doomed();
        // Told of in the last moment. They are dropped in tasks, as all that is cancelled.
        for wait in progress.waiting.drain(..) {
            self.tasks.spawn(wait);
        }
        if doomed {
            self.tasks.cancel_all();
            let left = self.tasks.left().into_iter();
            let left = left.map(|task| (task.node, task.since));
            let at_work = at_work.iter().map(|at| (at.node, at.since));
            for (node, since) in left.chain(at_work) {
                progress.left_behind(node, since);
            }
        }
        progress.tell_the_rest();
        progress.site.records.failures.tell();
        let Progress {
            site,
            plan,
            timeouts,
            mut late,
            mut lines,
            without,
            note,
            ..
        } = progress;
        let failed: Vec<NodeId> = late.iter().map(|(node, _)| *node).collect();
        if doomed {
            for (node, instance) in late.drain(..) {
                site.instances.set(node, instance);
            }
        }
        let late = late.into_iter();
        let late = late.map(|(node, instance)| (site.graph.meta(node), instance));
        self.tasks
            .reap(late.collect(), (&site.records, timeouts.cleanup));
        let running = Running {
            instances: Arc::clone(&site.instances),
            ready: plan.into_ready(),
            without,
        };
        if !doomed {
            return Ok(running);
        }
        // What it could do without stands behind the first cause, though it came before.
        lines.extend(
            undo(
                &site.graph,
                &site.records,
                running,
                (timeouts, self.threads),
            )
            .await,
        );
        for node in failed {
            site.records.set(node, PluginState::Failed);
        }
        Err(StartError::new(lines, note))
    }
}

/// How many threads may run plugins at the same time.
fn workers() -> usize {
    Handle::current().metrics().num_workers()
}

/// Stops what a start had begun, for a reason that is no plugin's own.
pub(crate) async fn roll_back(
    graph: &Arc<Graph>,
    records: &Arc<Records>,
    running: Running,
    (timeouts, threads): (Timeouts, Threads),
    note: Note,
) -> StartError {
    let lines = undo(graph, records, running, (timeouts, threads)).await;
    StartError::new(lines, Some(note))
}

/// Stops all that runs, and says so of each, after what was missing anyway.
pub(crate) async fn undo(
    graph: &Arc<Graph>,
    records: &Arc<Records>,
    running: Running,
    (timeouts, threads): (Timeouts, Threads),
) -> Vec<Line> {
    // A fresh deadline: a start that failed because it took too long leaves its rollback all the time it needs.
    let deadline = Instant::now() + timeouts.shutdown;
    let problems = stop(
        graph,
        records,
        &running,
        (timeouts.cleanup, deadline),
        threads,
    )
    .await;
    let mut problems = problems.into_iter().peekable();
    let stopped = running.ready.iter().rev().map(|node| Line {
        plugin: graph.meta(*node).name(),
        ending: Ending::RolledBack {
            started_in: records.get(*node).initialized_in.unwrap_or_default(),
            // They stand in the order of the stops.
            cleanup: problems
                .next_if(|problem| problem.node == *node)
                .map(|problem| problem.why),
        },
    });
    running.without.into_iter().chain(stopped).collect()
}
