//! Emitting: from an event to the hooks in the tables that hold now.

use core::fmt;
use core::ops::ControlFlow;
use core::time::Duration;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::time::Instant;

use super::erased::EventArg;
use super::result::{HookError, HookResult};
use super::run::{run, run_sync};
use super::table::{Gate, TableHook, Tables};
use crate::error::{EmitError, Error};
use crate::event::{Collect, Emit, Event, EventContext, First, Notify, SyncEvent, Transform};

/// The hooks that hold now. Emits read them without a lock; a change swaps in new ones.
pub struct Dispatcher {
    tables: ArcSwap<Tables>,
}

impl Dispatcher {
    pub(crate) fn new() -> Self {
        Self {
            tables: ArcSwap::from_pointee(Tables::closed(Gate::NotStarted)),
        }
    }

    /// Lets emits that come from now on read `tables`. Those under way go on with the old ones.
    pub(crate) fn swap(&self, tables: Tables) {
        self.tables.store(Arc::new(tables));
    }

    pub(crate) fn tables(&self) -> Arc<Tables> {
        self.tables.load_full()
    }

    fn begin<E: Event>(&self) -> Result<arc_swap::Guard<Arc<Tables>>, Error> {
        let tables = self.tables.load();
        match tables.gate {
            Gate::Open => Ok(tables),
            Gate::NotStarted => Err(Error::Emit(EmitError::NotStarted {
                event: E::META.name(),
            })),
            Gate::ShutDown => Err(Error::Emit(EmitError::ShuttingDown {
                event: E::META.name(),
            })),
        }
    }

    pub(crate) async fn notify<E: Event<Mode = Notify>>(&self, event: &E) -> Result<(), Error> {
        self.notify_in(event, EventContext::new(E::META, self))
            .await
    }

    /// As [`notify`](Self::notify), done by `deadline`. Each hook is called, whatever the others took, and is named if it
    /// is too slow.
    pub(crate) async fn notify_until<E: Event<Mode = Notify>>(
        &self,
        event: &E,
        deadline: Instant,
    ) -> Result<(), Error> {
        let ctx = EventContext::new(E::META, self).until(deadline);
        self.notify_in(event, ctx).await
    }

    async fn notify_in<E: Event<Mode = Notify>>(
        &self,
        event: &E,
        ctx: EventContext<'_>,
    ) -> Result<(), Error> {
        let tables = self.begin::<E>()?;
        let mut errors = Vec::new();
        run(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |_, _, outcome| keep_error(&mut errors, outcome),
        )
        .await;
        failed::<E>(errors)
    }

    pub(crate) fn notify_sync<E: SyncEvent<Mode = Notify>>(&self, event: &E) -> Result<(), Error> {
        let tables = self.begin::<E>()?;
        let mut errors = Vec::new();
        let ctx = EventContext::new(E::META, self);
        run_sync(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |_, _, outcome| keep_error(&mut errors, outcome),
        );
        failed::<E>(errors)
    }

    pub(crate) async fn transform<E: Event<Mode = Transform>>(
        &self,
        event: &mut E,
    ) -> Result<(), Error> {
        let tables = self.begin::<E>()?;
        let mut errors = Vec::new();
        let ctx = EventContext::new(E::META, self);
        run(
            tables.hooks::<E>(),
            EventArg::exclusive(event),
            &ctx,
            |_, _, outcome| stop_at_error(&mut errors, outcome),
        )
        .await;
        failed::<E>(errors)
    }

    pub(crate) fn transform_sync<E: SyncEvent<Mode = Transform>>(
        &self,
        event: &mut E,
    ) -> Result<(), Error> {
        let tables = self.begin::<E>()?;
        let mut errors = Vec::new();
        let ctx = EventContext::new(E::META, self);
        run_sync(
            tables.hooks::<E>(),
            EventArg::exclusive(event),
            &ctx,
            |_, _, outcome| stop_at_error(&mut errors, outcome),
        );
        failed::<E>(errors)
    }

    pub(crate) async fn first<E: Event<Mode = First>>(
        &self,
        event: &E,
    ) -> Result<Option<E::Output>, Error> {
        let tables = self.begin::<E>()?;
        let mut found = Ok(None);
        let ctx = EventContext::new(E::META, self);
        run(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |_, _, outcome| stop_at_answer(&mut found, outcome),
        )
        .await;
        answered::<E>(found)
    }

    pub(crate) fn first_sync<E: SyncEvent<Mode = First>>(
        &self,
        event: &E,
    ) -> Result<Option<E::Output>, Error> {
        let tables = self.begin::<E>()?;
        let mut found = Ok(None);
        let ctx = EventContext::new(E::META, self);
        run_sync(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |_, _, outcome| stop_at_answer(&mut found, outcome),
        );
        answered::<E>(found)
    }

    pub(crate) async fn collect<E: Event<Mode = Collect>>(
        &self,
        event: &E,
    ) -> Result<Vec<HookResult<E::Output>>, Error> {
        let tables = self.begin::<E>()?;
        let mut results = Vec::new();
        let ctx = EventContext::new(E::META, self);
        run(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |hook, took, outcome| add(&mut results, hook, took, outcome),
        )
        .await;
        Ok(results)
    }

    pub(crate) fn collect_sync<E: SyncEvent<Mode = Collect>>(
        &self,
        event: &E,
    ) -> Result<Vec<HookResult<E::Output>>, Error> {
        let tables = self.begin::<E>()?;
        let mut results = Vec::new();
        let ctx = EventContext::new(E::META, self);
        run_sync(
            tables.hooks::<E>(),
            EventArg::shared(event),
            &ctx,
            |hook, took, outcome| add(&mut results, hook, took, outcome),
        );
        Ok(results)
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("gate", &self.tables.load().gate)
            .finish_non_exhaustive()
    }
}

/// In mode notify all hooks run, and all errors are told.
#[inline]
fn keep_error<V>(errors: &mut Vec<HookError>, outcome: Result<V, HookError>) -> ControlFlow<()> {
    if let Err(error) = outcome {
        errors.push(error);
    }
    ControlFlow::Continue(())
}

/// In mode transform a failed hook may leave the event half changed, so the next does not get it.
#[inline]
fn stop_at_error<V>(errors: &mut Vec<HookError>, outcome: Result<V, HookError>) -> ControlFlow<()> {
    match outcome {
        Ok(_) => ControlFlow::Continue(()),
        Err(error) => {
            errors.push(error);
            ControlFlow::Break(())
        }
    }
}

/// In mode first an answer ends the round, and so does an error: a hook that failed might have answered.
#[inline]
fn stop_at_answer<O>(
    found: &mut Result<Option<O>, HookError>,
    outcome: Result<Option<Option<O>>, HookError>,
) -> ControlFlow<()> {
    match outcome {
        Ok(None | Some(None)) => ControlFlow::Continue(()),
        Ok(Some(answer)) => {
            *found = Ok(answer);
            ControlFlow::Break(())
        }
        Err(error) => {
            *found = Err(error);
            ControlFlow::Break(())
        }
    }
}

#[inline]
fn failed<E: Event>(errors: Vec<HookError>) -> Result<(), Error> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(hooks_failed::<E>(errors))
    }
}

#[inline]
fn answered<E: Event>(
    found: Result<Option<E::Output>, HookError>,
) -> Result<Option<E::Output>, Error> {
    found.map_err(|error| hooks_failed::<E>(vec![error]))
}

#[cold]
fn hooks_failed<E: Event>(errors: Vec<HookError>) -> Error {
    let event = E::META.name();
    Error::Emit(EmitError::Hooks { event, errors })
}

/// In mode collect every hook's answer is kept.
fn add<O>(
    results: &mut Vec<HookResult<O>>,
    hook: &TableHook,
    duration: Duration,
    outcome: Result<Option<O>, HookError>,
) -> ControlFlow<()> {
    let outcome = match outcome {
        Ok(Some(answer)) => Ok(answer),
        // A hook that takes only the context answers nothing.
        Ok(None) => return ControlFlow::Continue(()),
        Err(error) => Err(error),
    };
    results.push(HookResult {
        plugin: hook.plugin,
        hook: hook.meta.name(),
        duration,
        outcome,
    });
    ControlFlow::Continue(())
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
    dispatcher: Arc<Dispatcher>,
}

impl Events {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>) -> Self {
        Self { dispatcher }
    }

    /// Runs the hooks of an event; what it returns is decided by the event's mode.
    ///
    /// # Errors
    /// [`EmitError::NotStarted`] until every plugin is ready, [`EmitError::ShuttingDown`] once the application stops,
    /// and [`EmitError::Hooks`] with the hooks that failed.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the hook that runs, at its current await; hooks after it are not called.
    pub async fn emit<T: Emit<R>, R>(&self, event: T) -> Result<R, Error> {
        event.emit_on(&self.dispatcher).await
    }

    /// As [`emit`](Self::emit), for an event declared `sync`: no future at all.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_sync<T: Emit<R, Event = E>, E: SyncEvent, R>(&self, event: T) -> Result<R, Error> {
        event.emit_sync_on(&self.dispatcher)
    }
}
