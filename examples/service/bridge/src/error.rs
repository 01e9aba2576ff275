//! What can go wrong.

use std::time::Duration;

use pepperplug::{BoxError, DataError};

/// Why an event did not go to other nodes, or the bridge did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BridgeError {
    /// No server answers.
    #[error("cannot connect to NATS at {servers}: {source}")]
    Connect {
        /// Where it was tried.
        servers: String,
        /// What went wrong.
        source: BoxError,
    },
    /// The server has no JetStream, or refuses a stream or a consumer.
    #[error("cannot prepare the {what} at NATS: {source}")]
    Prepare {
        /// Which stream or consumer.
        what: String,
        /// What the server says.
        source: BoxError,
    },
    /// A stream of that name is something else.
    #[error(
        "the stream `{stream}` at NATS is not one of the bridge: {why}; name another one in `[bridge] stream`"
    )]
    OtherStream {
        /// Its name.
        stream: String,
        /// What it is.
        why: String,
    },
    /// The server did not confirm an event in time. It may have it all the same.
    #[error(
        "event `{event}` did not reach the other nodes: NATS did not confirm it within {limit:?}: {why}"
    )]
    NotConfirmed {
        /// The event.
        event: String,
        /// How long it was tried.
        limit: Duration,
        /// What went wrong last.
        why: String,
    },
    /// The server never takes it.
    #[error("event `{event}` cannot go to other nodes: {why}")]
    Refused {
        /// The event.
        event: String,
        /// What the server says.
        why: String,
    },
    /// Its metadata `remote` says nothing that is known.
    #[error(
        "event `{event}` has the metadata `remote: {mark}`, which is none: make it with `api::remote`"
    )]
    BadMark {
        /// The event.
        event: &'static str,
        /// What it says.
        mark: String,
    },
    /// The queue that it is for cannot be one.
    #[error(
        "event `{event}` is for the queue `{queue}`: a queue's name is 1 to 64 letters, digits, `-` and `_`"
    )]
    BadQueue {
        /// The event.
        event: &'static str,
        /// The queue.
        queue: String,
    },
    /// The event is declared `sync`.
    #[error(
        "event `{event}` is declared `sync`, so it cannot go to other nodes: its emitter cannot wait for NATS"
    )]
    Sync {
        /// The event.
        event: &'static str,
    },
    /// The event is in mode `collect`.
    #[error(
        "event `{event}` is in mode `collect`, so it cannot go to other nodes: their answers would not come back"
    )]
    Collect {
        /// The event.
        event: &'static str,
    },
    /// The event is not to be had as data.
    #[error("it cannot go to other nodes: {0}")]
    Data(#[from] DataError),
    /// Data that has no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The plugin has not started, or has ended.
    #[error("the bridge is not connected: it has not started, or has ended")]
    Closed,
    /// A shutdown did not wait longer for events that were being handled.
    #[error("{events} events were still being handled after {limit:?}: NATS delivers them again")]
    NotDrained {
        /// How many.
        events: usize,
        /// How long it was waited.
        limit: Duration,
    },
}
