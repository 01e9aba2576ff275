//! Events that are kept for those who come late.

use core::any::Any;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An event that is kept.
pub(crate) type Kept = Arc<dyn Any + Send + Sync>;

/// Makes a copy of the event that the pointer points to, which must be of the type whose this is.
pub(crate) type Keep = unsafe fn(*const ()) -> Kept;

/// How many events of a type are kept, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Historic {
    pub(crate) limit: usize,
    pub(crate) keep: Keep,
}

/// The last events of each type that are kept, by the slots of their types.
///
/// Whoever emits one looks up the hooks under the lock under which it is kept; and whoever comes late is made a hook under the
/// lock under which it is told what was kept. So each gets each event once.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<HashMap<usize, VecDeque<Kept>>>);

impl History {
    pub(super) fn lock(&self) -> Locked<'_> {
        Locked(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets all; what that was, to be dropped without a lock.
    pub(super) fn forget(&self) -> HashMap<usize, VecDeque<Kept>> {
        core::mem::take(&mut *self.lock().0)
    }
}

pub(super) struct Locked<'a>(MutexGuard<'a, HashMap<usize, VecDeque<Kept>>>);

impl Locked<'_> {
    /// Keeps an event, and hands out the one that has to go for it, to be dropped without the lock.
    #[must_use]
    pub(super) fn keep(&mut self, slot: usize, event: Kept, limit: usize) -> Option<Kept> {
        let kept = self.0.entry(slot).or_default();
        kept.push_back(event);
        (kept.len() > limit).then(|| kept.pop_front()).flatten()
    }

    /// What is kept, the oldest first.
    pub(super) fn of(&self, slot: usize) -> Vec<Kept> {
        self.0.get(&slot).into_iter().flatten().cloned().collect()
    }
}
