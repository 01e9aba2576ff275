//! One emit, from its making to its end: the little that most of them need.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Body`"
)]

use core::any::Any;
use core::fmt;
use core::mem::MaybeUninit;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::body::Body;
use super::call_all::call_all;
use super::dispatch::{Dispatcher, QuickReading};
use super::sink::{Ended, Errors, Of, Sink};
use super::slot::FutureSlot;
use super::status::Status;
use super::table::Table;
use super::trace::may_be_on;
use crate::event::{EmitContext, EventContext};

/// One emit, its event's type erased.
///
/// Making it, and letting go of it when it has come to its end in its first poll, is a few stores: what it needs when it has
/// to wait, it becomes only then.
///
/// # Invariants
/// `body` is initialized where `phase` is `Running`, and not moved from then on. `event` is as [`Body`] says.
pub struct Emission<'e> {
    dispatcher: &'e Dispatcher,
    event: *mut (),
    phase: Phase,
    with: Option<Box<With<'e>>>,
    body: MaybeUninit<Body<'e>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    Over,
}

/// What an emit may be made with.
#[derive(Default)]
struct With<'e> {
    context: Option<EmitContext>,
    rest: Option<Rest<'e>>,
}

/// The hooks after one that wraps them: their table, the place of the first, and the emit that they are part of.
#[derive(Clone, Copy)]
pub(super) struct Rest<'e> {
    pub(super) table: &'e Table,
    pub(super) at: usize,
    /// None of a table that is no part of another emit.
    pub(super) of: Option<&'e EventContext<'e>>,
}

impl<'e> Emission<'e> {
    #[inline(always)]
    pub(super) fn new(dispatcher: &'e Dispatcher, event: *mut ()) -> Self {
        Self {
            dispatcher,
            event,
            phase: Phase::Fresh,
            with: None,
            body: MaybeUninit::uninit(),
        }
    }

    pub(super) fn carry(&mut self, context: EmitContext) {
        self.with.get_or_insert_default().context = Some(context);
    }

    /// Runs the rest of an emit. Whoever wraps it keeps the table for as long as this lives.
    pub(super) fn rest(&mut self, rest: Rest<'e>) {
        self.with.get_or_insert_default().rest = Some(rest);
    }

    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Whether there is nothing to be dropped.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.phase != Phase::Running && self.with.is_none()
    }

    /// Runs the hooks as far as they come.
    ///
    /// # Safety
    /// `self` is pinned, and `of` is that of the event's type.
    pub(super) unsafe fn poll<S: Sink>(
        &mut self,
        of: Of,
        sink: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        if self.phase == Phase::Fresh {
            let body = self.body.write(Body::new(self.dispatcher, self.event));
            self.phase = Phase::Running;
            let With { context, rest } = self.with.take().map_or_else(With::default, |with| *with);
            if let Some(context) = context {
                body.carry(context);
            }
            if let Some(rest) = rest {
                body.rest(rest);
            }
        }
        // SAFETY: `Running`; the caller's promise.
        let polled = unsafe { self.body.assume_init_mut().poll(of, sink, cx) };
        if polled.is_ready() {
            self.end();
        }
        polled
    }

    /// As [`poll`](Self::poll), and at once where there is nothing to be done but to call each hook. Of hooks that yield
    /// nothing.
    ///
    /// # Safety
    /// As [`poll`](Self::poll).
    #[inline(always)]
    pub(super) unsafe fn poll_quickly(
        &mut self,
        of: Of,
        sink: &mut Errors,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        if self.phase == Phase::Fresh && self.with.is_none() && !may_be_on() {
            let (ctx, slot) = Body::places(self.body.as_mut_ptr());
            // The section needs its address, and looks at it only when a hook runs.
            if let Some(reading) = self.dispatcher.read_quickly(ctx) {
                if let Some((run, table)) = reading.run(of.0) {
                    let (event, thread) = (self.event, reading.thread());
                    // SAFETY: places in `body`, which is pinned; the table lives until the section ends. The hooks yield
                    // nothing.
                    let called = unsafe {
                        ctx.write(EventContext::of(self.dispatcher, table, event));
                        FutureSlot::write(slot, cx);
                        let call = || call_all(run, event, ctx, slot.cast(), thread);
                        catch_unwind(AssertUnwindSafe(call))
                    };
                    if matches!(&called, Ok(status) if status.is_done()) {
                        self.phase = Phase::Over;
                        reading.end();
                        return Poll::Ready(Ok(()));
                    }
                    // SAFETY: written above.
                    return unsafe { self.go_on(reading, table, called, of, sink, cx) };
                }
                reading.end();
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.poll_slowly(of, sink, cx) }
    }

    #[inline(never)]
    unsafe fn poll_slowly(
        &mut self,
        of: Of,
        sink: &mut Errors,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        // SAFETY: the caller's promise.
        let ended = unsafe { self.poll(of, sink, cx) };
        ended.map(|ended| sink.ended(of.1, ended))
    }

    /// Becomes what can wait, after the hook that the thread runs.
    ///
    /// # Safety
    /// As [`poll`](Self::poll); the context and the slot are written.
    #[inline(never)]
    unsafe fn go_on(
        &mut self,
        reading: QuickReading<'_>,
        table: &Table,
        called: Result<Status, Box<dyn Any + Send>>,
        of: Of,
        sink: &mut Errors,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        // SAFETY: the caller's promise.
        let polled = unsafe {
            Body::complete(self.body.as_mut_ptr(), self.event, table);
            self.phase = Phase::Running;
            let body = self.body.assume_init_mut();
            body.go_on(&reading.guarded(), called, sink, cx)
        };
        if polled.is_ready() {
            self.end();
        }
        polled.map(|ended| sink.ended(of.1, ended))
    }

    fn end(&mut self) {
        self.phase = Phase::Over;
        // SAFETY: it was `Running`, and is not looked at again.
        unsafe { self.body.assume_init_drop() };
    }

    /// Lets go of everything. To be called by whoever has it, where it [is not empty](Self::is_empty).
    #[cold]
    pub(super) fn cancel(&mut self) {
        self.with = None;
        if self.phase == Phase::Running {
            self.end();
        }
    }
}

impl fmt::Debug for Emission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emission")
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
