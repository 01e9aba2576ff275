//! What went wrong in a start or a shutdown, all of it in one error.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::error::seconds;

/// Where a plugin ended, as an error tells it.
#[derive(Debug)]
pub(crate) enum Ending {
    Failed {
        after: Duration,
        why: String,
    },
    RolledBack {
        started_in: Duration,
        cleanup: Option<String>,
    },
    Cancelled {
        after: Duration,
        still_running: bool,
    },
    NotBegun {
        waits_for: Vec<&'static str>,
    },
    /// It had taken new settings, and was given its old ones again.
    PutBack {
        why: Option<String>,
    },
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) plugin: &'static str,
    pub(crate) ending: Ending,
}

/// The application did not start: which plugin failed and why, and what became of the others.
///
/// Everything that had started was stopped again, in reverse; problems in that are part of the same error.
#[derive(Clone)]
pub struct StartError(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Vec<Line>,
    /// What is not the fault of one plugin: a hook on `app.startup`, or a shutdown that came in between.
    note: Option<String>,
    shut_down: bool,
}

/// Why a start ended that is no plugin's own reason to.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// A shutdown came in between, or the manager was dropped.
    ShutDown,
    Other(String),
}

impl StartError {
    /// Lines of one kind keep their order.
    pub(crate) fn new(mut lines: Vec<Line>, note: Option<Note>) -> Self {
        lines.sort_by_key(|line| line.ending.place());
        let shut_down = matches!(note, Some(Note::ShutDown));
        let note = note.map(|note| match note {
            Note::ShutDown => "it was shut down before it had started".to_owned(),
            Note::Other(text) => text,
        });
        Self(Arc::new(Inner {
            lines,
            note,
            shut_down,
        }))
    }

    /// Whether a shutdown that came before the application had started is why it did not. Plugins may have
    /// [failed](Self::failed) all the same: optional ones before, others while they were cancelled.
    #[must_use]
    pub fn was_shut_down(&self) -> bool {
        self.0.shut_down
    }

    /// The plugins whose `initialize` failed, the first cause first.
    pub fn failed(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.of(|ending| matches!(ending, Ending::Failed { .. }))
    }

    /// The plugins that had started and were stopped again, in that order.
    pub fn rolled_back(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.of(|ending| matches!(ending, Ending::RolledBack { .. }))
    }

    /// The plugins that were not begun.
    pub fn not_begun(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.of(|ending| matches!(ending, Ending::NotBegun { .. }))
    }

    /// The plugins whose `initialize` had been cancelled, but had not ended when this error was made: they block their
    /// thread. Should one succeed after all, it is cleaned up at once.
    pub fn still_running(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.of(|ending| {
            matches!(
                ending,
                Ending::Cancelled {
                    still_running: true,
                    ..
                }
            )
        })
    }

    pub(crate) fn into_parts(self) -> (Vec<Line>, Option<String>) {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => (inner.lines, inner.note),
            // Not reached: nobody else has one that was just made.
            Err(shared) => (Vec::new(), Some(Self(shared).to_string())),
        }
    }

    /// Whose cleanup failed while everything was stopped again, and why.
    pub(crate) fn cleanup_problems(&self) -> Vec<(&'static str, String)> {
        let problem = |line: &Line| match &line.ending {
            Ending::RolledBack {
                cleanup: Some(why), ..
            } => Some((line.plugin, why.clone())),
            _ => None,
        };
        self.0.lines.iter().filter_map(problem).collect()
    }

    fn of(&self, is: fn(&Ending) -> bool) -> impl Iterator<Item = &'static str> + '_ {
        self.0
            .lines
            .iter()
            .filter(move |line| is(&line.ending))
            .map(|line| line.plugin)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[PP230] the application did not start")?;
        if let Some(note) = &self.0.note {
            // Deeper than the plugins below, which are no part of it.
            write!(f, ": {}", note.replace('\n', "\n  "))?;
        }
        write_lines(f, &self.0.lines)
    }
}

/// What became of each plugin, a line each.
pub(super) fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[Line]) -> fmt::Result {
    let widths = lines.iter().map(|line| line.plugin.chars().count());
    let width = widths.max().unwrap_or_default();
    for line in lines {
        write!(f, "\n  {:width$}  {}", line.plugin, line.ending)?;
    }
    Ok(())
}

impl std::error::Error for StartError {}

impl Ending {
    /// Causes come first, then what was cancelled and undone, last what never began.
    pub(super) fn place(&self) -> u8 {
        match self {
            Self::Failed { .. } => 0,
            Self::Cancelled { .. } => 1,
            Self::PutBack { .. } => 2,
            Self::RolledBack { .. } => 3,
            Self::NotBegun { .. } => 4,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { after, why } => {
                write!(
                    f,
                    "failed     after {}: {}",
                    seconds(*after),
                    why.replace('\n', "\n    ")
                )
            }
            Self::RolledBack {
                started_in,
                cleanup: None,
            } => {
                write!(
                    f,
                    "stopped    (had started in {}; rolled back)",
                    seconds(*started_in)
                )
            }
            Self::RolledBack {
                started_in,
                cleanup: Some(why),
            } => {
                write!(
                    f,
                    "stopped    (had started in {}; rolled back; {why})",
                    seconds(*started_in)
                )
            }
            Self::Cancelled {
                after,
                still_running: false,
            } => {
                write!(f, "cancelled  after {}", seconds(*after))
            }
            Self::Cancelled {
                after,
                still_running: true,
            } => {
                write!(
                    f,
                    "cancelled  after {}, but still running: it blocks its thread",
                    seconds(*after)
                )
            }
            Self::PutBack { why: None } => f.write_str("put back   (has its old settings again)"),
            Self::PutBack { why: Some(why) } => {
                write!(f, "put back   (was to have its old settings again: {why})")
            }
            Self::NotBegun { waits_for } if waits_for.is_empty() => f.write_str("not begun"),
            Self::NotBegun { waits_for } => {
                write!(f, "not begun  (waits for {})", waits_for.join(", "))
            }
        }
    }
}

/// The application stopped, but not everything went well: whose cleanup failed, and why. All others were cleaned up.
#[derive(Clone)]
pub struct ShutdownError(Arc<Problems>);

/// What went wrong in a shutdown, with what or whom.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// What is not one plugin's cleanup: hooks on `app.shutdown`, events that were under way.
    pub(crate) others: Vec<(&'static str, String)>,
    pub(crate) plugins: Vec<(&'static str, String)>,
}

impl Problems {
    pub(crate) fn into_result(self) -> Result<(), ShutdownError> {
        if self.others.is_empty() && self.plugins.is_empty() {
            return Ok(());
        }
        Err(ShutdownError(Arc::new(self)))
    }
}

impl ShutdownError {
    /// The plugins whose cleanup failed, in the order in which they stopped.
    pub fn failed(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.plugins.iter().map(|(plugin, _)| *plugin)
    }
}

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[PP231] the application stopped, with problems")?;
        let problems = || self.0.others.iter().chain(&self.0.plugins);
        let width = problems()
            .map(|(what, _)| what.chars().count())
            .max()
            .unwrap_or_default();
        for (what, why) in problems() {
            write!(f, "\n  {what:width$}  {}", why.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}

impl std::error::Error for ShutdownError {}

/// A ring of causes must not be followed for ever.
const MOST_CAUSES: usize = 32;

/// An error and its causes, in one line.
pub(super) fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    for _ in 0..MOST_CAUSES {
        let Some(error) = cause else { break };
        let next = error.to_string();
        // Many errors repeat their cause in their own text.
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}
