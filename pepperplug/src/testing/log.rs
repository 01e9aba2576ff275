//! What happened to the hooks of an application, kept for a test to look at.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use similar::{ChangeTag, TextDiff};

use crate::event::EventContext;
use crate::hook::{HookOutcome, HookResultKind};

/// How many hooks and emits are kept: a test that emits without end must not fill the memory.
const MOST: usize = 1 << 16;

/// A hook that was called, and what it came to.
///
/// Its text is a line such as `user.login: auth.on_login`, with ` failed: …` after it where it did, and
/// `, after 3 attempts` where it was tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookRecord {
    /// The event.
    pub event: &'static str,
    /// The plugin that declares the hook; empty for a closure.
    pub plugin: &'static str,
    /// The hook: its method's name, or that of the closure.
    pub hook: &'static str,
    /// What it came to.
    pub result: Recorded,
    /// How often it was called; 0 where that is not known, since the emit ended first.
    pub attempts: u32,
}

/// What a hook came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// It is done.
    Done,
    /// It failed, and the emitter was told this.
    Failed(String),
    /// It failed with this, and its `on_error` kept that from the emitter.
    Ignored(String),
    /// The emit was ended by its deadline or its token before it was done. Of an emit whose future is dropped nothing is
    /// kept.
    Ended,
}

impl fmt::Display for HookRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.event)?;
        if self.plugin.is_empty() {
            write!(f, "{}", self.hook)?;
        } else {
            write!(f, "{}.{}", self.plugin, self.hook)?;
        }
        match &self.result {
            Recorded::Done => {}
            Recorded::Failed(why) => write!(f, " failed: {why}")?,
            Recorded::Ignored(why) => write!(f, " failed, and that is ignored: {why}")?,
            Recorded::Ended => f.write_str(" was not done when the emit ended")?,
        }
        if self.attempts > 1 {
            write!(f, ", after {} attempts", self.attempts)?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Kept {
    hooks: Vec<HookRecord>,
    emits: Vec<&'static str>,
}

/// Every hook that was called, in the order in which they were done, and every event that was emitted. Clones are the
/// same log.
///
/// It keeps the first 65,536 of each since it was last [cleared](Self::clear).
#[derive(Debug, Clone, Default)]
pub struct HookLog(Arc<Mutex<Kept>>);

impl HookLog {
    /// Only pushes and copies happen under the lock, so a panic leaves nothing half done.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn emitted(&self, ctx: &EventContext<'_>) {
        let mut kept = self.kept();
        if kept.emits.len() < MOST {
            kept.emits.push(ctx.event());
        }
    }

    pub(super) fn came(&self, outcome: &HookOutcome<'_>, ctx: &EventContext<'_>) {
        let (result, attempts) = match &outcome.result {
            HookResultKind::Done(attempts) => (Recorded::Done, *attempts),
            HookResultKind::Failed(error) => {
                (Recorded::Failed(error.failure.to_string()), error.attempts)
            }
            HookResultKind::Ignored(error) => {
                (Recorded::Ignored(error.failure.to_string()), error.attempts)
            }
            HookResultKind::Ended => (Recorded::Ended, 0),
        };
        let mut kept = self.kept();
        if kept.hooks.len() < MOST {
            kept.hooks.push(HookRecord {
                event: ctx.event(),
                plugin: outcome.plugin,
                hook: outcome.hook,
                result,
                attempts,
            });
        }
    }

    /// All of them.
    #[must_use]
    pub fn hooks(&self) -> Vec<HookRecord> {
        self.kept().hooks.clone()
    }

    /// The hooks of one event.
    #[must_use]
    pub fn of_event(&self, event: &str) -> Vec<HookRecord> {
        self.of(|record| record.event == event)
    }

    /// The hooks of one plugin.
    #[must_use]
    pub fn of_plugin(&self, plugin: &str) -> Vec<HookRecord> {
        self.of(|record| record.plugin == plugin)
    }

    fn of(&self, is: impl Fn(&HookRecord) -> bool) -> Vec<HookRecord> {
        let kept = self.kept();
        kept.hooks.iter().filter(|it| is(it)).cloned().collect()
    }

    /// How many hooks of that name of a plugin are done or have failed, or were begun.
    #[must_use]
    pub fn count(&self, plugin: &str, hook: &str) -> usize {
        self.of(|it| it.plugin == plugin && it.hook == hook).len()
    }

    /// The names of the events that were emitted, in that order; also of those without a hook.
    #[must_use]
    pub fn emits(&self) -> Vec<&'static str> {
        self.kept().emits.clone()
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        *self.kept() = Kept::default();
    }

    /// Asserts that exactly these hooks were called, in this order, each as its [`HookRecord`] is written. Hooks on
    /// `app.startup` and `app.shutdown` are among them: [`clear`](Self::clear) the log after the start, if they do not
    /// matter.
    ///
    /// # Panics
    /// If it is otherwise, with a line for each hook: `-` before one that was expected and not called, `+` before one that
    /// was called and not expected.
    #[track_caller]
    pub fn assert_hooks(&self, expected: &[&str]) {
        let hooks = self.kept().hooks.clone();
        let called: Vec<String> = hooks.iter().map(ToString::to_string).collect();
        if called.iter().eq(expected.iter()) {
            return;
        }
        let called: Vec<&str> = called.iter().map(String::as_str).collect();
        let mut text = "other hooks were called than expected (-: expected, +: called)".to_owned();
        for change in TextDiff::from_slices(expected, &called).iter_all_changes() {
            let tag = match change.tag() {
                ChangeTag::Delete => "- ",
                ChangeTag::Insert => "+ ",
                ChangeTag::Equal => "  ",
            };
            text.push_str("\n  ");
            text.push_str(tag);
            text.push_str(change.value());
        }
        panic!("{text}");
    }
}
