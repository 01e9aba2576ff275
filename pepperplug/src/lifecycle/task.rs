//! The tasks of plugins whose `initialize` awaits something: begun, timed, cancelled, awaited, and never forgotten.

use core::time::Duration;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use super::failure::Phase;
use super::progress::Wait;
use super::runner::span;
use super::state::Records;
use super::stop::clean_up;
use crate::graph::NodeId;
use crate::hook::panic_text;
use crate::meta::PluginMeta;
use crate::plugin::Instance;

/// One `initialize` that awaits something.
pub(super) struct Task {
    pub(super) node: NodeId,
    /// When its plugin began to be built.
    pub(super) since: Instant,
    pub(super) limit: Duration,
    /// Its time is up: it has been cancelled, and counts as failed whatever comes of it.
    pub(super) late: bool,
    deadline: Instant,
    abort: AbortHandle,
}

impl Task {
    fn place(&self) -> (Instant, NodeId) {
        (self.deadline, self.node)
    }
}

/// What a task came to.
pub(super) enum Outcome {
    /// `took` is how long `initialize` ran, by the task's own clock.
    Initialized {
        instance: Instance,
        took: Duration,
    },
    Failed(String),
    Cancelled,
}

/// What a task leaves behind; with its plugin, so that it can be cleaned up when nobody else knows it any more.
struct Done {
    plugin: &'static PluginMeta,
    took: Duration,
    result: Result<Instance, String>,
}

type Joined = Result<(Id, Done), JoinError>;

/// All tasks of one start. One that is late stays here until it ends.
#[derive(Default)]
pub(super) struct Tasks {
    running: JoinSet<Done>,
    known: HashMap<Id, Task>,
    /// When those that are in time will be late.
    deadlines: BTreeSet<(Instant, NodeId)>,
}

impl Tasks {
    /// Polls an `initialize` on in a task of its own.
    pub(super) fn spawn(&mut self, wait: Wait) {
        let Wait {
            begun,
            future,
            late,
        } = wait;
        let (plugin, since) = (begun.plugin, begun.since);
        let task = async move {
            let result = future.await;
            Done {
                plugin,
                took: since.elapsed(),
                result,
            }
        };
        let abort = self.running.spawn(task.instrument(span(plugin)));
        let task = Task {
            node: begun.node,
            since,
            limit: begun.limit,
            late,
            deadline: since + begun.limit,
            abort,
        };
        if late {
            task.abort.abort();
        } else {
            self.deadlines.insert(task.place());
        }
        self.known.insert(task.abort.id(), task);
    }

    /// The next task that ends. Cancel safe. `None` when there is none.
    pub(super) async fn next(&mut self) -> Option<(Task, Outcome)> {
        loop {
            let joined = self.running.join_next_with_id().await?;
            if let Some(ended) = self.ended(joined) {
                return Some(ended);
            }
        }
    }

    /// The next task that has ended already.
    pub(super) fn try_next(&mut self) -> Option<(Task, Outcome)> {
        loop {
            let joined = self.running.try_join_next_with_id()?;
            if let Some(ended) = self.ended(joined) {
                return Some(ended);
            }
        }
    }

    fn ended(&mut self, joined: Joined) -> Option<(Task, Outcome)> {
        let id = match &joined {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let task = self.known.remove(&id)?;
        self.deadlines.remove(&task.place());
        Some((task, outcome(joined)))
    }

    /// When the first of those that are in time will be late; `None` when there is none.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Cancels every task whose time is up, by node, and says which. They stay known until they end.
    pub(super) fn time_out(&mut self) -> Vec<(NodeId, Instant, Duration)> {
        let now = Instant::now();
        if self.next_deadline().is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        let mut late: Vec<&mut Task> = (self.known.values_mut())
            .filter(|task| !task.late && task.deadline <= now)
            .collect();
        // Before any is cancelled: plugins see in which order they are.
        late.sort_unstable_by_key(|task| task.node);
        for task in &mut late {
            task.late = true;
            self.deadlines.remove(&task.place());
            task.abort.abort();
        }
        late.iter()
            .map(|task| (task.node, task.since, task.limit))
            .collect()
    }

    pub(super) fn cancel_all(&mut self) {
        self.running.abort_all();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Those that have not ended, by node.
    pub(super) fn left(&self) -> Vec<&Task> {
        let mut left: Vec<&Task> = self.known.values().collect();
        left.sort_unstable_by_key(|task| task.node);
        left
    }

    /// Leaves what has not ended to a task of its own, which cleans up what succeeds after all, and everything in
    /// `late`: whatever initialized is cleaned up, also when nobody waits for it any more.
    pub(super) fn reap(
        mut self,
        late: Vec<(&'static PluginMeta, Instance)>,
        (records, limit): (&Arc<Records>, Duration),
    ) {
        if late.is_empty() && self.running.is_empty() {
            return;
        }
        let records = Arc::clone(records);
        tokio::spawn(async move {
            for (plugin, instance) in late {
                clean_up_late(plugin, &instance, (&records, limit)).await;
            }
            while let Some(joined) = self.running.join_next().await {
                if let Ok(Done {
                    plugin,
                    result: Ok(instance),
                    ..
                }) = joined
                {
                    clean_up_late(plugin, &instance, (&records, limit)).await;
                }
            }
        });
    }
}

fn outcome(joined: Joined) -> Outcome {
    match joined {
        Ok((_, done)) => match done.result {
            Ok(instance) => Outcome::Initialized {
                instance,
                took: done.took,
            },
            Err(why) => Outcome::Failed(why),
        },
        Err(error) => match error.try_into_panic() {
            Ok(panic) => Outcome::Failed(format!("it panicked: {}", panic_text(panic))),
            Err(_) => Outcome::Cancelled,
        },
    }
}

pub(super) async fn clean_up_late(
    plugin: &'static PluginMeta,
    instance: &Instance,
    (records, limit): (&Records, Duration),
) {
    let problem = clean_up(plugin, instance, limit).await;
    if let Some(why) = &problem {
        records.failures.note(Phase::Cleanup, plugin.name(), why);
        records.failures.tell();
    }
    tracing::warn!(
        target: "pepperplug::lifecycle", plugin = plugin.name(), problem,
        "it initialized after its time was up, and was cleaned up at once",
    );
}
