//! Events for every node of the service, where the plugin `bridge` is there.

use pepperplug::{EmitContext, EventContext};
use serde::{Deserialize, Serialize};

/// The metadata that marks an event as one for other nodes. Its value is a [`Work`].
pub const REMOTE: &str = "remote";

/// Which nodes get an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// All others.
    Everyone,
    /// One of those that share this queue, which may be the one that emits it. See [`is_for_here`].
    Queue(String),
    /// It has come from another node, so it goes nowhere.
    Arrived,
}

/// An emit that goes to other nodes as well. It is done when it is safe that they will get it, at least once.
pub fn remote(work: Work) -> EmitContext {
    EmitContext::new().metadata(REMOTE, serde_json::to_value(work).unwrap_or_default())
}

/// Whether an event is for other nodes, and for which. Events that its hooks emit are not, unless that is said of them as
/// well: those hooks run on the other nodes too.
#[must_use]
pub fn is_remote(ctx: &EventContext<'_>) -> Option<Work> {
    serde_json::from_value(ctx.own_metadata(REMOTE)?.clone()).ok()
}

/// Whether the hooks that do the work of an event are to do it here and now. Not where it is for a queue and has just been
/// emitted: it comes back as [`Work::Arrived`], to this node or another one that works on the queue.
#[must_use]
pub fn is_for_here(ctx: &EventContext<'_>) -> bool {
    !matches!(is_remote(ctx), Some(Work::Queue(_)))
}
