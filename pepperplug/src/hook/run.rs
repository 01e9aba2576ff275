//! Running the hooks of one event: one after the other, with their policies, in each mode.

use core::future::{Future, poll_fn};
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use tokio::time::{Instant, timeout};

use super::erased::{EventArg, SharedEvent};
use super::meta::{Named, OnError};
use super::result::{HookError, HookFailure, text_of};
use super::table::TableHook;
use crate::event::{Event, EventContext, EventMode, Mode, Value};

/// What a hook yields; nothing where it takes only the context.
type Yield<E> = Option<Value<E>>;

/// What a hook came to; `None` where it was not called or its failure is not the emitter's concern.
type Outcome<E> = Option<Result<Yield<E>, HookError>>;

/// How long a hook took: measured in mode collect, which tells it; the other modes do not look at the clock.
#[derive(Clone, Copy)]
struct Stopwatch(Option<Instant>);

impl Stopwatch {
    #[inline]
    fn start<E: Event>() -> Self {
        Self(matches!(<E::Mode as Mode>::KIND, EventMode::Collect).then(Instant::now))
    }

    #[inline]
    fn took(self) -> Duration {
        self.0.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// Runs `hooks` in order and hands each outcome, and how long it took, to `visit`, which says whether to go on.
#[inline]
pub(super) async fn run<E, V>(
    hooks: &[TableHook],
    mut event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
    mut visit: V,
) where
    E: Event,
    V: FnMut(&TableHook, Duration, Result<Yield<E>, HookError>) -> ControlFlow<()>,
{
    let mut rest = hooks;
    while let Some((hook, after)) = rest.split_first() {
        if let (true, Some(shared)) = (after.first().is_some_and(|next| next.beside), event.share())
        {
            let group = 1 + after.iter().take_while(|next| next.beside).count();
            let (beside, after) = rest.split_at(group);
            let ran = run_beside(beside, shared, ctx).await;
            if visit_all::<E, V>(beside, ran, &mut visit).is_break() {
                return;
            }
            rest = after;
            continue;
        }
        rest = after;
        let stopwatch = Stopwatch::start::<E>();
        if let Some(outcome) = run_one(hook, event.again(), ctx).await {
            if visit(hook, stopwatch.took(), outcome).is_break() {
                return;
            }
        }
    }
}

/// Hands on what became of a group, in the order of its hooks. All of them ran, so what an answer leaves untold is logged.
fn visit_all<E, V>(
    hooks: &[TableHook],
    ran: Vec<(Outcome<E>, Duration)>,
    visit: &mut V,
) -> ControlFlow<()>
where
    E: Event,
    V: FnMut(&TableHook, Duration, Result<Yield<E>, HookError>) -> ControlFlow<()>,
{
    let mut flow = ControlFlow::Continue(());
    for (hook, (outcome, took)) in hooks.iter().zip(ran) {
        match (flow, outcome) {
            (_, None) => {}
            (ControlFlow::Continue(()), Some(outcome)) => flow = visit(hook, took, outcome),
            (ControlFlow::Break(()), Some(Ok(_))) => {}
            (ControlFlow::Break(()), Some(Err(error))) => {
                let error = text_of(&error);
                tracing::warn!(target: "pepperplug::dispatch", error, "hook failed beside one that had decided");
            }
        }
    }
    flow
}

/// Runs hooks of one group at the same time, in this task. Their outcomes keep the order of the hooks.
async fn run_beside<E: Event>(
    hooks: &[TableHook],
    event: SharedEvent<'_, E>,
    ctx: &EventContext<'_>,
) -> Vec<(Outcome<E>, Duration)> {
    let stopwatch = Stopwatch::start::<E>();
    let mut calls: Vec<Option<Pin<Box<_>>>> = hooks
        .iter()
        .map(|hook| {
            Some(Box::pin(async move {
                run_one(hook, EventArg::of(event), ctx).await
            }))
        })
        .collect();
    let mut ran: Vec<(Outcome<E>, Duration)> =
        hooks.iter().map(|_| (None, Duration::ZERO)).collect();
    poll_fn(|cx| {
        let mut pending = false;
        for (call, ran) in calls.iter_mut().zip(&mut ran) {
            let Some(running) = call else { continue };
            match running.as_mut().poll(cx) {
                Poll::Ready(done) => {
                    *ran = (done, stopwatch.took());
                    *call = None;
                }
                Poll::Pending => pending = true,
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    ran
}

#[inline]
async fn run_one<E: Event>(
    hook: &TableHook,
    mut event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
) -> Outcome<E> {
    if hook.plain {
        let outcome = attempt(hook, event.again(), ctx).await;
        return Some(outcome.map_err(|failure| error(hook, 1, failure, ctx)));
    }
    run_with_policy(hook, event, ctx).await
}

#[inline]
async fn attempt<E: Event>(
    hook: &TableHook,
    event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
) -> Result<Yield<E>, HookFailure> {
    match (hook.named, hook.bound.is_async()) {
        (false, false) => hook.bound.call(event, ctx).map(Some),
        (false, true) => hook.bound.start(event, ctx).await.map(Some),
        (true, false) => hook
            .bound
            .call(EventArg::shared(&Named), ctx)
            .map(|()| None),
        (true, true) => hook
            .bound
            .start(EventArg::shared(&Named), ctx)
            .await
            .map(|()| None),
    }
}

async fn run_with_policy<E: Event>(
    hook: &TableHook,
    mut event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
) -> Outcome<E> {
    if hook.is_disabled() {
        return None;
    }
    if hook.policy.needs_timer() && tokio::runtime::Handle::try_current().is_err() {
        let failure = HookFailure::Error("its timeout and retries need a tokio runtime".into());
        return Some(Err(error(hook, 0, failure, ctx)));
    }
    let mut attempts = 0;
    loop {
        let attempt = attempt(hook, event.again(), ctx);
        let outcome = match ctx.within(hook.policy.timeout) {
            Some(limit) => {
                let begun = Instant::now();
                match timeout(limit, attempt).await {
                    Ok(outcome) => {
                        check_overrun(hook, begun.elapsed(), limit, ctx);
                        outcome
                    }
                    Err(_) => Err(HookFailure::TimedOut(limit)),
                }
            }
            None => attempt.await,
        };
        match judge::<E>(hook, outcome, &mut attempts, ctx) {
            Judged::Done(outcome) => return outcome,
            Judged::Again => tokio::time::sleep(backoff(attempts)).await,
        }
    }
}

/// Names a hook that was done, but not in time: it did not yield, so nothing could be held against it while it ran.
fn check_overrun(hook: &TableHook, took: Duration, limit: Duration, ctx: &EventContext<'_>) {
    if took <= limit {
        return;
    }
    tracing::warn!(
        target: "pepperplug::dispatch",
        plugin = hook.plugin, hook = hook.meta.name(), event = ctx.event(), ?took, ?limit, times = hook.overran(),
        "a hook blocked its thread for longer than it may run",
    );
}

enum Judged<E: Event> {
    Done(Outcome<E>),
    Again,
}

/// Applies retries and `on_error` to the outcome of one attempt.
fn judge<E: Event>(
    hook: &TableHook,
    outcome: Result<Yield<E>, HookFailure>,
    attempts: &mut u32,
    ctx: &EventContext<'_>,
) -> Judged<E> {
    *attempts += 1;
    let failure = match outcome {
        Ok(value) => {
            hook.succeeded();
            return Judged::Done(Some(Ok(value)));
        }
        Err(failure) if *attempts <= hook.policy.retries && !ctx.is_over() => {
            let why = text_of(&failure);
            tracing::debug!(
                target: "pepperplug::dispatch",
                plugin = hook.plugin, hook = hook.meta.name(), event = ctx.event(), why, "hook failed, trying again",
            );
            return Judged::Again;
        }
        Err(failure) => failure,
    };
    let error = error(hook, *attempts, failure, ctx);
    if hook.policy.on_error == OnError::Fail {
        return Judged::Done(Some(Err(error)));
    }
    let disabled = hook.policy.on_error == OnError::Disable && hook.failed();
    let error = text_of(&error);
    tracing::warn!(target: "pepperplug::dispatch", error, disabled, "hook failed");
    Judged::Done(None)
}

/// The pause before a retry: 10 ms, doubled each time, at most a second.
fn backoff(attempts: u32) -> Duration {
    Duration::from_millis(10 << attempts.saturating_sub(1).min(7)).min(Duration::from_secs(1))
}

/// Runs the hooks of a sync event; as [`run`], without a future. A timeout cannot be held against a hook that does not
/// yield, and retries follow at once.
#[inline]
pub(super) fn run_sync<E, V>(
    hooks: &[TableHook],
    mut event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
    mut visit: V,
) where
    E: Event,
    V: FnMut(&TableHook, Duration, Result<Yield<E>, HookError>) -> ControlFlow<()>,
{
    for hook in hooks {
        let stopwatch = Stopwatch::start::<E>();
        let outcome = if hook.plain {
            Some(
                attempt_sync(hook, event.again(), ctx)
                    .map_err(|failure| error(hook, 1, failure, ctx)),
            )
        } else {
            run_sync_with_policy(hook, event.again(), ctx)
        };
        if let Some(outcome) = outcome {
            if visit(hook, stopwatch.took(), outcome).is_break() {
                return;
            }
        }
    }
}

#[inline]
fn attempt_sync<E: Event>(
    hook: &TableHook,
    event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
) -> Result<Yield<E>, HookFailure> {
    if hook.named {
        return hook
            .bound
            .call(EventArg::shared(&Named), ctx)
            .map(|()| None);
    }
    hook.bound.call(event, ctx).map(Some)
}

fn run_sync_with_policy<E: Event>(
    hook: &TableHook,
    mut event: EventArg<'_, E>,
    ctx: &EventContext<'_>,
) -> Outcome<E> {
    if hook.is_disabled() {
        return None;
    }
    let mut attempts = 0;
    loop {
        let begun = hook.policy.timeout.map(|limit| (limit, Instant::now()));
        let outcome = attempt_sync(hook, event.again(), ctx);
        if let Some((limit, begun)) = begun {
            check_overrun(hook, begun.elapsed(), limit, ctx);
        }
        if let Judged::Done(outcome) = judge::<E>(hook, outcome, &mut attempts, ctx) {
            return outcome;
        }
    }
}

#[cold]
fn error(
    hook: &TableHook,
    attempts: u32,
    failure: HookFailure,
    ctx: &EventContext<'_>,
) -> HookError {
    HookError {
        plugin: hook.plugin,
        hook: hook.meta.name(),
        event: ctx.event(),
        attempts,
        failure,
    }
}
