//! What became of a hook.

use core::any::Any;
use core::fmt::Display;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{BoxError, EmitError, Error};

/// Why a hook did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookFailure {
    /// It returned an error.
    #[error("{0}")]
    Error(BoxError),
    /// It panicked; the text is that of the panic.
    #[error("it panicked: {0}")]
    Panicked(String),
    /// It was not done in time and was cancelled.
    #[error("it was not done after {0:?}")]
    TimedOut(Duration),
}

impl HookFailure {
    #[cold]
    pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Self {
        Self::Panicked(panic_text(panic))
    }
}

/// The text of a panic.
pub(crate) fn panic_text(panic: Box<dyn Any + Send>) -> String {
    let text = match panic.downcast_ref::<String>() {
        Some(text) => text.clone(),
        None => panic.downcast_ref::<&'static str>().map_or_else(
            || "a panic without a text".to_owned(),
            |text| (*text).to_owned(),
        ),
    };
    // What a panic carries may panic in its turn when it is dropped. Twice is enough.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        core::mem::forget(again);
    }
    text
}

/// The text of an error that others made: writing it is their code, and may panic.
pub(crate) fn text_of(error: &dyn Display) -> String {
    catch_unwind(AssertUnwindSafe(|| error.to_string()))
        .unwrap_or_else(|panic| format!("an error whose text panics: {}", panic_text(panic)))
}

/// A hook that failed: which, on what, and why.
#[derive(thiserror::Error)]
#[error("{} failed on event `{event}`: {failure}{}", label(plugin, hook), Attempts(*attempts))]
#[non_exhaustive]
pub struct HookError {
    /// The plugin that declares the hook; empty for a closure.
    pub plugin: &'static str,
    /// The hook: its method's name, or that of the closure.
    pub hook: &'static str,
    /// The event that was emitted.
    pub event: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// How long it took, all attempts together. Known in mode collect, of hooks with a timeout or retries that had to wait,
    /// and where interceptors look on: an emit that needs no clock does not read it.
    pub duration: Option<Duration>,
    /// Why the last attempt failed.
    #[source]
    pub failure: HookFailure,
}

/// A hook, for people to read.
pub(super) fn label(plugin: &str, hook: &str) -> String {
    if plugin.is_empty() {
        format!("closure `{hook}`")
    } else {
        format!("hook `{hook}` of plugin `{plugin}`")
    }
}

impl HookError {
    /// Whether it passes on that emits within emits do not end.
    pub(super) fn is_too_deep(&self) -> bool {
        let HookFailure::Error(error) = &self.failure else {
            return false;
        };
        matches!(
            error.downcast_ref::<Error>(),
            Some(Error::Emit(EmitError::TooDeep { .. }))
        )
    }
}

struct Attempts(u32);

impl core::fmt::Display for Attempts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

/// One hook's answer to an event in mode collect.
#[derive(Debug)]
#[non_exhaustive]
pub struct HookResult<O> {
    /// The plugin that declares the hook; empty for a closure.
    pub plugin: &'static str,
    /// The hook: its method's name, or that of the closure.
    pub hook: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// How long it took, all attempts together.
    pub duration: Duration,
    /// Its answer, or why there is none.
    pub outcome: Result<O, HookError>,
}
