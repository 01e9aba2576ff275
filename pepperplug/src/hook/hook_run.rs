//! One hook of an emit, from its first call to its end: with its retries, within its time.

#![allow(
    unsafe_code,
    reason = "polls futures in place; see the invariants of `HookRun`"
)]

use core::future::Future;
use core::task::Context;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::patience::{End, Patience, Strike};
use super::policy::OnError;
use super::result::{HookError, HookFailure, panic_text, text_of};
use super::slot::FutureSlot;
use super::status::{Came, Status};
use super::table::TableHook;
use crate::event::{EventContext, Limits};

/// The state of one hook's run, pinned with its slot.
///
/// # Invariants
/// What the slot holds borrows from the plugin, the event and the context of the emit that it is part of. All of them live
/// until [`clear`](Self::clear), which whoever owns a run calls before it lets go of any of them.
pub(super) struct HookRun {
    pub(super) slot: FutureSlot,
    state: State,
    /// How often it has been tried and has failed.
    failures: u32,
    /// When it was begun, where somebody wants to know or it had to wait for long.
    pub(super) since: Option<Instant>,
    patience: Option<Box<Patience>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not begun, or done.
    Idle,
    /// Its future is in the slot, and is pending.
    Waits,
    /// It has failed, and pauses before it is tried again.
    Pauses,
}

/// What a run has come to.
#[derive(Debug)]
pub(super) enum Ran {
    /// The hook waits, or pauses.
    Pending,
    /// The hook is to be called, once more.
    Again,
    /// The hook is done, and its value has been handed in.
    Done(u32),
    /// It has failed for good.
    Failed(Box<HookError>),
    /// It has failed, and that is not the emitter's concern; or it has decided not to be called.
    Ignored(Option<Box<HookError>>),
    /// The whole emit is to end.
    Ended(End),
}

impl HookRun {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            slot: FutureSlot::new(),
            state: State::Idle,
            failures: 0,
            since: None,
            patience: None,
        }
    }

    /// Writes all but the slot.
    ///
    /// # Safety
    /// `this` is the place of a run.
    pub(super) unsafe fn complete(this: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*this).state).write(State::Idle);
            (&raw mut (*this).failures).write(0);
            (&raw mut (*this).since).write(None);
            (&raw mut (*this).patience).write(None);
        }
    }

    /// Whether it is being tried again.
    #[inline(always)]
    pub(super) fn is_retried(&self) -> bool {
        self.failures > 0
    }

    #[inline(always)]
    pub(super) fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// Goes on with a hook that is not idle. A panic of the hook leaves it as it was.
    ///
    /// # Safety
    /// `self` is pinned, its slot laid out in this poll, and what the hook borrows from is alive.
    pub(super) unsafe fn resume(
        &mut self,
        hook: &TableHook,
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        if self.state == State::Pauses {
            return self.pause(ctx, cx);
        }
        // SAFETY: the caller's promise.
        let status = unsafe { FutureSlot::poll(&raw mut self.slot) };
        self.state = State::Idle;
        self.settle(hook, status, ctx, cx)
    }

    /// What the status of a call or poll comes to.
    #[inline]
    pub(super) fn settle(
        &mut self,
        hook: &TableHook,
        status: Status,
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        if status.is_pending() {
            self.state = State::Waits;
            return self.wait(hook, ctx, cx);
        }
        match status.came() {
            Came::Failed(error) => self.fail(hook, HookFailure::Error(error), ctx, cx),
            Came::Skipped => {
                self.done();
                Ran::Ignored(None)
            }
            Came::Done | Came::Pending => Ran::Done(self.done()),
        }
    }

    /// It is done; how often it was tried.
    #[inline]
    pub(super) fn done(&mut self) -> u32 {
        if let Some(patience) = &mut self.patience {
            patience.armed = false;
        }
        core::mem::take(&mut self.failures) + 1
    }

    /// Holds a hook that waits to its limits.
    #[inline]
    fn wait(&mut self, hook: &TableHook, ctx: &EventContext<'_>, cx: &mut Context<'_>) -> Ran {
        let limits = ctx.limits();
        if hook.timeout().is_none() && limits.is_none() {
            return Ran::Pending;
        }
        self.wait_within(hook, limits, ctx, cx)
    }

    fn wait_within(
        &mut self,
        hook: &TableHook,
        limits: Option<Limits<'_>>,
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        let patience = self.patience.get_or_insert_default();
        if !patience.armed {
            if Handle::try_current().is_err() {
                let why = "it has to wait, and its timeout needs a tokio runtime";
                return self.fail_for_good(hook, HookFailure::Error(why.into()), ctx);
            }
            self.since.get_or_insert_with(Instant::now);
            patience.arm(hook.timeout(), limits);
        }
        match patience.strikes(cx) {
            None => Ran::Pending,
            Some(Strike::Hook(limit)) => self.fail(hook, HookFailure::TimedOut(limit), ctx, cx),
            Some(Strike::Emit(ended)) => {
                self.clear(ctx);
                Ran::Ended(ended)
            }
        }
    }

    /// A call or poll panicked.
    pub(super) fn panicked(
        &mut self,
        hook: &TableHook,
        failure: HookFailure,
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        self.fail(hook, failure, ctx, cx)
    }

    #[cold]
    fn fail(
        &mut self,
        hook: &TableHook,
        failure: HookFailure,
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        if self.failures >= hook.policy.retries.value || is_over(ctx) {
            return self.fail_for_good(hook, failure, ctx);
        }
        if Handle::try_current().is_err() {
            let why = format!("{failure}, and to try it again needs a tokio runtime");
            return self.fail_for_good(hook, HookFailure::Error(why.into()), ctx);
        }
        self.clear(ctx);
        self.failures += 1;
        let why = text_of(&failure);
        tracing::debug!(
            target: "pepperplug::dispatch",
            plugin = hook.plugin, hook = hook.meta.name(), event = ctx.event(), why, "hook failed, trying again",
        );
        let now = Instant::now();
        self.since.get_or_insert(now);
        let patience = self.patience.get_or_insert_default();
        patience.armed = false;
        patience.sleep_until(now + hook.policy.pause(self.failures + 1));
        self.state = State::Pauses;
        self.pause(ctx, cx)
    }

    fn pause(&mut self, ctx: &EventContext<'_>, cx: &mut Context<'_>) -> Ran {
        let limits = ctx.limits();
        let ends = limits.and_then(|limits| limits.ends());
        if let Some(ended) = ends {
            self.clear(ctx);
            return Ran::Ended(ended);
        }
        let sleep = self.patience.as_mut().and_then(|it| it.sleep.as_mut());
        if sleep.is_some_and(|sleep| sleep.as_mut().poll(cx).is_pending()) {
            return Ran::Pending;
        }
        self.state = State::Idle;
        Ran::Again
    }

    fn fail_for_good(
        &mut self,
        hook: &TableHook,
        failure: HookFailure,
        ctx: &EventContext<'_>,
    ) -> Ran {
        self.clear(ctx);
        let duration = self.since.map(|since| since.elapsed());
        let attempts = self.done();
        judge(hook, attempts, duration, failure, ctx)
    }

    /// Drops the hook's future, where it has one, and begins anew. Should the future panic in that, nobody is to blame but
    /// the hook.
    pub(super) fn clear(&mut self, ctx: &EventContext<'_>) {
        self.state = State::Idle;
        if self.slot.is_empty() {
            return;
        }
        let slot = &raw mut self.slot;
        // SAFETY: pinned since there is something in it.
        let cleared = catch_unwind(AssertUnwindSafe(|| unsafe { FutureSlot::clear(slot) }));
        if let Err(panic) = cleared {
            let (event, why) = (ctx.event(), panic_text(panic));
            tracing::error!(target: "pepperplug::dispatch", event, why, "a hook panicked when it was cancelled");
        }
    }
}

/// What becomes of a hook's failure, by the hook's `on_error`.
pub(super) fn judge(
    hook: &TableHook,
    attempts: u32,
    duration: Option<Duration>,
    failure: HookFailure,
    ctx: &EventContext<'_>,
) -> Ran {
    let error = HookError {
        plugin: hook.plugin,
        hook: hook.meta.name(),
        event: ctx.event(),
        attempts,
        duration,
        failure,
    };
    if hook.policy.on_error.value == OnError::Fail {
        return Ran::Failed(Box::new(error));
    }
    let disabled = hook.failed();
    let text = text_of(&error);
    tracing::warn!(target: "pepperplug::dispatch", error = text, disabled, "hook failed");
    if disabled {
        ctx.dispatcher.taken_out(hook);
    }
    Ran::Ignored(Some(Box::new(error)))
}

/// Whether there is no time for another attempt.
pub(super) fn is_over(ctx: &EventContext<'_>) -> bool {
    let deadline = ctx.limits().and_then(|limits| limits.deadline);
    deadline.is_some_and(|deadline| deadline.at <= Instant::now())
}
