//! Whoever looks on while events are emitted.

use core::fmt;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::hook_run::Ran;
use super::result::{HookError, panic_text};
use super::table::TableHook;
use crate::event::EventContext;

/// What a hook has come to, for [`on_result`](crate::PluginManagerBuilder::on_result).
#[derive(Debug)]
#[non_exhaustive]
pub struct HookOutcome<'a> {
    /// The plugin that declares the hook; empty for a closure.
    pub plugin: &'static str,
    /// The hook: its method's name, or that of the closure.
    pub hook: &'static str,
    /// How long it took, all attempts together.
    pub duration: Duration,
    /// What became of it.
    pub result: HookResultKind<'a>,
}

/// How a hook ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum HookResultKind<'a> {
    /// It is done, after so many attempts.
    Done(u32),
    /// It has failed, and the emitter is told.
    Failed(&'a HookError),
    /// It has failed, and its `on_error` keeps that from the emitter.
    Ignored(&'a HookError),
    /// The emit ended before it was done.
    Ended,
}

impl HookResultKind<'_> {
    /// In a word, for labels: `done`, `failed`, `ignored` or `ended`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::Ignored(_) => "ignored",
            Self::Ended => "ended",
        }
    }
}

type OnEmit = Box<dyn Fn(&EventContext<'_>) + Send + Sync>;
type OnResult = Box<dyn Fn(&HookOutcome<'_>, &EventContext<'_>) + Send + Sync>;

/// All who look on. Each is called in the emitter's task, and a panic in it is logged and nothing else.
#[derive(Default)]
pub(crate) struct Observers {
    on_emit: Vec<OnEmit>,
    on_result: Vec<OnResult>,
}

impl Observers {
    pub(crate) fn on_emit(&mut self, call: impl Fn(&EventContext<'_>) + Send + Sync + 'static) {
        self.on_emit.push(Box::new(call));
    }

    pub(crate) fn on_result(
        &mut self,
        call: impl Fn(&HookOutcome<'_>, &EventContext<'_>) + Send + Sync + 'static,
    ) {
        self.on_result.push(Box::new(call));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.on_emit.is_empty() && self.on_result.is_empty()
    }

    pub(super) fn begins(&self, ctx: &EventContext<'_>) {
        for call in &self.on_emit {
            guarded(|| call(ctx));
        }
    }

    pub(super) fn look_on(
        &self,
        hook: &TableHook,
        ctx: &EventContext<'_>,
        ran: &Ran,
        duration: Duration,
    ) {
        let result = match ran {
            Ran::Pending | Ran::Again | Ran::Ignored(None) => return,
            Ran::Done(attempts) => HookResultKind::Done(*attempts),
            Ran::Failed(error) => HookResultKind::Failed(error),
            Ran::Ignored(Some(error)) => HookResultKind::Ignored(error),
            Ran::Ended(_) => HookResultKind::Ended,
        };
        let outcome = HookOutcome {
            plugin: hook.plugin,
            hook: hook.meta.name(),
            duration,
            result,
        };
        for call in &self.on_result {
            guarded(|| call(&outcome, ctx));
        }
    }
}

fn guarded(call: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(call)) {
        let why = panic_text(panic);
        tracing::error!(target: "pepperplug::dispatch", why, "an interceptor panicked");
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers")
            .field("on_emit", &self.on_emit.len())
            .field("on_result", &self.on_result.len())
            .finish()
    }
}
