//! Emits without a future: the hooks of an event that is declared `sync`.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Emission`"
)]

use core::any::Any;
use core::mem::MaybeUninit;
use core::ptr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::Instant;

use super::call_all::call_all;
use super::dispatch::{Dispatcher, QuickReading};
use super::hook_run::{Ran, is_over, judge};
use super::read::Thread;
use super::result::HookFailure;
use super::sink::{Ended, Errors, Of, Sink};
use super::slot::Desk;
use super::status::{Came, Status};
use super::table::{Kind, Segment, Table};
use super::trace::{Trace, may_be_on};
use super::visit::{Visit, Visitor};
use crate::event::{EmitContext, EventContext};

/// Runs the hooks of a sync event. A timeout cannot be held against a hook that does not yield, and retries follow at once.
///
/// # Safety
/// `event` is borrowed, by `&mut` in mode transform and by `&` in all others, and is of the type that `slot` and `meta` are
/// of.
#[inline(always)]
pub(super) unsafe fn emit<S: Sink>(
    dispatcher: &Dispatcher,
    (slot, meta): Of,
    event: *mut (),
    context: Option<Box<EmitContext>>,
    sink: &mut S,
) -> Ended {
    let mut ctx = EventContext::new(dispatcher);
    if let Some(context) = context {
        ctx.carry(*context);
    }
    let Some(reading) = dispatcher.read(&ctx) else {
        return Err(dispatcher.too_deep(meta));
    };
    // SAFETY: the caller's promise.
    let Some(table) = (unsafe { reading.table_for((slot, meta), event) }) else {
        return dispatcher.without_table(meta);
    };
    if let Some(outer) = reading.outer() {
        ctx.inherit(outer);
    }
    // SAFETY: the caller's promise; the table lives until the section ends, which is after the context's last use.
    unsafe { run(table, event, &ctx, reading.thread(), sink, 0) }
}

/// Runs the hooks of a table from `at` on, as part of the emit whose context is `of`.
///
/// # Safety
/// As [`emit`]; the table is of the event's type, and is kept.
pub(super) unsafe fn emit_rest<S: Sink>(
    of: &EventContext<'_>,
    table: &Table,
    at: usize,
    event: *mut (),
    sink: &mut S,
) -> Ended {
    let dispatcher = of.dispatcher;
    let mut ctx = EventContext::new(dispatcher);
    ctx.go_on(of);
    let Some(reading) = dispatcher.read(&ctx) else {
        return Err(dispatcher.too_deep(table.event.meta()));
    };
    // SAFETY: the caller's promise.
    unsafe { run(table, event, &ctx, reading.thread(), sink, at) }
}

/// As [`emit`], without a context, and at once where there is nothing to be done but to call each hook. Of hooks that yield
/// nothing. Compiled here, once for all events.
///
/// # Safety
/// As [`emit`].
#[inline(never)]
pub(super) unsafe fn emit_quickly(dispatcher: &Dispatcher, of: Of, event: *mut ()) -> Ended {
    if may_be_on() {
        // SAFETY: the caller's promise.
        return unsafe { emit_slowly(dispatcher, of, event) };
    }
    let mut ctx = MaybeUninit::<EventContext<'_>>::uninit();
    // The section needs its address, and looks at it only when a hook runs.
    let Some(reading) = dispatcher.read_quickly(ctx.as_ptr()) else {
        // SAFETY: the caller's promise.
        return unsafe { emit_slowly(dispatcher, of, event) };
    };
    let Some((run, table)) = reading.run(of.0) else {
        reading.end();
        // SAFETY: the caller's promise.
        return unsafe { emit_slowly(dispatcher, of, event) };
    };
    let thread = reading.thread();
    // SAFETY: the caller's promise; the table lives until the section ends. The hooks yield nothing, so they do not look at
    // the desk.
    let called = unsafe {
        let ctx = ctx.write(EventContext::of(dispatcher, table, event));
        let desk: *mut Desk = core::ptr::from_mut(ctx).cast();
        catch_unwind(AssertUnwindSafe(|| call_all(run, event, ctx, desk, thread)))
    };
    if matches!(&called, Ok(status) if status.is_done()) {
        // What the context carries is nothing, so it need not be dropped.
        reading.end();
        return Ok(());
    }
    // SAFETY: the caller's promise; written above.
    unsafe { go_on(reading, table, event, ctx.assume_init_mut(), called) }
}

/// # Safety
/// As [`emit`].
#[cold]
#[inline(never)]
unsafe fn emit_slowly(dispatcher: &Dispatcher, of: Of, event: *mut ()) -> Ended {
    let mut errors = Errors::new();
    // SAFETY: the caller's promise.
    let ended = unsafe { emit(dispatcher, of, event, None, &mut errors) };
    errors.ended(of.1, ended)
}

/// Goes on after the first run, or after the hook in it that the thread runs.
///
/// # Safety
/// As [`run`].
#[cold]
#[inline(never)]
unsafe fn go_on(
    reading: QuickReading<'_>,
    table: &Table,
    event: *mut (),
    ctx: &EventContext<'_>,
    called: Result<Status, Box<dyn Any + Send>>,
) -> Ended {
    let (reading, mut errors) = (reading.guarded(), Errors::new());
    let thread = reading.thread();
    let mut calls = Calls::new(table, event, ctx, thread, table.first_run);
    let ran = match called {
        Ok(status) if status.is_done() => None,
        Ok(status) => {
            calls.at = table.place(thread.ran()).unwrap_or_default();
            Some(calls.settle(status))
        }
        Err(panic) => Some(calls.panicked(HookFailure::panicked(panic))),
    };
    // SAFETY: the caller's promise.
    let ended = unsafe { calls.run(&mut errors, ran) };
    errors.ended(table.event.meta(), ended)
}

/// Runs the hooks from `at` on.
///
/// # Safety
/// As [`emit`], within a section, with a table of the event's type.
#[inline(always)]
pub(super) unsafe fn run<S: Sink>(
    table: &Table,
    event: *mut (),
    ctx: &EventContext<'_>,
    thread: &'static Thread,
    sink: &mut S,
    at: usize,
) -> Ended {
    // SAFETY: the caller's promise.
    unsafe {
        ctx.set(table, table.data(event));
        if at == 0 && table.observed {
            ctx.dispatcher.begins(ctx);
        }
        let mut calls = Calls::new(table, event, ctx, thread, at);
        calls.trace = Trace::begin(ctx);
        calls.steps |= calls.trace.is_on();
        calls.run(sink, None)
    }
}

struct Calls<'a, 'e> {
    table: &'a Table,
    event: *mut (),
    ctx: &'a EventContext<'e>,
    thread: &'static Thread,
    at: usize,
    failures: u32,
    since: Option<Instant>,
    steps: bool,
    trace: Trace,
}

impl<'a, 'e> Calls<'a, 'e> {
    fn new(
        table: &'a Table,
        event: *mut (),
        ctx: &'a EventContext<'e>,
        thread: &'static Thread,
        at: usize,
    ) -> Self {
        Self {
            table,
            event,
            ctx,
            thread,
            at,
            failures: 0,
            since: None,
            steps: ctx.carries() && ctx.limits().is_some(),
            trace: Trace::default(),
        }
    }

    /// Runs them to the end, `ran` being what the first has come to, if it was called.
    ///
    /// # Safety
    /// As [`run`].
    unsafe fn run<S: Sink>(&mut self, sink: &mut S, mut ran: Option<Ran>) -> Ended {
        loop {
            if let Some(ran) = ran.take() {
                match self.visit(ran, sink) {
                    Visit::Next | Visit::Wait => {}
                    Visit::End(ended) => return ended,
                }
            }
            // SAFETY: the caller's promise.
            let advance = || unsafe { self.advance(sink) };
            ran = match catch_unwind(AssertUnwindSafe(advance)) {
                Ok(None) => return Ok(()),
                Ok(ran) => ran,
                Err(panic) => Some(self.panicked(HookFailure::panicked(panic))),
            };
        }
    }

    /// Goes on until there is something to be told. `None` at the end.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn advance<S: Sink>(&mut self, sink: &mut S) -> Option<Ran> {
        let table = self.table;
        // One that is tried again is called alone, so that it is seen to be done.
        if !S::TAKES && !self.steps && self.failures == 0 {
            if let Some(run) = table.calls.get(self.at..table.first_run) {
                let mut desk = Desk::of_calls(ptr::null_mut());
                // SAFETY: the caller's promise; the hooks yield nothing, so the desk needs no place for it.
                let status =
                    unsafe { call_all(run, self.event, self.ctx, &raw mut desk, self.thread) };
                if !status.is_done() {
                    self.at = table.place(self.thread.ran()).unwrap_or(self.at);
                    return Some(self.settle(status));
                }
                self.at = table.first_run;
            }
            if self.at == table.calls.len() {
                return None;
            }
        }
        // SAFETY: as this.
        unsafe { self.step(sink) }
    }

    /// One hook.
    ///
    /// # Safety
    /// As [`run`].
    unsafe fn step<S: Sink>(&mut self, sink: &mut S) -> Option<Ran> {
        let Segment { kind, .. } = self.table.segment(self.at)?;
        if let Some(ended) = self.ctx.limits().and_then(|limits| limits.ends()) {
            return Some(Ran::Ended(ended));
        }
        let hook = &*self.table.hooks[self.at];
        if S::TIMES || self.table.observed {
            self.since.get_or_insert_with(Instant::now);
        }
        let out = if kind == Kind::Around {
            sink.around_out()
        } else {
            sink.out()
        };
        let mut desk = Desk::of_calls(out);
        let lends = self.table.transforms && hook.is_named();
        if lends {
            // SAFETY: this hook is the only one, and it does not get the event itself.
            unsafe { self.ctx.lend(self.event) };
        }
        self.thread.runs(&raw const self.table.calls[self.at]);
        let _entered = self.trace.enter(hook);
        // SAFETY: the caller's promise.
        let status = unsafe { hook.call.call(self.event, self.ctx, &raw mut desk) };
        Some(self.settle(status))
    }

    fn settle(&mut self, status: Status) -> Ran {
        match status.came() {
            Came::Skipped => Ran::Ignored(None),
            Came::Done => Ran::Done(core::mem::take(&mut self.failures) + 1),
            Came::Failed(error) => self.fail(HookFailure::Error(error)),
            // Not reached: without a context nothing can be pending.
            Came::Pending => self.fail(HookFailure::Error("it waits, and nothing may".into())),
        }
    }

    #[cold]
    fn panicked(&mut self, failure: HookFailure) -> Ran {
        self.at = self.table.place(self.thread.ran()).unwrap_or(self.at);
        self.fail(failure)
    }

    #[cold]
    fn fail(&mut self, failure: HookFailure) -> Ran {
        let hook = &*self.table.hooks[self.at];
        self.failures += 1;
        if self.failures <= hook.policy.retries.value && !is_over(self.ctx) {
            return Ran::Again;
        }
        let attempts = core::mem::take(&mut self.failures);
        let took = self.since.map(|since| since.elapsed());
        judge(hook, attempts, took, failure, self.ctx)
    }

    fn visit<S: Sink>(&mut self, ran: Ran, sink: &mut S) -> Visit {
        if self.table.transforms {
            // SAFETY: nobody looks at it.
            unsafe { self.ctx.lend(ptr::null_mut()) };
        }
        if matches!(ran, Ran::Again) {
            return Visit::Next;
        }
        self.trace.leave();
        let took = self.since.take().map(|since| since.elapsed());
        let mut visitor = Visitor {
            table: self.table,
            ctx: self.ctx,
            sink,
        };
        let visit = visitor.visit(self.at, ran, took.unwrap_or_default());
        self.at += 1;
        visit
    }
}
