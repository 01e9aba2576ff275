//! An emit that may have to wait: its hooks, one after the other.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Body`"
)]

use core::any::Any;
use core::ptr;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::Instant;

use super::call_all::call_all;
use super::dispatch::{Dispatcher, Reading};
use super::emission::Rest;
use super::group::Group;
use super::hook_run::{HookRun, Ran};
use super::read::{Seat, Thread};
use super::result::HookFailure;
use super::sink::{Ended, Errors, Of, Sink};
use super::slot::{Desk, FutureSlot};
use super::status::Status;
use super::table::{Kind, Segment, Table};
use super::trace::Trace;
use super::turn::Turn;
use super::visit::Visit;
use crate::event::{EmitContext, EventContext};

/// An emit under way, its event's type erased.
///
/// # Invariants
/// 1. It is pinned before it is polled: hooks' futures borrow from `ctx`.
/// 2. `event` is borrowed for as long as the emission lives, by `&mut` in mode transform and by `&` in all others, and is
///    of the type that its table is of.
/// 3. `table` is one that a section of this thread has read. Before that section ends, the emission is over, or has a seat
///    that keeps the table.
/// 4. It is over, or dropped, only once the futures of its hooks are.
pub(super) struct Body<'e> {
    pub(super) ctx: EventContext<'e>,
    pub(super) event: *mut (),
    /// Null before the first poll.
    pub(super) table: *const Table,
    /// The hook that runs, or is next.
    pub(super) at: usize,
    /// Whether each hook is looked at before it is called.
    steps: bool,
    pub(super) trace: Trace,
    seat: Option<&'static Seat>,
    pub(super) group: Option<Box<Group>>,
    pub(super) run: HookRun,
}

impl<'e> Body<'e> {
    pub(super) fn new(dispatcher: &'e Dispatcher, event: *mut ()) -> Self {
        Self {
            ctx: EventContext::new(dispatcher),
            event,
            table: ptr::null(),
            at: 0,
            steps: false,
            trace: Trace::default(),
            seat: None,
            group: None,
            run: HookRun::new(),
        }
    }

    /// Where the context and the slot are to be.
    #[inline(always)]
    pub(super) fn places(this: *mut Self) -> (*mut EventContext<'e>, *mut FutureSlot) {
        // SAFETY: addresses within what `this` points to, which the caller has.
        unsafe { (&raw mut (*this).ctx, &raw mut (*this).run.slot) }
    }

    /// Writes all but the context and the slot.
    ///
    /// # Safety
    /// These two are written; `table` has been read in the section that the thread is in.
    pub(super) unsafe fn complete(this: *mut Self, event: *mut (), table: &Table) {
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*this).event).write(event);
            (&raw mut (*this).table).write(table);
            (&raw mut (*this).at).write(0);
            (&raw mut (*this).steps).write(false);
            (&raw mut (*this).trace).write(Trace::default());
            (&raw mut (*this).seat).write(None);
            (&raw mut (*this).group).write(None);
            HookRun::complete(&raw mut (*this).run);
        }
    }

    pub(super) fn carry(&mut self, context: EmitContext) {
        self.ctx.carry(context);
    }

    /// Begins in the midst of a table, which whoever has made this keeps.
    pub(super) fn rest(&mut self, rest: Rest<'_>) {
        if let Some(of) = rest.of {
            self.ctx.go_on(of);
        }
        self.table = rest.table;
        self.at = rest.at;
        self.begin();
    }

    fn begin(&mut self) {
        // SAFETY: invariants 2 and 3: the table outlives the context, and the event is lent in all modes but transform.
        unsafe {
            let table = &*self.table;
            self.ctx.set(table, table.data(self.event));
        }
        // SAFETY: invariant 3.
        if self.at == 0 && unsafe { (*self.table).observed } {
            self.ctx.dispatcher.begins(&self.ctx);
        }
        self.trace = Trace::begin(&self.ctx);
        self.steps = self.trace.is_on() || self.ctx.carries() && self.ctx.limits().is_some();
    }

    /// Runs the hooks as far as they come.
    ///
    /// # Safety
    /// `self` is pinned, and `slot` and `meta` are those of the event's type.
    #[inline(always)]
    pub(super) unsafe fn poll<S: Sink>(
        &mut self,
        (slot, meta): Of,
        sink: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        let dispatcher = self.ctx.dispatcher;
        let Some(reading) = dispatcher.read(&self.ctx) else {
            return Poll::Ready(Err(dispatcher.too_deep(meta)));
        };
        if self.table.is_null() {
            // SAFETY: invariant 2; `of` is that of the event's type.
            let Some(table) = (unsafe { reading.table_for((slot, meta), self.event) }) else {
                return Poll::Ready(dispatcher.without_table(meta));
            };
            self.table = table;
            if let Some(outer) = reading.outer() {
                self.ctx.inherit(outer);
            }
            self.begin();
        }
        // SAFETY: the caller's promise; the invariants.
        unsafe { self.run_on(&reading, sink, cx, None) }
    }

    /// Goes on after the hook that the thread runs.
    ///
    /// # Safety
    /// As [`run_on`](Self::run_on).
    pub(super) unsafe fn go_on(
        &mut self,
        reading: &Reading<'_>,
        called: Result<Status, Box<dyn Any + Send>>,
        sink: &mut Errors,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        let thread = reading.thread();
        let turn = match called {
            Ok(status) => {
                // SAFETY: invariant 3.
                let table = unsafe { &*self.table };
                self.at = table.place(thread.ran()).unwrap_or_default();
                Turn::Ran(
                    self.run
                        .settle(&table.hooks[self.at], status, &self.ctx, cx),
                )
            }
            Err(panic) => self.panicked(thread, HookFailure::panicked(panic), cx),
        };
        // SAFETY: the caller's promise.
        unsafe { self.run_on(reading, sink, cx, Some(turn)) }
    }

    /// # Safety
    /// As [`poll`](Self::poll), within a section, with a table.
    #[inline(always)]
    unsafe fn run_on<S: Sink>(
        &mut self,
        reading: &Reading<'_>,
        sink: &mut S,
        cx: &mut Context<'_>,
        turn: Option<Turn>,
    ) -> Poll<Ended> {
        // SAFETY: the caller's promise.
        let polled = unsafe { self.run_from(reading.thread(), sink, cx, turn) };
        if polled.is_ready() {
            self.finish();
        } else {
            self.wait(reading);
        }
        polled
    }

    /// # Safety
    /// As [`run_on`](Self::run_on).
    #[inline(always)]
    unsafe fn run_from<S: Sink>(
        &mut self,
        thread: &'static Thread,
        sink: &mut S,
        cx: &mut Context<'_>,
        mut turn: Option<Turn>,
    ) -> Poll<Ended> {
        FutureSlot::lay_out(&raw mut self.run.slot, sink.out(), cx);
        loop {
            if let Some(turn) = turn.take() {
                match self.visit(turn, sink) {
                    Visit::Next => {}
                    Visit::Wait => return Poll::Pending,
                    Visit::End(ended) => return Poll::Ready(ended),
                }
            }
            // SAFETY: the caller's promise.
            let advance = || unsafe { self.advance(thread, sink, cx) };
            turn = Some(match catch_unwind(AssertUnwindSafe(advance)) {
                Ok(Turn::Over) => return Poll::Ready(Ok(())),
                Ok(Turn::Ran(Ran::Pending)) => return Poll::Pending,
                Ok(turn) => turn,
                Err(panic) => self.panicked(thread, HookFailure::panicked(panic), cx),
            });
        }
    }

    /// Goes on until there is something to be told.
    ///
    /// # Safety
    /// As [`run_on`](Self::run_on).
    #[inline(always)]
    unsafe fn advance<S: Sink>(
        &mut self,
        thread: &'static Thread,
        sink: &mut S,
        cx: &mut Context<'_>,
    ) -> Turn {
        // SAFETY: invariant 3.
        let table = unsafe { &*self.table };
        let desk: *mut Desk = (&raw mut self.run.slot).cast();
        if !self.run.is_idle() {
            thread.runs(&raw const table.calls[self.at]);
            let hook = &table.hooks[self.at];
            if hook.meta.around {
                self.run.slot.desk.out = sink.around_out();
            }
            let _entered = self.trace.enter(hook);
            // SAFETY: pinned, laid out, and what the hook borrows from is alive by the invariants.
            let ran = unsafe { self.run.resume(hook, &self.ctx, cx) };
            match ran {
                Ran::Done(_) if !S::TAKES && self.at < table.first_run => {
                    self.run.since = None;
                    self.trace.leave();
                    self.at += 1;
                }
                ran => return Turn::Ran(ran),
            }
        }
        // One that is tried again is called alone, so that it is seen to be done.
        if S::TAKES || self.steps || self.run.is_retried() {
            // SAFETY: as this.
            return unsafe { self.step(table, thread, sink, cx) };
        }
        if let Some(run) = table.calls.get(self.at..table.first_run) {
            // SAFETY: invariants 2 to 4; the desk is that of the slot, which is pinned, laid out and empty.
            let status = unsafe { call_all(run, self.event, &self.ctx, desk, thread) };
            if !status.is_done() {
                self.at = table.place(thread.ran()).unwrap_or(self.at);
                let hook = &table.hooks[self.at];
                return Turn::Ran(self.run.settle(hook, status, &self.ctx, cx));
            }
            self.at = table.first_run;
        }
        if self.at == table.calls.len() {
            return Turn::Over;
        }
        // SAFETY: as this.
        unsafe { self.step(table, thread, sink, cx) }
    }

    /// One hook, or one group.
    ///
    /// # Safety
    /// As [`run_on`](Self::run_on).
    unsafe fn step<S: Sink>(
        &mut self,
        table: &Table,
        thread: &'static Thread,
        sink: &mut S,
        cx: &mut Context<'_>,
    ) -> Turn {
        let Some(Segment { kind, end }) = table.segment(self.at) else {
            return Turn::Over;
        };
        if let Some(ended) = self.ctx.limits().and_then(|limits| limits.ends()) {
            return Turn::Ran(Ran::Ended(ended));
        }
        if kind == Kind::Group {
            let group = self.group.get_or_insert_with(|| Group::new(self.at, end));
            // SAFETY: the group is in a box, and the rest is as here.
            let with = (&self.ctx, &self.trace);
            let done = unsafe { group.poll(table, self.event, with, thread, sink, cx) };
            return if done {
                Turn::Group(end)
            } else {
                Turn::Ran(Ran::Pending)
            };
        }
        let hook = &table.hooks[self.at];
        if S::TIMES || table.observed {
            self.run.since.get_or_insert_with(Instant::now);
        }
        self.run.slot.desk.out = match kind {
            Kind::Around => sink.around_out(),
            _ => sink.out(),
        };
        if table.transforms && hook.is_named() {
            // SAFETY: until it is taken back, this hook is the only one, and it does not get the event itself.
            unsafe { self.ctx.lend(self.event) };
        }
        thread.runs(&raw const table.calls[self.at]);
        let _entered = self.trace.enter(hook);
        let desk: *mut Desk = (&raw mut self.run.slot).cast();
        // SAFETY: as in `advance`.
        let status = unsafe { hook.call.call(self.event, &self.ctx, desk) };
        Turn::Ran(self.run.settle(hook, status, &self.ctx, cx))
    }

    /// Keeps the table across the end of the section.
    #[inline(always)]
    fn wait(&mut self, reading: &Reading<'_>) {
        match self.seat {
            Some(seat) => seat.wait_for(self.at),
            None => {
                let table = self.table.cast_mut().cast();
                self.seat = Some(reading.thread().take_seat(table, self.at));
            }
        }
    }

    /// Lets go of the table.
    #[inline(always)]
    fn finish(&mut self) {
        if let Some(seat) = self.seat.take() {
            seat.give_back();
            self.ctx.dispatcher.given_back(self.table);
        }
    }

    #[cold]
    fn cancel(&mut self) {
        self.run.clear(&self.ctx);
        if let Some(group) = &mut self.group {
            group.cancel(&self.ctx);
        }
        self.group = None;
        self.finish();
    }
}

impl Drop for Body<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // What waits has a seat.
        if self.seat.is_some() {
            self.cancel();
        }
    }
}
