//! A phase's first poll, in place: most are ready at once, and need no task, no timer and no room of their own.

use core::future::{Future, pending};
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::panic::catch_unwind;

use tokio::task::JoinHandle;

use crate::hook::panic_text;

/// A future that waits for something, to be polled on in a task of its own.
pub(super) type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a first poll came to.
pub(super) enum First<T> {
    Ready(T),
    Panicked(String),
    Waits(Waiting<T>),
}

/// Spawns what may block its thread before it awaits anything.
///
/// A task that is spawned by another is left to the thread of that one without waking a second thread. If that thread was
/// the one that watches the clock, nobody would while it is blocked, and no time would ever be up. Spawning something
/// else after it wakes one that does.
pub(super) fn spawn_beside<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let task = tokio::spawn(future);
    drop(tokio::spawn(async {}));
    task
}

/// Room for one future after the other, as long as each is ready at once; one that waits takes it along.
pub(super) struct Seat<F> {
    place: Pin<Box<Option<F>>>,
}

impl<F: Future + Send + 'static> Seat<F> {
    pub(super) fn new() -> Self {
        Self {
            place: Box::pin(None),
        }
    }

    /// Polls `future` for the first time. A panic ends here.
    #[inline]
    pub(super) fn poll(&mut self, future: F) -> First<F::Output> {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            self.place.set(Some(future));
            // Nobody is to be woken: whoever polls it on begins with a poll.
            let cx = &mut Context::from_waker(Waker::noop());
            match self.place.as_mut().as_pin_mut() {
                Some(future) => future.poll(cx),
                None => Poll::Pending,
            }
        }));
        match polled {
            Ok(Poll::Ready(output)) => First::Ready(output),
            Ok(Poll::Pending) => First::Waits(self.give_away()),
            Err(panic) => First::Panicked(panic_text(panic)),
        }
    }

    #[cold]
    fn give_away(&mut self) -> Waiting<F::Output> {
        let mut place = core::mem::replace(&mut self.place, Box::pin(None));
        Box::pin(async move {
            match place.as_mut().as_pin_mut() {
                Some(future) => future.await,
                None => pending().await,
            }
        })
    }
}
