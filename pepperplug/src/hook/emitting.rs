//! The future of an emit, and the handle that emits.

#![allow(
    unsafe_code,
    reason = "an event's type is erased here, and nowhere else"
)]

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use super::dispatch::Dispatcher;
use super::emission::{Emission, Rest};
use super::sink::Sink;
use super::table::Table;
#[cfg(doc)]
use crate::error::EmitError;
use crate::error::Error;
use crate::event::{Emit, EmitContext, Event, EventContext, Lent, Returned, SinkOf, SyncEvent};

/// The future of an emit: runs the hooks of the event when it is awaited.
///
/// # Panics
/// If it is polled again after it was ready, as futures do.
///
/// # Cancel safety
/// Dropping it cancels the hook that runs, at its current await; hooks after it are not called.
#[must_use = "an event is emitted when this is awaited"]
pub struct Emitting<'e, E: Event> {
    emission: Emission<'e>,
    sink: ManuallyDrop<SinkOf<E>>,
    _event: PhantomData<&'e mut E>,
}

// SAFETY: it holds a borrow of the event, which is `Send + Sync`; a context, which is no more than atomics and what is
// shared; hooks' futures, which are `Send` (`Start::run` asks for it); and a sink, which is `Send`. Seats may be given back
// by any thread.
unsafe impl<E: Event> Send for Emitting<'_, E> {}

impl<'e, E: Event> Emitting<'e, E> {
    #[inline(always)]
    pub(crate) fn new(dispatcher: &'e Dispatcher, event: Lent<'e, E>) -> Self {
        Self {
            emission: Emission::new(dispatcher, event.into_raw().cast()),
            sink: ManuallyDrop::new(Sink::new()),
            _event: PhantomData,
        }
    }

    /// The hooks from `at` on of an emit under way.
    pub(super) fn rest<'a: 'e>(
        of: &'a EventContext<'a>,
        table: &'a Table,
        at: usize,
        event: Lent<'e, E>,
    ) -> Self {
        let mut this = Self::new(of.dispatcher, event);
        let of = Some(of);
        this.emission.rest(Rest { table, at, of });
        this
    }

    /// The hooks of a table that is no dispatcher's, and is kept for as long as this lives.
    pub(super) fn alone(dispatcher: &'e Dispatcher, table: &'e Table, event: Lent<'e, E>) -> Self {
        let mut this = Self::new(dispatcher, event);
        let (at, of) = (0, None);
        this.emission.rest(Rest { table, at, of });
        this
    }

    pub(crate) fn with(mut self, context: EmitContext) -> Self {
        self.emission.carry(context);
        self
    }
}

impl<E: Event> Future for Emitting<'_, E> {
    type Output = Result<Returned<E>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: nothing is moved out of it.
        let this = unsafe { self.get_unchecked_mut() };
        assert!(
            !this.emission.is_over(),
            "`Emitting` polled after completion"
        );
        let of = (E::slot().untyped(), E::META);
        // SAFETY: pinned with `self`; slot and meta are those of `E`.
        let polled = unsafe { this.sink.poll(&mut this.emission, of, cx) };
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => {
                let sink = core::mem::replace(&mut *this.sink, Sink::new());
                Poll::Ready(sink.finish(of.1.name()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(Error::Emit(*error))),
        }
    }
}

impl<E: Event> Drop for Emitting<'_, E> {
    #[inline(always)]
    fn drop(&mut self) {
        // One look, where there is nothing to be dropped: errors come with a body.
        if SinkOf::<E>::TAKES || !self.emission.is_empty() {
            self.emission.cancel();
            // SAFETY: not used again.
            unsafe { ManuallyDrop::drop(&mut self.sink) };
        }
    }
}

impl<E: Event> fmt::Debug for Emitting<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitting")
            .field("event", &E::META.name())
            .finish_non_exhaustive()
    }
}

/// Runs the hooks of a sync event.
#[inline]
pub(crate) fn emit_sync<E: SyncEvent>(
    dispatcher: &Dispatcher,
    event: Lent<'_, E>,
    context: Option<EmitContext>,
) -> Result<Returned<E>, Error> {
    let of = (E::slot().untyped(), E::META);
    let event = event.into_raw().cast();
    let mut sink: SinkOf<E> = Sink::new();
    // SAFETY: the event is lent for as long as this runs, as its mode says; slot and meta are those of `E`.
    let ended = unsafe { sink.emit_sync(dispatcher, of, event, context.map(Box::new)) };
    match ended {
        Ok(()) => sink.finish(E::META.name()),
        Err(error) => Err(Error::Emit(*error)),
    }
}

/// Runs the hooks from `at` on of an emit of a sync event.
pub(super) fn emit_rest_sync<E: SyncEvent>(
    of: &EventContext<'_>,
    table: &Table,
    at: usize,
    event: Lent<'_, E>,
) -> Result<Returned<E>, Error> {
    let event = event.into_raw().cast();
    let mut sink: SinkOf<E> = Sink::new();
    // SAFETY: the event is lent for as long as this runs, and whoever wraps the rest keeps the table.
    let ended = unsafe { super::sync::emit_rest(of, table, at, event, &mut sink) };
    match ended.and_then(|()| sink.settle(E::META)) {
        Ok(sink) => sink.finish(E::META.name()),
        Err(error) => Err(Error::Emit(*error)),
    }
}

/// A handle that emits events from inside a plugin: `#[inject] events: Events`.
///
/// ```
/// use pepperplug::prelude::*;
///
/// #[event("order.placed")]
/// struct OrderPlaced;
///
/// #[plugin(name = "shop")]
/// struct ShopPlugin {
///     #[inject]
///     events: Events,
/// }
///
/// impl ShopPlugin {
///     async fn order(&self) -> Result<(), pepperplug::Error> {
///         self.events.emit(&OrderPlaced).await?;
///         Ok(())
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Events {
    pub(super) dispatcher: Arc<Dispatcher>,
}

impl Events {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>) -> Self {
        Self { dispatcher }
    }

    /// Runs the hooks of an event; what it returns is decided by the event's mode.
    ///
    /// # Errors
    /// [`EmitError::NotStarted`] until every plugin is ready, [`EmitError::ShuttingDown`] once the application stops,
    /// [`EmitError::TooDeep`] where emits within emits do not end, and [`EmitError::Hooks`] with the hooks that failed.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the hook that runs, at its current await; hooks after it are not called.
    #[inline]
    pub fn emit<'e, T: Emit<'e, E>, E: Event>(&'e self, event: T) -> Emitting<'e, E> {
        Emitting::new(&self.dispatcher, event.lend())
    }

    /// As [`emit`](Self::emit), with a correlation id, metadata, a deadline, or a token that cancels it.
    ///
    /// # Errors
    /// As [`emit`](Self::emit), and [`EmitError::DeadlineExceeded`] or [`EmitError::Cancelled`] with the hooks that were not
    /// done.
    ///
    /// # Cancel safety
    /// As [`emit`](Self::emit).
    pub fn emit_with<'e, T: Emit<'e, E>, E: Event>(
        &'e self,
        event: T,
        context: EmitContext,
    ) -> Emitting<'e, E> {
        self.emit(event).with(context)
    }

    /// As [`emit`](Self::emit), for an event declared `sync`: no future at all.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    #[inline]
    pub fn emit_sync<'e, T: Emit<'e, E>, E: SyncEvent>(
        &'e self,
        event: T,
    ) -> Result<Returned<E>, Error> {
        emit_sync(&self.dispatcher, event.lend(), None)
    }

    /// As [`emit_with`](Self::emit_with), for an event declared `sync`. Nothing cancels a hook that does not yield: a deadline
    /// or a token keeps the hooks from being called whose turn comes after it.
    ///
    /// # Errors
    /// As [`emit_with`](Self::emit_with).
    pub fn emit_sync_with<'e, T: Emit<'e, E>, E: SyncEvent>(
        &'e self,
        event: T,
        context: EmitContext,
    ) -> Result<Returned<E>, Error> {
        emit_sync(&self.dispatcher, event.lend(), Some(context))
    }
}
