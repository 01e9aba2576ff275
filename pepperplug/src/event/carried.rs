//! What an emit carries besides its event.

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tokio::time::Instant;

use super::CancellationToken;

/// What belongs together: an emit and all emits from within its hooks have one correlation id.
///
/// Written as text, it is what [`EmitContext::correlation_id`] was given, or a number in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CorrelationId(Id);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Id {
    Number(u64),
    Text(Arc<str>),
}

impl CorrelationId {
    pub(super) fn number(number: u64) -> Self {
        Self(Id::Number(number))
    }

    pub(super) fn text(text: &Arc<str>) -> Self {
        Self(Id::Text(Arc::clone(text)))
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Id::Number(number) => write!(f, "{number:016x}"),
            Id::Text(text) => f.pad(text),
        }
    }
}

/// A number that no other emit of this process has, and most likely none of another process.
pub(super) fn fresh_number() -> u64 {
    static FIRST: OnceLock<u64> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let first = FIRST.get_or_init(|| RandomState::new().build_hasher().finish());
    let number = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    // Zero means that there is none.
    number.max(1)
}

/// Until when an emit is to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    /// Whether hooks whose turn comes after it are called all the same, and get a last chance.
    pub(crate) is_soft: bool,
}

/// What an emit carries besides its event, for [`emit_with`](crate::Events::emit_with). Emits from within its hooks
/// inherit all of it, and may override each part.
///
/// ```
/// use std::time::Duration;
///
/// use pepperplug::EmitContext;
///
/// let context = EmitContext::new()
///     .correlation_id("request-42")
///     .metadata("tenant", "acme")
///     .timeout(Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it does nothing until an event is emitted with it"]
pub struct EmitContext {
    pub(super) carried: Carried,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Carried {
    pub(super) id: Option<Arc<str>>,
    pub(super) metadata: BTreeMap<String, Said>,
    pub(super) deadline: Option<Deadline>,
    pub(super) cancellation: Option<CancellationToken>,
}

/// A value of the metadata.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) value: Value,
    /// Whether it was said of an emit around this one.
    pub(super) is_inherited: bool,
}

impl EmitContext {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id by which to tell what belongs together, such as that of a request. Without one, the emit gets a number of
    /// its own as soon as somebody asks.
    pub fn correlation_id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.carried.id = Some(id.into());
        self
    }

    /// A value for hooks to read with [`EventContext::metadata`](crate::EventContext::metadata). The last of one key holds.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let said = Said {
            value: value.into(),
            is_inherited: false,
        };
        self.carried.metadata.insert(key.into(), said);
        self
    }

    /// When the whole emit is to be done. A hook that runs then is cancelled at its current await, and those after it are
    /// not called.
    pub fn deadline(mut self, at: Instant) -> Self {
        let is_soft = false;
        self.carried.deadline = Some(Deadline { at, is_soft });
        self
    }

    /// As [`deadline`](Self::deadline), counted from now.
    pub fn timeout(self, limit: Duration) -> Self {
        let now = Instant::now();
        // A deadline that the clock cannot tell is none.
        match now.checked_add(limit) {
            Some(at) => self.deadline(at),
            None => self,
        }
    }

    /// Cancels the emit when `token` is cancelled: the hook that runs then is dropped at its current await, and those after
    /// it are not called.
    pub fn cancellation(mut self, token: CancellationToken) -> Self {
        self.carried.cancellation = Some(token);
        self
    }

    pub(crate) fn until(mut self, at: Instant) -> Self {
        let is_soft = true;
        self.carried.deadline = Some(Deadline { at, is_soft });
        self
    }
}

impl Carried {
    /// What an emit carries that is given nothing within one that carries `outer`.
    pub(super) fn passed_on(outer: &Arc<Self>) -> Arc<Self> {
        if outer.metadata.values().all(|said| said.is_inherited) {
            return Arc::clone(outer);
        }
        Arc::new(Self::default().within(outer))
    }

    /// What an emit carries that is given `self` within one that carries `outer`.
    pub(super) fn within(mut self, outer: &Self) -> Self {
        self.id = self.id.or_else(|| outer.id.clone());
        for (key, said) in &outer.metadata {
            let own = self.metadata.entry(key.clone());
            own.or_insert_with(|| Said {
                value: said.value.clone(),
                is_inherited: true,
            });
        }
        self.deadline = earlier(self.deadline, outer.deadline);
        // Of two tokens the inner one is heeded here, and the outer one cancels the hook that emits.
        self.cancellation = self.cancellation.or_else(|| outer.cancellation.clone());
        self
    }
}

fn earlier(own: Option<Deadline>, outer: Option<Deadline>) -> Option<Deadline> {
    match (own, outer) {
        (Some(own), Some(outer)) if outer.at < own.at => Some(outer),
        (None, outer) => outer,
        (own, _) => own,
    }
}
