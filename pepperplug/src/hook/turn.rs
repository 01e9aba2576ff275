//! What each step of an emit comes to, and what follows from it.

#![allow(
    unsafe_code,
    reason = "looks at the table of an emit; see the invariants of `Body`"
)]

use core::ptr;
use core::task::Context;

use super::body::Body;
use super::hook_run::Ran;
use super::read::Thread;
use super::result::HookFailure;
use super::sink::Sink;
use super::visit::{Visit, Visitor};

/// What a step has come to.
pub(super) enum Turn {
    /// There are no more hooks.
    Over,
    /// The hook at `at` has come to this.
    Ran(Ran),
    /// The group that begins at `at`, and ends there, is done.
    Group(usize),
}

impl Body<'_> {
    /// A hook panicked: the one that was called last.
    #[cold]
    pub(super) fn panicked(
        &mut self,
        thread: &'static Thread,
        failure: HookFailure,
        cx: &mut Context<'_>,
    ) -> Turn {
        // SAFETY: invariant 3.
        let table = unsafe { &*self.table };
        self.at = table.place(thread.ran()).unwrap_or(self.at);
        let hook = &table.hooks[self.at];
        Turn::Ran(self.run.panicked(hook, failure, &self.ctx, cx))
    }

    /// Tells the sink what a turn has come to, and says how to go on.
    pub(super) fn visit<S: Sink>(&mut self, turn: Turn, sink: &mut S) -> Visit {
        // SAFETY: invariant 3.
        let table = unsafe { &*self.table };
        if table.transforms && self.run.is_idle() {
            // SAFETY: nobody looks at it.
            unsafe { self.ctx.lend(ptr::null_mut()) };
        }
        let mut visitor = Visitor {
            table,
            ctx: &self.ctx,
            sink,
        };
        let (visit, next) = match turn {
            Turn::Over => return Visit::End(Ok(())),
            Turn::Group(end) => {
                let visit = match self.group.take() {
                    Some(mut group) => group.tell(&mut visitor),
                    None => Visit::Next,
                };
                (visit, end)
            }
            Turn::Ran(ran) => {
                let since = self.run.since.take();
                let took = since.map(|since| since.elapsed()).unwrap_or_default();
                let again = matches!(ran, Ran::Again | Ran::Pending);
                if again {
                    self.run.since = since;
                } else {
                    self.trace.leave();
                }
                (
                    visitor.visit(self.at, ran, took),
                    self.at + usize::from(!again),
                )
            }
        };
        self.at = next;
        visit
    }
}
