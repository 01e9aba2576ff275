//! How the bridge is doing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::Health;

use crate::Source;
use crate::link::Link;

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Status {
    pub(crate) sent: Count,
    pub(crate) handled: Count,
    pub(crate) duplicates: Count,
    pub(crate) failed: Count,
    pub(crate) buried: Count,
    /// Why nothing arrives, by what does not.
    problems: Mutex<BTreeMap<String, String>>,
}

impl Status {
    /// Nothing arrives from there. Logged once for each reason.
    pub(crate) fn blocked(&self, source: &Source, why: String) {
        let before = self.problems().insert(source.to_string(), why.clone());
        if before.as_ref() != Some(&why) {
            tracing::warn!(target: "service::bridge", %source, "cannot get events: {why}");
        }
    }

    /// Something may arrive again.
    pub(crate) fn flows(&self, source: &Source) {
        if self.problems().remove(&source.to_string()).is_some() {
            tracing::info!(target: "service::bridge", %source, "events can arrive again");
        }
    }

    pub(crate) fn health(&self, link: &Link) -> Health {
        let numbers = [
            ("sent", &self.sent),
            ("handled", &self.handled),
            ("duplicates", &self.duplicates),
            ("tries failed", &self.failed),
            ("dead letters", &self.buried),
        ];
        let numbers: Vec<_> = numbers
            .iter()
            .map(|(what, count)| format!("{} {what}", count.get()))
            .collect();
        let counts = format!("node {}: {}", link.node, numbers.join(", "));
        if !link.is_connected() {
            return Health::ill(format!("not connected to NATS; {counts}"));
        }
        match self.problems().iter().next() {
            Some((source, why)) => Health::ill(format!("nothing of {source}: {why}; {counts}")),
            None => Health::well(format!("connected to {}, {counts}", link.server())),
        }
    }

    fn problems(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        // A map is whole between two changes.
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
