//! What came of a reload.

use core::fmt;
use std::sync::Arc;

use super::problem::{Ending, Line, StartError, write_lines};

/// What a reload changed. By plugin, in start order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reload {
    /// The plugins that took their new settings in place, by their `reconfigure`.
    pub reconfigured: Vec<&'static str>,
    /// The plugins that were replaced by new instances: those with new settings and no `reconfigure`, and all that had
    /// one of these injected.
    pub restarted: Vec<&'static str>,
    /// The plugins that were not part of the application before.
    pub enabled: Vec<&'static str>,
    /// The plugins that are no longer part of the application.
    pub disabled: Vec<&'static str>,
    /// What went wrong once the new plugins were in place: events that kept the old ones for too long, and cleanups of
    /// these that failed.
    pub problems: Vec<String>,
}

impl Reload {
    /// Whether everything is as it was before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

impl fmt::Display for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("reconfigured", &self.reconfigured),
            ("restarted", &self.restarted),
            ("enabled", &self.enabled),
            ("disabled", &self.disabled),
        ];
        let parts = parts.iter().filter(|(_, plugins)| !plugins.is_empty());
        let parts: Vec<String> = parts
            .map(|(what, plugins)| format!("{what} {}", plugins.join(", ")))
            .collect();
        if parts.is_empty() {
            f.write_str("nothing changed")?;
        }
        f.write_str(&parts.join("; "))?;
        for problem in &self.problems {
            write!(f, "\n  {}", problem.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}

/// A reload failed, and everything runs as it did before: which plugin failed and why, and what became of the others that
/// were to take part.
#[derive(Clone)]
pub struct ReloadError(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Vec<Line>,
    note: Option<String>,
}

impl ReloadError {
    /// Lines of one kind keep their order.
    pub(crate) fn new(mut lines: Vec<Line>, note: Option<String>) -> Self {
        lines.sort_by_key(|line| line.ending.place());
        Self(Arc::new(Inner { lines, note }))
    }

    /// The new plugins did not start.
    pub(crate) fn of_start(error: StartError) -> Self {
        let was_shut_down = error.was_shut_down();
        let (lines, note) = error.into_parts();
        let note = match note {
            Some(_) if was_shut_down => Some("the application shuts down".to_owned()),
            note => note,
        };
        Self::new(lines, note)
    }

    /// The plugins that failed to initialize or to take their settings, the first cause first.
    pub fn failed(&self) -> impl Iterator<Item = &'static str> + '_ {
        let failed = |line: &&Line| matches!(line.ending, Ending::Failed { .. });
        self.0.lines.iter().filter(failed).map(|line| line.plugin)
    }
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[PP260] the reload failed, and everything runs as it did before")?;
        if let Some(note) = &self.0.note {
            write!(f, ": {}", note.replace('\n', "\n  "))?;
        }
        write_lines(f, &self.0.lines)
    }
}

impl std::error::Error for ReloadError {}
