//! A panic of a future, as a value.

use core::any::Any;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `future`, and ends a panic in it here. The future is dropped before this returns, whatever becomes of it.
pub(super) async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    let poll =
        |cx: &mut Context<'_>| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        };
    poll_fn(poll).await
}
