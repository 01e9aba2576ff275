//! What ends the wait for a hook: its own limit, the deadline of the emit, or a token that is cancelled.

use core::future::Future;
use core::pin::Pin;
use core::task::Context;
use core::time::Duration;

use tokio::time::{Instant, Sleep};

use crate::event::{Deadline, LAST_CHANCE, Limits};

/// Why an emit ended before its hooks were done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Deadline,
    Cancelled,
}

/// What a hook that waits is held to. Made when one first has to wait, and kept for the next one.
#[derive(Default)]
pub(super) struct Patience {
    pub(super) sleep: Option<Pin<Box<Sleep>>>,
    /// What the sleep stands for: the hook's own limit, or the end of the whole emit.
    limit: Option<Limit>,
    cancelled: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(super) armed: bool,
}

#[derive(Clone, Copy)]
enum Limit {
    Hook(Duration),
    Emit,
}

pub(super) enum Strike {
    Hook(Duration),
    Emit(End),
}

impl Patience {
    /// From now on, the limit holds that ends first.
    pub(super) fn arm(&mut self, own: Option<Duration>, limits: Option<Limits<'_>>) {
        let now = Instant::now();
        self.armed = true;
        self.limit = own.map(Limit::Hook);
        let mut at = own.and_then(|own| now.checked_add(own));
        if let Some(deadline) = limits.and_then(|limits| limits.deadline) {
            let mut end = deadline.at;
            let mut limit = Limit::Emit;
            if deadline.is_soft {
                let left = end.saturating_duration_since(now).max(LAST_CHANCE);
                (end, limit) = (now + left, Limit::Hook(left));
            }
            if at.is_none_or(|at| end < at) {
                (at, self.limit) = (Some(end), Some(limit));
            }
        }
        match at {
            Some(at) => self.sleep_until(at),
            None => self.sleep = None,
        }
        let token = limits.and_then(|limits| limits.cancellation);
        self.cancelled = token.map(|token| Box::pin(token.cancelled()) as _);
    }

    pub(super) fn sleep_until(&mut self, at: Instant) {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(at),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(at))),
        }
    }

    pub(super) fn strikes(&mut self, cx: &mut Context<'_>) -> Option<Strike> {
        let ready = |future: Option<Pin<&mut dyn Future<Output = ()>>>, cx: &mut Context<'_>| {
            future.is_some_and(|future| future.poll(cx).is_ready())
        };
        let cancelled = self
            .cancelled
            .as_mut()
            .map(|it| it.as_mut() as Pin<&mut dyn Future<Output = ()>>);
        if ready(cancelled, cx) {
            return Some(Strike::Emit(End::Cancelled));
        }
        let sleep = self
            .sleep
            .as_mut()
            .map(|it| it.as_mut() as Pin<&mut dyn Future<Output = ()>>);
        if !ready(sleep, cx) {
            return None;
        }
        match self.limit? {
            Limit::Hook(limit) => Some(Strike::Hook(limit)),
            Limit::Emit => Some(Strike::Emit(End::Deadline)),
        }
    }
}
impl Limits<'_> {
    /// Why the emit is to end now, if it is.
    pub(super) fn ends(&self) -> Option<End> {
        if self.cancellation.is_some_and(|token| token.is_cancelled()) {
            return Some(End::Cancelled);
        }
        let over = |deadline: &Deadline| !deadline.is_soft && deadline.at <= Instant::now();
        self.deadline
            .as_ref()
            .is_some_and(over)
            .then_some(End::Deadline)
    }
}
