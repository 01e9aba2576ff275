//! Events for every node of the service, where the plugin `bridge` is there.

use pepperplug::{EmitContext, EventContext};
use serde::{Deserialize, Serialize};

/// The metadata that marks an event as one for other nodes. Its value is a [`Work`].
pub const REMOTE: &str = "remote";

/// Which other nodes get an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// All of them.
    Everyone,
    /// One of those that share this queue.
    Queue(String),
    /// It has come from another node, so it goes nowhere.
    Arrived,
}

/// An emit that goes to other nodes as well. It is done when it is safe that they will get it, at least once.
pub fn remote(work: Work) -> EmitContext {
    EmitContext::new().metadata(REMOTE, serde_json::to_value(work).unwrap_or_default())
}

/// Whether an event is for other nodes, and for which.
#[must_use]
pub fn is_remote(ctx: &EventContext<'_>) -> Option<Work> {
    serde_json::from_value(ctx.metadata(REMOTE)?.clone()).ok()
}
