//! Who came and went: hears of every event about users, those included that are declared after it
//! was written.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::AuditLog;
use pepperplug::prelude::*;

/// How many entries are kept: a log that grows for ever ends the application one day.
const KEPT: usize = 1000;

/// Keeps the last entries in memory.
#[plugin(description = "who came and went", provides(dyn AuditLog), feature = "audit", optional)]
#[derive(Debug)]
pub struct AuditPlugin {
    entries: Mutex<VecDeque<String>>,
}

#[plugin]
impl AuditPlugin {
    /// A pattern fits events of many types, so the hook is given the context only.
    #[hook("user.*", priority = low)]
    fn note(&self, ctx: &EventContext) {
        self.record(ctx.event().to_owned());
    }
}

impl AuditPlugin {
    fn entries_mut(&self) -> MutexGuard<'_, VecDeque<String>> {
        // Nothing that holds the lock leaves the entries half changed, so those of a thread that
        // panicked are good.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditLog for AuditPlugin {
    fn record(&self, entry: String) {
        let mut entries = self.entries_mut();
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    fn entries(&self) -> Vec<String> {
        self.entries_mut().iter().cloned().collect()
    }
}
