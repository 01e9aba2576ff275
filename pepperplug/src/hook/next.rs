//! What comes after a hook that wraps it.

#![allow(
    unsafe_code,
    reason = "looks at the table of an emit under way; see the invariants of `Body`"
)]

use core::fmt;
use core::marker::PhantomData;

use super::emitting::{Emitting, emit_rest_sync};
use super::table::Table;
use crate::error::Error;
use crate::event::{Emit, Event, EventContext, Returned, SyncEvent};

/// All hooks that come after the one that takes this, which wraps them: it decides whether they are called, how often, with
/// what event, and what is made of what they return.
///
/// ```
/// use pepperplug::Next;
/// use pepperplug::prelude::*;
///
/// #[event("http.request", mode = first, output = String)]
/// struct HttpRequest {
///     path: String,
/// }
///
/// #[plugin(name = "guard")]
/// struct Guard;
///
/// #[plugin]
/// impl Guard {
///     #[hook("http.request", priority = high)]
///     async fn guard(
///         &self,
///         request: &HttpRequest,
///         next: Next<'_, HttpRequest>,
///     ) -> Result<Option<String>, pepperplug::Error> {
///         if request.path.starts_with("/admin") {
///             return Ok(Some("forbidden".to_owned()));
///         }
///         let answer = next.run(request).await?;
///         Ok(answer.or_else(|| Some("not found".to_owned())))
///     }
/// }
/// ```
///
/// In mode transform, `next.run(&mut *event)` lends the event to the rest, and it may be looked at again after that.
///
/// An error of the rest that it passes on stays the error of the hook that failed.
pub struct Next<'a, E: Event> {
    ctx: &'a EventContext<'a>,
    table: &'a Table,
    at: usize,
    _event: PhantomData<fn(E)>,
}

impl<'a, E: Event> Next<'a, E> {
    /// What comes after the hook that is called with `ctx`. For generated code: while the hook is called.
    #[doc(hidden)]
    #[must_use]
    pub fn after(ctx: &'a EventContext<'a>) -> Self {
        // SAFETY: the table lives as long as any hook has the context.
        let table = unsafe { &*ctx.table() };
        // Of another event, which the build refuses, there is no rest.
        let is_its = table.event.type_id() == core::any::TypeId::of::<E>();
        let running = super::read::running();
        let at = table.place(running.cast()).filter(|_| is_its);
        Self {
            ctx,
            table,
            at: at.map_or(table.calls.len(), |at| at + 1),
            _event: PhantomData,
        }
    }

    /// Runs the rest; what it returns is what the emit would return of them.
    ///
    /// # Errors
    /// As [`Events::emit`](crate::Events::emit).
    ///
    /// # Cancel safety
    /// As [`Events::emit`](crate::Events::emit).
    pub fn run<'n, T: Emit<'n, E>>(&self, event: T) -> Emitting<'n, E>
    where
        'a: 'n,
    {
        Emitting::rest(self.ctx, self.table, self.at, event.lend())
    }

    /// As [`run`](Self::run), of an event declared `sync`.
    ///
    /// # Errors
    /// As [`Events::emit_sync`](crate::Events::emit_sync).
    pub fn run_sync<'n, T: Emit<'n, E>>(&self, event: T) -> Result<Returned<E>, Error>
    where
        E: SyncEvent,
    {
        emit_rest_sync(self.ctx, self.table, self.at, event.lend())
    }
}

impl<E: Event> fmt::Debug for Next<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.table.hooks.get(self.at..).unwrap_or_default();
        f.debug_tuple("Next").field(&left).finish()
    }
}
