//! In which phase a plugin failed, and who is told.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::hook::panic_text;

/// A phase in the life of a plugin, in which it may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// It is built: its fields are filled.
    Construct,
    /// Its `initialize` runs.
    Initialize,
    /// Its `cleanup` runs.
    Cleanup,
    /// Its `reconfigure` runs, in a reload.
    Reconfigure,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Construct => "construct",
            Self::Initialize => "initialize",
            Self::Cleanup => "cleanup",
            Self::Reconfigure => "reconfigure",
        })
    }
}

struct Failure {
    phase: Phase,
    plugin: &'static str,
    why: String,
}

type Call = Box<dyn Fn(Phase, &str, &str) + Send + Sync>;

/// The failures of a manager's plugins. They come to light where locks are held, so they are noted there, and told where
/// none is.
#[derive(Default)]
pub(crate) struct Failures {
    calls: Vec<Call>,
    /// At most one a plugin and phase. Each use is a plain push or take, so a panic elsewhere leaves nothing half done.
    noted: Mutex<Vec<Failure>>,
}

impl Failures {
    pub(crate) fn call(&mut self, call: impl Fn(Phase, &str, &str) + Send + Sync + 'static) {
        self.calls.push(Box::new(call));
    }

    pub(super) fn note(&self, phase: Phase, plugin: &'static str, why: &str) {
        if self.calls.is_empty() {
            return;
        }
        let why = why.to_owned();
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.push(Failure { phase, plugin, why });
    }

    /// Tells of one at once. To be called where no lock is held.
    pub(crate) fn report(&self, phase: Phase, plugin: &'static str, why: &str) {
        self.note(phase, plugin, why);
        self.tell();
    }

    /// Tells what has been noted since. To be called where no lock is held.
    pub(super) fn tell(&self) {
        if self.calls.is_empty() {
            return;
        }
        let noted = {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            core::mem::take(&mut *noted)
        };
        for Failure { phase, plugin, why } in noted {
            for call in &self.calls {
                let called = catch_unwind(AssertUnwindSafe(|| call(phase, plugin, &why)));
                if let Err(panic) = called {
                    let panic = panic_text(panic);
                    tracing::error!(
                        target: "pepperplug::lifecycle", plugin, why = panic,
                        "what `on_plugin_error` calls panicked",
                    );
                }
            }
        }
    }
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failures")
            .field("calls", &self.calls.len())
            .finish_non_exhaustive()
    }
}
