//! What a hook is told besides the event.

use core::time::Duration;

use tokio::time::Instant;

use super::{Emit, EventMeta, SyncEvent};
use crate::error::Error;
use crate::hook::Dispatcher;

/// What a step gets when the time for the whole is used up: so that each hook is called and each cleanup is begun, and
/// what was cancelled has time to end.
pub(crate) const LAST_CHANCE: Duration = Duration::from_millis(100);

/// The circumstances of one emit, for hooks that take it: `ctx: &EventContext`.
#[derive(Debug, Clone, Copy)]
pub struct EventContext<'a> {
    event: &'static EventMeta,
    dispatcher: &'a Dispatcher,
    /// When the whole emit is to be done; only the lifecycle's own emits have one.
    deadline: Option<Instant>,
}

impl<'a> EventContext<'a> {
    pub(crate) fn new(event: &'static EventMeta, dispatcher: &'a Dispatcher) -> Self {
        Self {
            event,
            dispatcher,
            deadline: None,
        }
    }

    pub(crate) fn until(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How long a hook may take whose own limit is `limit`. One whose turn comes after the deadline is called all the
    /// same.
    pub(crate) fn within(&self, limit: Option<Duration>) -> Option<Duration> {
        let Some(deadline) = self.deadline else {
            return limit;
        };
        let left = deadline
            .saturating_duration_since(Instant::now())
            .max(LAST_CHANCE);
        Some(limit.map_or(left, |limit| limit.min(left)))
    }

    /// Whether there is no time for another attempt.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// The event's name.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event.name()
    }

    /// Emits another event from inside the hook; as [`PluginManager::emit`](crate::PluginManager::emit).
    ///
    /// # Errors
    /// Those of [`PluginManager::emit`](crate::PluginManager::emit).
    pub async fn emit<T: Emit<R>, R>(&self, event: T) -> Result<R, Error> {
        event.emit_on(self.dispatcher).await
    }

    /// As [`emit`](Self::emit), for an event declared `sync`: no future at all.
    ///
    /// # Errors
    /// Those of [`PluginManager::emit`](crate::PluginManager::emit).
    pub fn emit_sync<T: Emit<R, Event = E>, E: SyncEvent, R>(&self, event: T) -> Result<R, Error> {
        event.emit_sync_on(self.dispatcher)
    }
}
