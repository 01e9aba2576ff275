//! The tasks that plugins initialize in: begun, timed, cancelled, awaited, and never forgotten.

use core::time::Duration;
use std::collections::HashMap;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use super::problem::error_chain;
use super::stop::clean_up;
use crate::graph::NodeId;
use crate::hook::panic_text;
use crate::meta::PluginMeta;
use crate::plugin::{Instance, Phase};

/// One `initialize` that was begun.
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

/// All tasks of one start. One that is late stays here until it ends.
#[derive(Default)]
pub(super) struct Tasks {
    running: JoinSet<Done>,
    known: HashMap<Id, Task>,
}

impl Tasks {
    /// Starts `initialize` on an instance in a task of its own.
    pub(super) fn spawn(
        &mut self,
        (node, plugin): (NodeId, &'static PluginMeta),
        initialize: for<'a> fn(&'a mut Instance) -> Phase<'a>,
        mut instance: Instance,
        (since, limit): (Instant, Duration),
    ) {
        let span = tracing::info_span!(target: "pepperplug::lifecycle", "initialize", plugin = plugin.name());
        let task = async move {
            let begun = Instant::now();
            let outcome = initialize(&mut instance).await;
            let took = begun.elapsed();
            // An error's text is the plugin's code as well: a panic in it must end here, in the task.
            let result = match outcome {
                Ok(()) => Ok(instance),
                Err(error) => Err(error_chain(&*error)),
            };
            Done {
                plugin,
                took,
                result,
            }
        };
        let abort = self.running.spawn(task.instrument(span));
        let task = Task {
            node,
            since,
            limit,
            late: false,
            deadline: Instant::now() + limit,
            abort,
        };
        self.known.insert(task.abort.id(), task);
    }

    /// The next task that ends. Cancel safe. `None` when there is none.
    pub(super) async fn next(&mut self) -> Option<(Task, Outcome)> {
        loop {
            let joined = self.running.join_next_with_id().await?;
            let id = match &joined {
                Ok((id, _)) => *id,
                Err(error) => error.id(),
            };
            if let Some(task) = self.known.remove(&id) {
                return Some((task, outcome(joined)));
            }
        }
    }

    /// When the first of those that are in time will be late; `None` when there is none.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let in_time = self.known.values().filter(|task| !task.late);
        in_time.map(|task| task.deadline).min()
    }

    /// Cancels every task whose time is up, by node, and says which. They stay known until they end.
    pub(super) fn time_out(&mut self) -> Vec<(NodeId, Instant, Duration)> {
        let now = Instant::now();
        let mut late: Vec<&mut Task> = (self.known.values_mut())
            .filter(|task| !task.late && task.deadline <= now)
            .collect();
        // Before any is cancelled: plugins see in which order they are.
        late.sort_unstable_by_key(|task| task.node);
        for task in &mut late {
            task.late = true;
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
    pub(super) fn reap(mut self, late: Vec<(&'static PluginMeta, Instance)>, limit: Duration) {
        if late.is_empty() && self.running.is_empty() {
            return;
        }
        tokio::spawn(async move {
            for (plugin, instance) in late {
                clean_up_late(plugin, &instance, limit).await;
            }
            while let Some(joined) = self.running.join_next().await {
                if let Ok(Done {
                    plugin,
                    result: Ok(instance),
                    ..
                }) = joined
                {
                    clean_up_late(plugin, &instance, limit).await;
                }
            }
        });
    }
}

fn outcome(joined: Result<(Id, Done), JoinError>) -> Outcome {
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

async fn clean_up_late(plugin: &'static PluginMeta, instance: &Instance, limit: Duration) {
    let problem = clean_up(plugin, instance, limit).await;
    tracing::warn!(
        target: "pepperplug::lifecycle", plugin = plugin.name(), problem,
        "it initialized after its time was up, and was cleaned up at once",
    );
}
