//! The states of a plugin, and what is remembered of each.

use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::graph::NodeId;

/// Where a plugin is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PluginState {
    /// It is part of the application, and has not begun.
    #[default]
    Registered,
    /// Its `initialize` runs.
    Initializing,
    /// It is initialized: others may use it, and its hooks are called.
    Ready,
    /// Its `cleanup` runs.
    Stopping,
    /// It has been cleaned up.
    Stopped,
    /// It failed in `initialize` or `cleanup`, or was not done in time.
    Failed,
    /// It was not begun, because a plugin that it needs failed.
    Skipped,
}

impl fmt::Display for PluginState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Registered => "registered",
            Self::Initializing => "initializing",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        })
    }
}

/// How long each step may take. Whoever exceeds a limit is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For each plugin's `initialize`; `#[plugin(timeout = "…")]` overrides it. 30 s unless set.
    pub initialize: Duration,
    /// For each plugin's `cleanup`. 10 s unless set.
    pub cleanup: Duration,
    /// For a whole shutdown, and for a whole rollback. 30 s unless set. Hooks on `app.shutdown` and events under way get
    /// at most half of it, so that they cannot take the time of the cleanups. A plugin whose turn comes after the whole
    /// still gets a tenth of a second: cleanup is always begun.
    pub shutdown: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            initialize: Duration::from_secs(30),
            cleanup: Duration::from_secs(10),
            shutdown: Duration::from_secs(30),
        }
    }
}

/// What is remembered of one plugin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) state: PluginState,
    /// How long `initialize` took.
    pub(crate) initialized_in: Option<Duration>,
    /// Why it failed or was skipped.
    pub(crate) reason: Option<String>,
}

/// What is remembered of each plugin, by its place in the graph.
#[derive(Debug)]
pub(crate) struct Records(Mutex<Vec<Record>>);

impl Records {
    pub(crate) fn new(count: usize) -> Self {
        Self(Mutex::new(vec![Record::default(); count]))
    }

    /// Each use is a few plain assignments, so a panic in one leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, node: NodeId) -> Record {
        self.lock().get(node as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn reset(&self) {
        self.lock().fill(Record::default());
    }

    pub(crate) fn set(&self, node: NodeId, state: PluginState) {
        self.update(node, |record| record.state = state);
    }

    pub(crate) fn ready(&self, node: NodeId, took: Duration) {
        self.update(node, |record| {
            record.state = PluginState::Ready;
            record.initialized_in = Some(took);
        });
    }

    /// It initialized, but too late to be ready.
    pub(crate) fn took(&self, node: NodeId, took: Duration) {
        self.update(node, |record| record.initialized_in = Some(took));
    }

    pub(crate) fn ended(&self, node: NodeId, state: PluginState, reason: String) {
        self.update(node, |record| {
            record.state = state;
            record.reason = Some(reason);
        });
    }

    fn update(&self, node: NodeId, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.lock().get_mut(node as usize) {
            change(record);
        }
    }
}
