//! What is told to whom when a hook is done.

use core::ops::ControlFlow;
use core::time::Duration;

use super::hook_run::Ran;
use super::patience::End;
use super::result::{HookError, HookFailure};
use super::sink::{Done, Ended, Sink};
use super::table::{Table, TableHook};
use crate::error::{EmitError, Error};
use crate::event::EventContext;

/// How an emit goes on.
#[derive(Debug)]
pub(super) enum Visit {
    Next,
    Wait,
    End(Ended),
}

/// Tells the sink, and whoever looks on.
pub(super) struct Visitor<'a, 'e, S> {
    pub(super) table: &'a Table,
    pub(super) ctx: &'a EventContext<'e>,
    pub(super) sink: &'a mut S,
}

impl<S: Sink> Visitor<'_, '_, S> {
    /// What the hook at `at` has come to.
    pub(super) fn visit(&mut self, at: usize, ran: Ran, took: Duration) -> Visit {
        let hook = &*self.table.hooks[at];
        self.look_on(hook, &ran, took);
        let flow = match ran {
            Ran::Pending => return Visit::Wait,
            Ran::Again => return Visit::Next,
            Ran::Ended(why) => return Visit::End(Err(Box::new(self.ended(at, why)))),
            Ran::Ignored => ControlFlow::Continue(()),
            Ran::Failed(error) => self.failed(hook, *error),
            Ran::Done(attempts) => {
                let done = Done {
                    hook,
                    attempts,
                    took,
                };
                if hook.meta.around {
                    self.sink.around_done(done);
                    ControlFlow::Continue(())
                } else if hook.is_named() {
                    // It answers nothing.
                    ControlFlow::Continue(())
                } else {
                    self.sink.done(done)
                }
            }
        };
        // What wraps the rest has run the rest, or has decided that it does not run.
        if flow.is_break() || hook.meta.around {
            Visit::End(Ok(()))
        } else {
            Visit::Next
        }
    }

    fn failed(&mut self, hook: &TableHook, error: HookError) -> ControlFlow<()> {
        let mode = self.table.event.meta().mode();
        if !hook.meta.around {
            return self.sink.failed(error, mode);
        }
        // What it passes on of those that it wraps is theirs.
        for error in passed_on(error) {
            if self.sink.failed(error, mode).is_break() {
                break;
            }
        }
        ControlFlow::Break(())
    }

    fn look_on(&self, hook: &TableHook, ran: &Ran, took: Duration) {
        if self.table.observed {
            self.ctx.dispatcher.look_on(hook, self.ctx, ran, took);
        }
    }

    /// The emit ended before the hook at `at` was done.
    fn ended(&self, at: usize, why: End) -> EmitError {
        let event = self.ctx.event();
        let hooks = self.table.hooks[at..].iter().map(|hook| hook.label());
        let left_out = hooks.collect();
        match why {
            End::Deadline => EmitError::DeadlineExceeded { event, left_out },
            End::Cancelled => EmitError::Cancelled { event, left_out },
        }
    }
}

fn passed_on(error: HookError) -> Vec<HookError> {
    let HookFailure::Error(boxed) = error.failure else {
        return vec![error];
    };
    match boxed.downcast::<Error>() {
        Ok(inner) => match *inner {
            Error::Emit(EmitError::Hooks { event, errors }) if event == error.event => errors,
            inner => {
                let failure = HookFailure::Error(Box::new(inner));
                vec![HookError { failure, ..error }]
            }
        },
        Err(boxed) => {
            let failure = HookFailure::Error(boxed);
            vec![HookError { failure, ..error }]
        }
    }
}
