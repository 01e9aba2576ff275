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
            Ran::Ignored(_) => ControlFlow::Continue(()),
            Ran::Failed(error) if hook.meta.around => {
                return Visit::End(self.around_failed(*error));
            }
            Ran::Failed(error) => {
                let mode = self.table.event.meta().mode();
                self.sink.failed(*error, mode)
            }
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

    /// A hook that wraps others has failed. What it passes on of them is theirs.
    fn around_failed(&mut self, error: HookError) -> Ended {
        let mode = self.table.event.meta().mode();
        for error in passed_on(error)? {
            if self.sink.failed(error, mode).is_break() {
                break;
            }
        }
        Ok(())
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

/// The errors of hooks that a hook passes on that wraps them, or its own; or how the rest ended, if that was early.
fn passed_on(error: HookError) -> Result<Vec<HookError>, Box<EmitError>> {
    let HookError { event, failure, .. } = error;
    let own = |failure| HookError { failure, ..error };
    let HookFailure::Error(boxed) = failure else {
        return Ok(vec![own(failure)]);
    };
    match boxed.downcast::<Error>().map(|inner| *inner) {
        Ok(Error::Emit(EmitError::Hooks { event: of, errors })) if of == event => Ok(errors),
        Ok(Error::Emit(ended)) if ended.is_early_end_of(event) => Err(Box::new(ended)),
        Ok(inner) => Ok(vec![own(HookFailure::Error(Box::new(inner)))]),
        Err(boxed) => Ok(vec![own(HookFailure::Error(boxed))]),
    }
}
