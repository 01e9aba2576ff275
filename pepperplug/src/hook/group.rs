//! Hooks that run at the same time, in the task of the emitter.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Emission`"
)]

use core::task::Context;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::Instant;
use tracing::Span;

use super::hook_run::{HookRun, Ran};
use super::read::{Seat, Thread};
use super::result::{HookFailure, text_of};
use super::sink::{Done, Sink};
use super::slot::{Desk, FutureSlot};
use super::table::{Table, TableHook};
use super::trace::Trace;
use super::visit::{Visit, Visitor};
use crate::event::EventContext;

/// The hooks of one group. All of them run to their end, whatever becomes of the others, and their outcomes keep the order
/// of the hooks.
pub(super) struct Group {
    first: usize,
    members: Box<[Member]>,
    since: Option<Instant>,
}

struct Member {
    run: HookRun,
    /// What it has come to, and how long that took.
    ran: Option<(Ran, Duration)>,
    /// Says that it waits, for those who ask.
    seat: Option<&'static Seat>,
    span: Option<Span>,
}

impl Group {
    pub(super) fn new(first: usize, end: usize) -> Box<Self> {
        let member = |_| Member {
            run: HookRun::new(),
            ran: None,
            seat: None,
            span: None,
        };
        Box::new(Self {
            first,
            members: (first..end).map(member).collect(),
            since: None,
        })
    }

    /// Polls all that are not done. Whether all are.
    ///
    /// # Safety
    /// As [`Emission::poll`](super::body::Body::poll), within a section, with its parts.
    pub(super) unsafe fn poll<S: Sink>(
        &mut self,
        table: &Table,
        event: *mut (),
        (ctx, trace): (&EventContext<'_>, &Trace),
        thread: &'static Thread,
        sink: &mut S,
        cx: &mut Context<'_>,
    ) -> bool {
        if S::TIMES || table.observed {
            self.since.get_or_insert_with(Instant::now);
        }
        let mut all_done = true;
        for (nth, member) in self.members.iter_mut().enumerate() {
            if member.ran.is_some() {
                continue;
            }
            let at = self.first + nth;
            let hook = &*table.hooks[at];
            thread.runs(&raw const table.calls[at]);
            member.run.since = member.run.since.or(self.since);
            if member.span.is_none() {
                member.span = trace.beside(hook);
            }
            let _entered = member.span.clone().map(Span::entered);
            FutureSlot::lay_out(&raw mut member.run.slot, sink.out(), cx);
            // SAFETY: the caller's promise; members are in a box.
            let ran = unsafe { member.poll(hook, event, ctx, cx) };
            if matches!(ran, Ran::Pending) {
                all_done = false;
                if member.seat.is_none() {
                    let table: *const Table = table;
                    member.seat = Some(thread.take_seat(table.cast_mut().cast(), at));
                }
                continue;
            }
            let took = self.since.map(|since| since.elapsed()).unwrap_or_default();
            if let Ran::Done(attempts) = ran {
                let done = Done {
                    hook,
                    attempts,
                    took,
                };
                if S::TAKES && !hook.is_named() {
                    sink.keep(&done, nth);
                }
            }
            member.ran = Some((ran, took));
            member.leave_seat();
        }
        all_done
    }

    /// Tells what all have come to. What comes after one that decides is logged, since it was done.
    pub(super) fn tell<S: Sink>(&mut self, visitor: &mut Visitor<'_, '_, S>) -> Visit {
        let mut told = Visit::Next;
        for (nth, member) in self.members.iter_mut().enumerate() {
            let Some((ran, took)) = member.ran.take() else {
                continue;
            };
            match told {
                Visit::Next => {
                    visitor.sink.put_back(nth);
                    told = visitor.visit(self.first + nth, ran, took);
                }
                _ => log(&ran),
            }
        }
        told
    }

    /// Drops all futures. Their seats are given back by whoever has the group, with its own.
    pub(super) fn cancel(&mut self, ctx: &EventContext<'_>) {
        for member in &mut self.members {
            member.run.clear(ctx);
            member.leave_seat();
        }
    }
}

fn log(ran: &Ran) {
    if let Ran::Failed(error) = ran {
        let error = text_of(error);
        tracing::warn!(target: "pepperplug::dispatch", error, "hook failed beside one that had decided");
    }
}

impl Member {
    /// # Safety
    /// As [`Group::poll`], laid out.
    unsafe fn poll(
        &mut self,
        hook: &TableHook,
        event: *mut (),
        ctx: &EventContext<'_>,
        cx: &mut Context<'_>,
    ) -> Ran {
        loop {
            let run = &mut self.run;
            // SAFETY: the caller's promise.
            let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
                if !run.is_idle() {
                    return run.resume(hook, ctx, cx);
                }
                let desk: *mut Desk = (&raw mut run.slot).cast();
                let status = hook.call.call(event, ctx, desk);
                run.settle(hook, status, ctx, cx)
            }));
            let ran = polled.unwrap_or_else(|panic| {
                let failure = HookFailure::panicked(panic);
                self.run.panicked(hook, failure, ctx, cx)
            });
            if !matches!(ran, Ran::Again) {
                return ran;
            }
        }
    }

    fn leave_seat(&mut self) {
        if let Some(seat) = self.seat.take() {
            // The emit has another one, which is the last to be given back.
            seat.give_back();
        }
    }
}
