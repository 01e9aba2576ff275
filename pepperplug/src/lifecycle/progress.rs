//! How far a start is: told of by whoever begins plugins or waits for them, one at a time.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::failure::Phase;
use super::held::Waiting;
use super::plan::{Plan, Step};
use super::problem::{Ending, Line, Note};
use super::runner::{Attempt, Begun, Initialized, Site};
use super::start::{Kept, StartContext};
use super::state::{PluginState, Timeouts};
use super::task::{Outcome, Task};
use crate::graph::NodeId;
use crate::inject::Instances;
use crate::plugin::{AnySettings, Instance};

pub(super) struct Progress {
    pub(super) site: Arc<Site>,
    pub(super) plan: Plan,
    pub(super) timeouts: Timeouts,
    started: Instant,
    /// Each plugin's settings, by node; taken when it is built.
    settings: Vec<(NodeId, Option<AnySettings>)>,
    cancelled: watch::Receiver<bool>,
    /// What it said when it was last looked at.
    is_cancelled: bool,
    /// What initialized after its time was up.
    pub(super) late: Vec<(NodeId, Instance)>,
    pub(super) lines: Vec<Line>,
    /// What the application can do without: part of the error only where it does not start after all.
    pub(super) without: Vec<Line>,
    pub(super) note: Option<Note>,
    /// Those that await something, and want a task.
    pub(super) waiting: Vec<Wait>,
}

/// A plugin whose `initialize` awaits something.
pub(super) struct Wait {
    pub(super) begun: Begun,
    pub(super) future: Waiting<Initialized>,
    /// Its time was up before it came to that.
    pub(super) late: bool,
}

impl Progress {
    pub(super) fn new(context: StartContext) -> Self {
        let StartContext {
            graph,
            records,
            events,
            manager,
            running,
            kept,
            timeouts,
            settings,
            given,
            all_settings,
            cancelled,
            threads: _,
        } = context;
        let instances = Arc::new(Instances::new(graph.len()));
        let mut plan = Plan::new(&graph);
        for Kept { node, instance } in kept {
            plan.keep(node, instance.is_some());
            if let Some(instance) = instance {
                instances.set(node, instance);
            }
        }
        let site = Arc::new(Site {
            instances,
            graph,
            records,
            events,
            manager,
            running,
            given,
            all_settings,
        });
        let is_cancelled = *cancelled.borrow();
        let settings = settings.into_iter();
        Self {
            plan,
            site,
            timeouts,
            started: Instant::now(),
            settings: settings.map(|(node, value)| (node, Some(value))).collect(),
            cancelled,
            is_cancelled,
            late: Vec::new(),
            lines: Vec::new(),
            without: Vec::new(),
            note: None,
            waiting: Vec::new(),
        }
    }

    /// The next plugin that may begin. Asked for one at a time, since building them takes time, in which all may change.
    pub(super) fn take(&mut self, now: Instant) -> Option<Begun> {
        self.heed();
        let node = self.plan.next()?;
        let plugin = self.site.graph.meta(node);
        let after = now.saturating_duration_since(self.started);
        self.site.records.begun(node, after);
        let own = plugin.timeout_ms.map(Duration::from_millis);
        Some(Begun {
            node,
            plugin,
            since: now,
            limit: own.unwrap_or(self.timeouts.initialize),
            settings: self.settings_of(node),
        })
    }

    fn settings_of(&mut self, node: NodeId) -> Option<AnySettings> {
        let at = self.settings.binary_search_by_key(&node, |(node, _)| *node);
        self.settings[at.ok()?].1.take()
    }

    fn is_cancelled(&mut self) -> bool {
        // A load where nothing was sent.
        if self.cancelled.has_changed().unwrap_or(true) {
            self.is_cancelled = *self.cancelled.borrow_and_update();
        }
        self.is_cancelled
    }

    /// Gives the start up if it was cancelled.
    pub(super) fn heed(&mut self) {
        if self.is_cancelled() {
            self.shut_down();
        }
    }

    pub(super) fn shut_down(&mut self) {
        // After a plugin that had to start has failed, it changes nothing.
        if !self.plan.is_doomed() {
            self.note = Some(Note::ShutDown);
            self.plan.doom();
        }
    }

    /// What beginning a plugin came to; `late` where its time was up before.
    pub(super) fn settle(&mut self, begun: Begun, late: bool, attempt: Attempt, now: Instant) {
        let took = now.saturating_duration_since(begun.since);
        match attempt {
            Attempt::Initialized(instance) if !late && took <= begun.limit => {
                self.ready(begun.node, took, instance);
            }
            Attempt::Initialized(instance) => {
                self.too_late(begun.node, late, (took, begun.limit), instance);
            }
            // It was told when its time was up.
            Attempt::Failed(..) if late => {}
            Attempt::Failed(phase, why) => self.fail(begun.node, phase, took, why),
            Attempt::Waits(future) => self.waiting.push(Wait {
                begun,
                future,
                late,
            }),
        }
    }

    /// What a task came to.
    pub(super) fn joined(&mut self, task: &Task, outcome: Outcome) {
        let node = task.node;
        match outcome {
            Outcome::Initialized { instance, took } if task.late || took > task.limit => {
                self.too_late(node, task.late, (took, task.limit), instance);
            }
            Outcome::Initialized { instance, .. } => {
                self.ready(node, task.since.elapsed(), instance);
            }
            // It was told when its time was up.
            Outcome::Failed(_) | Outcome::Cancelled if task.late => {}
            Outcome::Failed(why) => {
                self.fail(node, Phase::Initialize, task.since.elapsed(), why);
            }
            Outcome::Cancelled => {
                self.cancelled(node, "cancelled");
                self.push_cancelled(node, task.since, false);
            }
        }
    }

    fn ready(&mut self, node: NodeId, took: Duration, instance: Instance) {
        self.site.instances.set(node, instance);
        self.site.records.ready(node, took);
        tracing::debug!(target: "pepperplug::lifecycle", plugin = self.site.graph.meta(node).name(), ?took, "ready");
        self.plan.ready(node);
    }

    #[cold]
    fn fail(&mut self, node: NodeId, phase: Phase, after: Duration, why: String) {
        let meta = self.site.graph.meta(node);
        self.plan.failed(node);
        let (records, name) = (&self.site.records, meta.name());
        records.failed(node, (phase, name), why.clone());
        let doomed = self.plan.is_doomed();
        if doomed {
            tracing::error!(target: "pepperplug::lifecycle", plugin = meta.name(), why, "failed to initialize");
        } else {
            tracing::warn!(
                target: "pepperplug::lifecycle", plugin = meta.name(), why,
                "an optional plugin failed to initialize; the application starts without it",
            );
        }
        let line = Line {
            plugin: meta.name(),
            ending: Ending::Failed { after, why },
        };
        if doomed {
            self.lines.push(line);
        } else {
            self.without.push(line);
        }
    }

    /// Its time is up, and it is not done.
    pub(super) fn timed_out(&mut self, node: NodeId, since: Instant, limit: Duration) {
        let why = format!("not initialized after {limit:?}, its limit");
        self.fail(node, Phase::Initialize, since.elapsed(), why);
    }

    /// It initialized, but after its time was up: no part of the application any more, yet to be cleaned up.
    #[cold]
    fn too_late(
        &mut self,
        node: NodeId,
        told: bool,
        (took, limit): (Duration, Duration),
        instance: Instance,
    ) {
        if !told {
            let why = format!(
                "initialized only after {took:?}, over its limit of {limit:?}: it blocks its thread"
            );
            self.fail(node, Phase::Initialize, took, why);
        }
        self.site.records.took(node, took);
        self.plan.ready_too_late(node);
        self.late.push((node, instance));
    }

    fn cancelled(&mut self, node: NodeId, why: &str) {
        self.plan.cancelled(node);
        self.site
            .records
            .ended(node, PluginState::Failed, why.to_owned());
    }

    /// It was cancelled, and has not ended in the time that it had for that.
    pub(super) fn left_behind(&mut self, node: NodeId, since: Instant) {
        if self.plan.step(node) == Step::Begun {
            self.cancelled(node, "cancelled, but still running: it blocks its thread");
        }
        self.push_cancelled(node, since, true);
    }

    fn push_cancelled(&mut self, node: NodeId, since: Instant, still_running: bool) {
        self.lines.push(Line {
            plugin: self.site.graph.meta(node).name(),
            ending: Ending::Cancelled {
                after: since.elapsed(),
                still_running,
            },
        });
    }

    /// Says of all that did not begin why not.
    pub(super) fn tell_the_rest(&mut self) {
        let site = Arc::clone(&self.site);
        let doomed = self.plan.is_doomed();
        for node in site.graph.order() {
            match self.plan.step(*node) {
                Step::Waiting if doomed => self.not_begun(*node),
                Step::Skipped { needs } => self.skipped(*node, needs),
                _ => {}
            }
        }
    }

    fn not_begun(&mut self, node: NodeId) {
        let graph = &self.site.graph;
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
        let graph = &self.site.graph;
        let needs = graph.meta(needs).name();
        self.site.records.ended(
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
