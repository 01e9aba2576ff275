//! Stopping: in reverse, keeping going, each step bounded.

use core::future::Future;
use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::Arc;

use tokio::task::JoinError;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::failure::Phase;
use super::held::{self, First, Held, Waiting, spawn_beside};
use super::problem::{Line, error_chain};
use super::runner::SLICE;
use super::state::{PluginState, Records, Threads};
use super::walk::walk;
use crate::error::BoxError;
use crate::event::LAST_CHANCE;
use crate::graph::{Graph, NodeId};
use crate::hook::panic_text;
use crate::inject::Instances;
use crate::meta::PluginMeta;
use crate::plugin::Instance;

/// Plugins that are ready, in the order in which they became so.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) instances: Arc<Instances>,
    pub(crate) ready: Vec<NodeId>,
    /// What the application runs without; told only where it is taken back after all.
    pub(crate) without: Vec<Line>,
}

/// What went wrong while a plugin was stopped.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) node: NodeId,
    pub(crate) why: String,
}

/// Cleans up every plugin once, the last that became ready first, each within `limit`. No failure of one skips another.
/// What went wrong stands in that order.
pub(crate) async fn stop(
    graph: &Arc<Graph>,
    records: &Arc<Records>,
    running: &Running,
    (limit, deadline): (Duration, Instant),
    threads: Threads,
) -> Vec<Problem> {
    let round = Round {
        graph: Arc::clone(graph),
        records: Arc::clone(records),
        instances: Arc::clone(&running.instances),
        nodes: running.ready.iter().rev().copied().collect(),
        limit,
        deadline,
        in_full_until: deadline.checked_sub(limit),
    };
    match threads {
        Threads::One => round.here().await,
        Threads::Several => walk(Arc::new(round)).await,
    }
}

/// One round of cleanups.
pub(super) struct Round {
    graph: Arc<Graph>,
    records: Arc<Records>,
    instances: Arc<Instances>,
    /// In the order in which they are stopped.
    pub(super) nodes: Vec<NodeId>,
    pub(super) limit: Duration,
    deadline: Instant,
    /// Whoever begins until then has its whole limit before the deadline.
    in_full_until: Option<Instant>,
}

/// Whose turn it is to be cleaned up, since when, and until when.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) node: NodeId,
    pub(super) since: Instant,
    pub(super) limit: Duration,
}

/// What calling a cleanup came to.
pub(super) enum Called {
    /// What went wrong, if anything did.
    Ended(Option<String>),
    /// It awaits something.
    Waits(Waiting<Option<String>>),
}

impl Round {
    async fn here(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut now = Instant::now();
        let mut until = now + SLICE;
        for node in self.nodes.iter().copied() {
            if now >= until {
                tokio::task::yield_now().await;
                now = Instant::now();
                until = now + SLICE;
            }
            let turn = self.turn(node, now);
            let problem = match self.call(turn) {
                Called::Ended(problem) => {
                    // The end of one is where the next begins: the clock is read once between two.
                    now = Instant::now();
                    // Within a slice that is not longer than the limit it cannot have, and subtracting times takes its time.
                    problem.or_else(|| {
                        let in_time = now < until && turn.limit >= SLICE;
                        (!in_time).then(|| turn.overran(now)).flatten()
                    })
                }
                Called::Waits(waiting) => {
                    let problem = self.wait(turn, waiting).await;
                    now = Instant::now();
                    problem
                }
            };
            problems.extend(self.stopped(node, problem));
            self.tell();
        }
        problems
    }

    pub(super) fn turn(&self, node: NodeId, now: Instant) -> Turn {
        // Compared first, since subtracting times takes as long as a cleanup may.
        let limit = if self.in_full_until.is_some_and(|until| now <= until) {
            self.limit
        } else {
            let left = self.deadline.saturating_duration_since(now);
            self.limit.min(left.max(LAST_CHANCE))
        };
        Turn {
            node,
            since: now,
            limit,
        }
    }

    /// Calls a plugin's cleanup and polls it once.
    pub(super) fn call(&self, turn: Turn) -> Called {
        self.records.set(turn.node, PluginState::Stopping);
        let plugin = self.graph.meta(turn.node);
        let (Some(cleanup), Some(instance)) =
            (plugin.vtable.cleanup, self.instances.get(turn.node))
        else {
            return Called::Ended(None);
        };
        let _entered = span(plugin).entered();
        let called = AssertUnwindSafe(|| match held::clean_up(instance, cleanup) {
            First::Ready(result) => Called::Ended(problem(result)),
            First::Waits(held) => Called::Waits(Box::pin(cleaned_up(held))),
        });
        catch_unwind(called)
            .unwrap_or_else(|panic| Called::Ended(Some(panicked(&panic_text(panic)))))
    }

    /// Waits for a cleanup that awaits something.
    pub(super) async fn wait(
        &self,
        turn: Turn,
        waiting: Waiting<Option<String>>,
    ) -> Option<String> {
        let plugin = self.graph.meta(turn.node);
        wait(plugin, waiting, turn.since, turn.limit).await
    }

    /// Tells of those that failed. No lock is held here.
    pub(super) fn tell(&self) {
        self.records.failures.tell();
    }

    /// Remembers what became of one.
    pub(super) fn stopped(&self, node: NodeId, problem: Option<String>) -> Option<Problem> {
        let Some(why) = problem else {
            self.records.set(node, PluginState::Stopped);
            return None;
        };
        let plugin = self.graph.meta(node).name();
        tracing::error!(target: "pepperplug::lifecycle", plugin, why, "failed to clean up");
        self.records
            .failed(node, (Phase::Cleanup, plugin), why.clone());
        Some(Problem { node, why })
    }
}

impl Turn {
    /// What is to be said of one that succeeded at `now`, if anything.
    pub(super) fn overran(&self, now: Instant) -> Option<String> {
        let took = now.saturating_duration_since(self.since);
        (took > self.limit).then(|| overran(took, self.limit))
    }

    pub(super) fn deadline(&self) -> Instant {
        self.since + self.limit
    }
}

/// What went wrong. An error's text is the plugin's code as well, and may panic.
fn problem(result: Result<(), BoxError>) -> Option<String> {
    let why = error_chain(&*result.err()?);
    Some(format!("its cleanup failed: {why}"))
}

async fn cleaned_up(held: Held) -> Option<String> {
    let (result, _instance) = held.ended().await;
    problem(result)
}

/// Calls `cleanup`, where the plugin has one, in a task of its own, and says what went wrong.
pub(super) async fn clean_up(
    plugin: &'static PluginMeta,
    instance: &Instance,
    limit: Duration,
) -> Option<String> {
    let cleanup = plugin.vtable.cleanup?;
    let instance = Arc::clone(instance);
    let cleaning = async move { problem(cleanup(&*instance).await) };
    wait(plugin, Box::pin(cleaning), Instant::now(), limit).await
}

/// Polls a cleanup in a task of its own: one that blocks its thread cannot block this one, and a panic ends there.
async fn wait(
    plugin: &'static PluginMeta,
    cleaning: Waiting<Option<String>>,
    since: Instant,
    limit: Duration,
) -> Option<String> {
    let task = async move {
        let problem = cleaning.await;
        (problem, since.elapsed())
    };
    let mut task = spawn_beside(task.instrument(span(plugin)));
    let left = limit.saturating_sub(since.elapsed());
    let Ok(joined) = timeout(left, &mut task).await else {
        task.abort();
        return Some(not_in_time(limit, task).await);
    };
    match joined {
        Ok((Some(problem), _)) => Some(problem),
        // The runtime was blocked as well, so the clock could not strike.
        Ok((None, took)) if took > limit => Some(overran(took, limit)),
        Ok((None, _)) => None,
        Err(error) => Some(ended_early(error)),
    }
}

/// Of a task that is not done in time. The next to be cleaned up may be one that it still uses, so it is waited for once
/// more.
pub(super) async fn not_in_time<T>(
    limit: Duration,
    task: impl Future<Output = Result<T, JoinError>>,
) -> String {
    let ended = timeout(LAST_CHANCE, task).await.is_ok();
    let still_running = if ended {
        ""
    } else {
        ", and still running: it blocks its thread"
    };
    format!("not cleaned up after {limit:?}, its limit{still_running}")
}

fn overran(took: Duration, limit: Duration) -> String {
    format!("cleaned up only after {took:?}, over its limit of {limit:?}: it blocks its thread")
}

fn panicked(why: &str) -> String {
    format!("its cleanup panicked: {why}")
}

pub(super) fn ended_early(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => panicked(&panic_text(panic)),
        Err(_) => "its cleanup was cancelled: the runtime shuts down".to_owned(),
    }
}

fn span(plugin: &'static PluginMeta) -> tracing::Span {
    tracing::info_span!(target: "pepperplug::lifecycle", "cleanup", plugin = plugin.name())
}
