//! The loop over the hooks of an event: all that an emit is, where no hook has trouble.

#![allow(
    unsafe_code,
    reason = "calls hooks through pointers without types; see the invariants of `Emission`"
)]

use core::ops::Range;

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
    let Range { start, end } = calls.as_ptr_range();
    let mut at = start;
    macro_rules! call {
        () => {
            if at == end {
                break Status::DONE;
            }
            thread.runs(at);
            // SAFETY: not at the end of the slice; the caller's promise.
            let status = unsafe { (*at).call(event, ctx, desk) };
            if !status.is_done() {
                break status;
            }
            // SAFETY: not past the end of the slice.
            at = unsafe { at.add(1) };
        };
    }
    loop {
        call!();
        call!();
        call!();
        call!();
        call!();
        call!();
        call!();
        call!();
    }
}
