//! How the writer is doing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use api::Health;

/// Told by the writer, asked by hooks and by whoever checks the health.
#[derive(Debug, Default)]
pub(crate) struct Status {
    waiting: AtomicU64,
    written: AtomicU64,
    refused: AtomicU64,
    /// Whether there is a `failure`: hooks ask often.
    fails: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

#[derive(Debug)]
struct Failure {
    since: Instant,
    why: String,
}

impl Status {
    /// A line is on its way.
    pub(crate) fn accept(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// A line is not on its way after all.
    pub(crate) fn refuse(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn wrote(&self, lines: usize) {
        self.waiting.fetch_sub(lines as u64, Ordering::Relaxed);
        self.written.fetch_add(lines as u64, Ordering::Relaxed);
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether nothing can be written at the moment.
    pub(crate) fn fails(&self) -> bool {
        self.fails.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self, why: String) {
        let mut failure = self.failure();
        if failure.as_ref().is_none_or(|before| before.why != why) {
            tracing::error!(target: "service::audit", "{why}");
        }
        let since = failure.take().map(|before| before.since);
        *failure = Some(Failure {
            since: since.unwrap_or_else(Instant::now),
            why,
        });
        self.fails.store(true, Ordering::Relaxed);
    }

    pub(crate) fn recovered(&self) {
        if self.failure().take().is_some() {
            self.fails.store(false, Ordering::Relaxed);
            tracing::info!(target: "service::audit", "lines can be written again");
        }
    }

    pub(crate) fn why(&self) -> Option<String> {
        self.failure().as_ref().map(|failure| failure.why.clone())
    }

    pub(crate) fn health(&self) -> Health {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        let (written, waiting) = (count(&self.written), count(&self.waiting));
        let mut counts = format!("{written} lines written, {waiting} waiting");
        let refused = count(&self.refused);
        if refused > 0 {
            counts.push_str(&format!(", {refused} refused"));
        }
        match &*self.failure() {
            None => Health::well(counts),
            Some(Failure { since, why }) => {
                let seconds = since.elapsed().as_secs();
                Health::ill(format!("{why}, for {seconds} s; {counts}"))
            }
        }
    }

    fn failure(&self) -> MutexGuard<'_, Option<Failure>> {
        // Whoever held it left it whole.
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
