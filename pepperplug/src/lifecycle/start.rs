//! The ordered start: each plugin as soon as its own dependencies are ready, rolled back as a whole on a failure.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::build::NodeSource;
use super::plan::{Plan, Step};
use super::problem::{Ending, Line, Note, StartError};
use super::state::{PluginState, Records, Timeouts};
use super::stop::{Running, Stopped, stop};
use super::task::{Outcome, Task, Tasks};
use crate::graph::{Graph, NodeId};
use crate::hook::Events;
use crate::inject::Instances;
use crate::plugin::{AnySettings, Instance};

/// What a start works with.
pub(crate) struct StartContext<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) records: &'a Records,
    pub(crate) events: &'a Events,
    pub(crate) timeouts: Timeouts,
    /// Each plugin's settings, parsed; taken when it is built.
    pub(crate) settings: HashMap<NodeId, AnySettings>,
    /// Turns true when the application is to stop before it has started.
    pub(crate) cancelled: watch::Receiver<bool>,
}

/// Starts every plugin. On a failure, a panic, a timeout or a cancellation in any of them, no new one begins, those in
/// flight are cancelled, and all that were ready are cleaned up in reverse.
pub(crate) async fn start(context: StartContext<'_>) -> Result<Running, StartError> {
    let mut cancelled = context.cancelled.clone();
    let mut start = Start::new(context);
    loop {
        start.begin_all_that_may();
        if start.plan.is_doomed() {
            start.cancel_in_flight().await;
            break;
        }
        let Some(deadline) = start.tasks.next_deadline() else {
            break;
        };
        tokio::select! {
            biased;
            // First, since plugins that become ready one after the other would keep it waiting.
            true = async { cancelled.wait_for(|cancelled| *cancelled).await.is_ok() } => start.shut_down(),
            Some((task, outcome)) = start.tasks.next() => start.joined(&task, outcome),
            () = tokio::time::sleep_until(deadline) => start.time_out(),
        }
    }
    start.finish().await
}

struct Start<'a> {
    context: StartContext<'a>,
    plan: Plan<'a>,
    instances: Arc<Instances>,
    tasks: Tasks,
    /// What initialized after its time was up.
    late: Vec<(NodeId, Instance)>,
    lines: Vec<Line>,
    /// What the application can do without: part of the error only where it does not start after all.
    without: Vec<Line>,
    note: Option<Note>,
}

impl<'a> Start<'a> {
    fn new(context: StartContext<'a>) -> Self {
        Self {
            plan: Plan::new(context.graph),
            instances: Arc::new(Instances::new(context.graph.len())),
            tasks: Tasks::default(),
            late: Vec::new(),
            lines: Vec::new(),
            without: Vec::new(),
            note: None,
            context,
        }
    }

    fn begin_all_that_may(&mut self) {
        // Asked for each, since building plugins takes time as well.
        while !self.is_shut_down() {
            let Some(node) = self.plan.next() else { break };
            self.begin(node);
        }
    }

    fn is_shut_down(&mut self) -> bool {
        let shut_down = *self.context.cancelled.borrow();
        if shut_down {
            self.shut_down();
        }
        shut_down
    }

    fn shut_down(&mut self) {
        // After a plugin that had to start has failed, it changes nothing.
        if !self.plan.is_doomed() {
            self.note = Some(Note::ShutDown);
            self.plan.doom();
        }
    }

    /// Builds a plugin, and starts its `initialize` where it has one.
    fn begin(&mut self, node: NodeId) {
        let meta = self.context.graph.meta(node);
        let since = Instant::now();
        let source = NodeSource {
            graph: self.context.graph,
            node,
            instances: &self.instances,
            events: self.context.events,
            settings: self.context.settings.remove(&node),
        };
        let instance = match source.build() {
            Ok(instance) => instance,
            Err(why) => return self.fail(node, since, &why),
        };
        let Some(initialize) = meta.vtable.initialize else {
            return self.ready(node, since, instance);
        };
        self.context.records.set(node, PluginState::Initializing);
        let limit = meta
            .timeout_ms
            .map_or(self.context.timeouts.initialize, Duration::from_millis);
        self.tasks
            .spawn((node, meta), initialize, instance, (since, limit));
    }

    fn ready(&mut self, node: NodeId, since: Instant, instance: Instance) {
        let took = since.elapsed();
        self.instances.set(node, instance);
        self.context.records.ready(node, took);
        tracing::debug!(target: "pepperplug::lifecycle", plugin = self.context.graph.meta(node).name(), ?took, "ready");
        self.plan.ready(node);
    }

    fn fail(&mut self, node: NodeId, since: Instant, why: &str) {
        let meta = self.context.graph.meta(node);
        self.plan.failed(node);
        self.context
            .records
            .ended(node, PluginState::Failed, why.to_owned());
        let ending = Ending::Failed {
            after: since.elapsed(),
            why: why.to_owned(),
        };
        let line = Line {
            plugin: meta.name(),
            ending,
        };
        if self.plan.is_doomed() {
            tracing::error!(target: "pepperplug::lifecycle", plugin = meta.name(), why, "failed to initialize");
            self.lines.push(line);
        } else {
            tracing::warn!(
                target: "pepperplug::lifecycle", plugin = meta.name(), why,
                "an optional plugin failed to initialize; the application starts without it",
            );
            self.without.push(line);
        }
    }

    fn joined(&mut self, task: &Task, outcome: Outcome) {
        match outcome {
            Outcome::Initialized { instance, took } if task.late || took > task.limit => {
                self.too_late(task, took, instance);
            }
            Outcome::Initialized { instance, .. } => self.ready(task.node, task.since, instance),
            // It was told when its time was up.
            Outcome::Failed(_) | Outcome::Cancelled if task.late => {}
            Outcome::Failed(why) => self.fail(task.node, task.since, &why),
            Outcome::Cancelled => self.cancelled(task.node, task.since),
        }
    }

    /// It initialized, but after its time was up: no part of the application any more, yet to be cleaned up.
    fn too_late(&mut self, task: &Task, took: Duration, instance: Instance) {
        if !task.late {
            let limit = task.limit;
            let why = format!(
                "initialized only after {took:?}, over its limit of {limit:?}: it blocks its thread"
            );
            self.fail(task.node, task.since, &why);
        }
        self.context.records.took(task.node, took);
        self.plan.ready_too_late(task.node);
        self.late.push((task.node, instance));
    }

    fn cancelled(&mut self, node: NodeId, since: Instant) {
        self.plan.cancelled(node);
        self.context
            .records
            .ended(node, PluginState::Failed, "cancelled".to_owned());
        self.push_cancelled(node, since, false);
    }

    fn push_cancelled(&mut self, node: NodeId, since: Instant, still_running: bool) {
        self.lines.push(Line {
            plugin: self.context.graph.meta(node).name(),
            ending: Ending::Cancelled {
                after: since.elapsed(),
                still_running,
            },
        });
    }

    /// Fails every plugin whose time is up.
    fn time_out(&mut self) {
        for (node, since, limit) in self.tasks.time_out() {
            self.fail(
                node,
                since,
                &format!("not initialized after {limit:?}, its limit"),
            );
        }
    }

    /// Cancels what is in flight at its next await, and waits for it, bounded: a task that blocks its thread is left
    /// behind and reported.
    async fn cancel_in_flight(&mut self) {
        self.tasks.cancel_all();
        let deadline = Instant::now() + self.context.timeouts.cleanup;
        while !self.tasks.is_empty() {
            match tokio::time::timeout_at(deadline, self.tasks.next()).await {
                Ok(Some((task, outcome))) => self.joined(&task, outcome),
                Ok(None) | Err(_) => break,
            }
        }
        let left = self.tasks.left();
        let left: Vec<_> = left.iter().map(|task| (task.node, task.since)).collect();
        for (node, since) in left {
            if self.plan.step(node) == Step::Begun {
                self.plan.cancelled(node);
                let why = "cancelled, but still running: it blocks its thread".to_owned();
                self.context.records.ended(node, PluginState::Failed, why);
            }
            self.push_cancelled(node, since, true);
        }
    }

    async fn finish(mut self) -> Result<Running, StartError> {
        let (graph, records) = (self.context.graph, self.context.records);
        let doomed = self.plan.is_doomed();
        for node in graph.order() {
            match self.plan.step(*node) {
                Step::Waiting if doomed => self.not_begun(*node),
                Step::Skipped { needs } => self.skipped(*node, needs),
                _ => {}
            }
        }
        let mut late = self.late;
        let failed: Vec<NodeId> = late.iter().map(|(node, _)| *node).collect();
        if doomed {
            for (node, instance) in late.drain(..) {
                self.instances.set(node, instance);
            }
        }
        let late = late
            .into_iter()
            .map(|(node, instance)| (graph.meta(node), instance));
        self.tasks
            .reap(late.collect(), self.context.timeouts.cleanup);
        let running = Running {
            instances: self.instances,
            ready: self.plan.into_ready(),
            without: self.without,
        };
        if !doomed {
            return Ok(running);
        }
        // What it could do without stands behind the first cause, though it came before.
        self.lines
            .extend(undo(graph, records, running, self.context.timeouts).await);
        for node in failed {
            records.set(node, PluginState::Failed);
        }
        Err(StartError::new(self.lines, self.note))
    }

    fn not_begun(&mut self, node: NodeId) {
        let graph = self.context.graph;
        // One that failed is not waited for any more: it was not needed, or this would have been skipped.
        let unsettled = graph
            .dependencies(node)
            .iter()
            .filter(|on| !self.plan.is_settled(on.node));
        let mut waits_for: Vec<&'static str> =
            unsettled.map(|on| graph.meta(on.node).name()).collect();
        waits_for.sort_unstable();
        waits_for.dedup();
        self.without.push(Line {
            plugin: graph.meta(node).name(),
            ending: Ending::NotBegun { waits_for },
        });
    }

    fn skipped(&mut self, node: NodeId, needs: NodeId) {
        let graph = self.context.graph;
        let needs = graph.meta(needs).name();
        self.context.records.ended(
            node,
            PluginState::Skipped,
            format!("it needs `{needs}`, which did not start"),
        );
        self.without.push(Line {
            plugin: graph.meta(node).name(),
            ending: Ending::NotBegun {
                waits_for: vec![needs],
            },
        });
    }
}

/// Stops what a start had begun, for a reason that is no plugin's own.
pub(crate) async fn roll_back(
    graph: &Graph,
    records: &Records,
    running: Running,
    timeouts: Timeouts,
    note: Note,
) -> StartError {
    StartError::new(undo(graph, records, running, timeouts).await, Some(note))
}

/// Stops all that runs, and says so of each, after what was missing anyway.
async fn undo(graph: &Graph, records: &Records, running: Running, timeouts: Timeouts) -> Vec<Line> {
    // A fresh deadline: a start that failed because it took too long leaves its rollback all the time it needs.
    let deadline = Instant::now() + timeouts.shutdown;
    let stopped = stop(graph, records, &running, timeouts.cleanup, deadline).await;
    let line = |Stopped { node, problem }| {
        let started_in = records.get(node).initialized_in.unwrap_or_default();
        Line {
            plugin: graph.meta(node).name(),
            ending: Ending::RolledBack {
                started_in,
                cleanup: problem,
            },
        }
    };
    let stopped = stopped.into_iter().map(line);
    running.without.into_iter().chain(stopped).collect()
}
