//! The states of a plugin, and what is remembered of each.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::failure::{Failures, Phase};
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

impl PluginState {
    /// What `as u8` made of it.
    fn from_u8(state: u8) -> Self {
        const ALL: [PluginState; 7] = [
            PluginState::Registered,
            PluginState::Initializing,
            PluginState::Ready,
            PluginState::Stopping,
            PluginState::Stopped,
            PluginState::Failed,
            PluginState::Skipped,
        ];
        const {
            let mut at = 0;
            while at < ALL.len() {
                assert!(ALL[at] as usize == at, "each stands where its number says");
                at += 1;
            }
        }
        ALL.get(state as usize).copied().unwrap_or_default()
    }
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

/// How many plugins may run at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// One: a plugin that blocks it blocks everything, whoever called it. So it may as well be called in place.
    One,
    /// Several: one that blocks its thread must block nobody else.
    Several,
}

impl Threads {
    /// Those of the runtime that this is called in.
    pub(crate) fn of_this_runtime() -> Self {
        match Handle::current().runtime_flavor() {
            RuntimeFlavor::CurrentThread => Self::One,
            _ => Self::Several,
        }
    }
}

/// How long each step may take. Whoever exceeds a limit is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For each plugin's `initialize`, building it included; `#[plugin(timeout = "…")]` overrides it. 30 s unless set.
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
    /// When it began to be built, since the start began.
    pub(crate) begun_after: Option<Duration>,
    /// How long `initialize` took.
    pub(crate) initialized_in: Option<Duration>,
    /// Why it failed or was skipped.
    pub(crate) reason: Option<String>,
}

/// What is remembered of each plugin, by its place in the graph.
///
/// Each is told of several times in a start, and hardly ever asked for: so what is told is a plain store.
#[derive(Debug)]
pub(crate) struct Records {
    by_node: Box<[Remembered]>,
    /// Why they failed or were skipped; few do. Each use is a plain insertion or look-up, so a panic elsewhere leaves
    /// nothing half done.
    reasons: Mutex<BTreeMap<NodeId, String>>,
    pub(super) failures: Arc<Failures>,
}

#[derive(Debug)]
struct Remembered {
    /// Written last and read first: who sees a state sees what led to it.
    state: AtomicU8,
    begun_after: Span,
    initialized_in: Span,
}

/// How long something took, where it has been.
#[derive(Debug)]
struct Span(AtomicU64);

/// In nanoseconds, half a millennium fits.
const NEVER: u64 = u64::MAX;

impl Span {
    const fn never() -> Self {
        Self(AtomicU64::new(NEVER))
    }

    fn get(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            NEVER => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    #[inline]
    fn set(&self, span: Duration) {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(NEVER - 1);
        self.0.store(nanos, Ordering::Relaxed);
    }

    fn forget(&self) {
        self.0.store(NEVER, Ordering::Relaxed);
    }
}

impl Records {
    pub(crate) fn new(count: usize, failures: Arc<Failures>) -> Self {
        let remembered = || Remembered {
            state: AtomicU8::new(PluginState::Registered as u8),
            begun_after: Span::never(),
            initialized_in: Span::never(),
        };
        Self {
            by_node: (0..count).map(|_| remembered()).collect(),
            reasons: Mutex::default(),
            failures,
        }
    }

    /// Who is told of those that fail.
    pub(crate) fn failures(&self) -> Arc<Failures> {
        Arc::clone(&self.failures)
    }

    fn reasons(&self) -> MutexGuard<'_, BTreeMap<NodeId, String>> {
        self.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, node: NodeId) -> Record {
        let Some(remembered) = self.by_node.get(node as usize) else {
            return Record::default();
        };
        let state = PluginState::from_u8(remembered.state.load(Ordering::Acquire));
        Record {
            state,
            begun_after: remembered.begun_after.get(),
            initialized_in: remembered.initialized_in.get(),
            reason: self.reasons().get(&node).cloned(),
        }
    }

    /// What `others` remember of `node`, at its place `at`.
    pub(crate) fn copy(&self, at: NodeId, others: &Self, node: NodeId) {
        let record = others.get(node);
        if let Some(after) = record.begun_after {
            self.begun(at, after);
        }
        if let Some(took) = record.initialized_in {
            self.took(at, took);
        }
        if let Some(reason) = record.reason {
            self.reasons().insert(at, reason);
        }
        self.set(at, record.state);
    }

    pub(crate) fn reset(&self) {
        self.reasons().clear();
        for remembered in &self.by_node {
            remembered.begun_after.forget();
            remembered.initialized_in.forget();
            remembered
                .state
                .store(PluginState::Registered as u8, Ordering::Release);
        }
    }

    #[inline]
    pub(crate) fn set(&self, node: NodeId, state: PluginState) {
        if let Some(remembered) = self.by_node.get(node as usize) {
            remembered.state.store(state as u8, Ordering::Release);
        }
    }

    /// It begins to be built; so long after the start began.
    #[inline]
    pub(crate) fn begun(&self, node: NodeId, after: Duration) {
        if let Some(remembered) = self.by_node.get(node as usize) {
            remembered.begun_after.set(after);
        }
    }

    #[inline]
    pub(crate) fn ready(&self, node: NodeId, took: Duration) {
        self.took(node, took);
        self.set(node, PluginState::Ready);
    }

    /// It initialized, in time or not.
    #[inline]
    pub(crate) fn took(&self, node: NodeId, took: Duration) {
        if let Some(remembered) = self.by_node.get(node as usize) {
            remembered.initialized_in.set(took);
        }
    }

    /// It failed, as whoever asked to be told of it is told soon.
    pub(crate) fn failed(
        &self,
        node: NodeId,
        (phase, plugin): (Phase, &'static str),
        reason: String,
    ) {
        self.failures.note(phase, plugin, &reason);
        self.ended(node, PluginState::Failed, reason);
    }

    pub(crate) fn ended(&self, node: NodeId, state: PluginState, reason: String) {
        self.reasons().insert(node, reason);
        self.set(node, state);
    }
}
