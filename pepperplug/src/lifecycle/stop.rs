//! Stopping: in reverse, keeping going, each step bounded.

use core::time::Duration;
use std::sync::Arc;

use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::problem::{Line, error_chain};
use super::state::{PluginState, Records};
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

/// What became of a plugin that was stopped.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) node: NodeId,
    pub(crate) problem: Option<String>,
}

/// Cleans up every plugin once, the last that became ready first, each within `limit`. No failure of one skips another.
pub(crate) async fn stop(
    graph: &Graph,
    records: &Records,
    running: &Running,
    limit: Duration,
    deadline: Instant,
) -> Vec<Stopped> {
    let mut stopped = Vec::with_capacity(running.ready.len());
    for node in running.ready.iter().rev().copied() {
        let plugin = graph.meta(node);
        let left = deadline.saturating_duration_since(Instant::now());
        let limit = limit.min(left.max(LAST_CHANCE));
        records.set(node, PluginState::Stopping);
        let problem = match running.instances.get(node) {
            Some(instance) => clean_up(plugin, instance, limit).await,
            None => None,
        };
        match &problem {
            None => records.set(node, PluginState::Stopped),
            Some(why) => {
                tracing::error!(
                    target: "pepperplug::lifecycle", plugin = plugin.name(), why, "failed to clean up",
                );
                records.ended(node, PluginState::Failed, why.clone());
            }
        }
        stopped.push(Stopped { node, problem });
    }
    stopped
}

/// Calls `cleanup`, where the plugin has one, and says what went wrong.
pub(super) async fn clean_up(
    plugin: &'static PluginMeta,
    instance: &Instance,
    limit: Duration,
) -> Option<String> {
    let cleanup = plugin.vtable.cleanup?;
    let instance = Arc::clone(instance);
    let span =
        tracing::info_span!(target: "pepperplug::lifecycle", "cleanup", plugin = plugin.name());
    // A task of its own: a cleanup that blocks its thread cannot block this one, and a panic ends there, one in the
    // text of an error included.
    let task = async move {
        let begun = Instant::now();
        let outcome = cleanup(&instance).await;
        let why = outcome.err().map(|error| error_chain(&*error));
        (why, begun.elapsed())
    };
    let mut task = tokio::spawn(task.instrument(span));
    let joined = match timeout(limit, &mut task).await {
        Ok(joined) => joined,
        Err(_) => {
            task.abort();
            // The next to be cleaned up may be one that this still uses.
            let ended = timeout(LAST_CHANCE, task).await.is_ok();
            let still_running = if ended {
                ""
            } else {
                ", and still running: it blocks its thread"
            };
            return Some(format!(
                "not cleaned up after {limit:?}, its limit{still_running}"
            ));
        }
    };
    match joined {
        Ok((Some(why), _)) => Some(format!("its cleanup failed: {why}")),
        // The runtime was blocked as well, so the clock could not strike.
        Ok((None, took)) if took > limit => Some(format!(
            "cleaned up only after {took:?}, over its limit of {limit:?}: it blocks its thread"
        )),
        Ok((None, _)) => None,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => Some(format!("its cleanup panicked: {}", panic_text(panic))),
            Err(_) => Some("its cleanup was cancelled: the runtime shuts down".to_owned()),
        },
    }
}
