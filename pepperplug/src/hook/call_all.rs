//! The loop over the hooks of an event: all that an emit is, where no hook has trouble.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Emission`"
)]

use super::call::Call;
use super::read::Thread;
use super::slot::Desk;
use super::status::Status;
use crate::event::EventContext;

/// Calls hooks in order until one is not simply done, and says what that one came to. Which one it was, the thread knows:
/// it is the one that it runs.
///
/// Eight call sites in a row, so that each has an entry of its own in the branch predictor.
///
/// # Safety
/// As [`Call::call`], for each of them.
#[inline(always)]
pub(super) unsafe fn call_all(
    calls: &[Call],
    event: *mut (),
    ctx: *const EventContext<'_>,
    desk: *mut Desk,
    thread: &'static Thread,
) -> Status {
    macro_rules! call {
        ($call:expr) => {
            let call: &Call = $call;
            thread.runs(call);
            // SAFETY: the caller's promise.
            let status = unsafe { call.call(event, ctx, desk) };
            if !status.is_done() {
                return status;
            }
        };
    }
    let mut rest = calls;
    while let [a, b, c, d, e, f, g, h, after @ ..] = rest {
        call!(a);
        call!(b);
        call!(c);
        call!(d);
        call!(e);
        call!(f);
        call!(g);
        call!(h);
        rest = after;
    }
    for call in rest {
        call!(call);
    }
    Status::DONE
}
