//! The four ways in which an event's hooks work together, as types: so `emit` returns what the mode means, and a hook
//! that does not fit is a build error.

use core::fmt::Debug;
use core::future::Future;

use super::Event;
use crate::error::{BoxError, Error};
use crate::hook::{Dispatcher, HookResult};

/// How an event's hooks work together. Sealed: the four modes are all there are.
pub trait Mode: sealed::Sealed + Debug + Send + Sync + 'static {
    /// What one hook yields, where the event's output is `O`.
    type Value<O: Send + 'static>: Send + 'static;
    /// The mode as a value.
    const KIND: EventMode;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Notify {}
    impl Sealed for super::Collect {}
    impl Sealed for super::First {}
    impl Sealed for super::Transform {}
}

/// A mode as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventMode {
    /// See [`Notify`].
    Notify,
    /// See [`Collect`].
    Collect,
    /// See [`First`].
    First,
    /// See [`Transform`].
    Transform,
}

impl EventMode {
    /// Its name in `#[event(mode = …)]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Collect => "collect",
            Self::First => "first",
            Self::Transform => "transform",
        }
    }
}

/// Every hook is told. The default.
#[derive(Debug, Clone, Copy)]
pub struct Notify;

/// Every hook answers, and all answers are returned.
#[derive(Debug, Clone, Copy)]
pub struct Collect;

/// Hooks are asked in order until one answers.
#[derive(Debug, Clone, Copy)]
pub struct First;

/// Every hook in order may change the event.
#[derive(Debug, Clone, Copy)]
pub struct Transform;

impl Mode for Notify {
    type Value<O: Send + 'static> = ();
    const KIND: EventMode = EventMode::Notify;
}

impl Mode for Collect {
    type Value<O: Send + 'static> = O;
    const KIND: EventMode = EventMode::Collect;
}

impl Mode for First {
    type Value<O: Send + 'static> = Option<O>;
    const KIND: EventMode = EventMode::First;
}

impl Mode for Transform {
    type Value<O: Send + 'static> = ();
    const KIND: EventMode = EventMode::Transform;
}

/// A mode whose hooks take the event by `&`.
#[diagnostic::on_unimplemented(
    message = "[PP035] a hook of an event in mode `transform` takes it by `&mut`",
    label = "write `&mut` here",
    note = "in mode `transform` every hook may change the event"
)]
pub trait ByRef: Mode {
    #[doc(hidden)]
    const OK: () = ();
}

#[diagnostic::do_not_recommend]
impl ByRef for Notify {}
#[diagnostic::do_not_recommend]
impl ByRef for Collect {}
#[diagnostic::do_not_recommend]
impl ByRef for First {}

/// The mode whose hooks take the event by `&mut`.
#[diagnostic::on_unimplemented(
    message = "[PP035] only hooks of an event in mode `transform` take it by `&mut`",
    label = "write `&` here",
    note = "declare the event with `mode = transform` if its hooks may change it"
)]
pub trait ByMut: Mode {
    #[doc(hidden)]
    const OK: () = ();
}

#[diagnostic::do_not_recommend]
impl ByMut for Transform {}

/// An event whose hooks may be async: any that is not declared `sync`.
#[diagnostic::on_unimplemented(
    message = "[PP033] event `{Self}` is declared `sync`, so its hooks cannot be `async`",
    label = "remove `async`",
    note = "or remove `sync` from the event's `#[event(…)]`"
)]
pub trait AsyncEvent: Event {
    #[doc(hidden)]
    const OK: () = ();
}

/// An event declared `sync`: it can be emitted without a future.
#[diagnostic::on_unimplemented(
    message = "event `{Self}` is not declared `sync`, so it cannot be emitted with `emit_sync`",
    label = "its hooks may be async",
    note = "emit it with `emit(…).await`, or declare it `#[event(\"name\", sync)]`"
)]
pub trait SyncEvent: Event {}

/// What a hook may return: what its event takes, or a `Result` of it.
///
/// `V` is `()` in the modes notify and transform, `O` in mode collect, and `Option<O>` in mode first, where `O` is the
/// event's output.
#[diagnostic::on_unimplemented(
    message = "[PP032] a hook returns `{Self}`, but its event takes `{V}`",
    label = "expected `{V}`, or a `Result` of it",
    note = "the event's mode and output decide: notify and transform take `()`, collect takes the output, first takes an `Option` of it"
)]
pub trait HookReturn<V> {
    /// The common form.
    #[doc(hidden)]
    fn into_output(self) -> Result<V, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<V> HookReturn<V> for V {
    #[inline]
    fn into_output(self) -> Result<V, BoxError> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V, E: Into<BoxError>> HookReturn<V> for Result<V, E> {
    #[inline]
    fn into_output(self) -> Result<V, BoxError> {
        self.map_err(Into::into)
    }
}

/// What `emit` takes: `&event`, or `&mut event` in mode transform.
///
/// `R` is what `emit` returns, by the event's mode. It is a parameter and not an associated type so that a wrong call is
/// one error of the compiler, and not one for every place that names the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be emitted",
    label = "expected `&event`, or `&mut event` where the event's mode is `transform`",
    note = "emit a reference to a value whose type has `#[event(\"name\")]`: `&mut` in mode `transform`, `&` in all others"
)]
pub trait Emit<R>: Send + sealed_emit::Sealed {
    /// The event.
    type Event: Event;

    /// Runs the hooks.
    #[doc(hidden)]
    fn emit_on(self, on: &Dispatcher) -> impl Future<Output = Result<R, Error>> + Send;

    /// Runs the hooks of a sync event.
    #[doc(hidden)]
    fn emit_sync_on(self, on: &Dispatcher) -> Result<R, Error>
    where
        Self::Event: SyncEvent;
}

mod sealed_emit {
    pub trait Sealed {}
    impl<E: super::Event> Sealed for &E {}
    impl<E: super::Event> Sealed for &mut E {}
}

/// How the modes that share the event run, and what they return.
pub trait SharedMode: ByRef + Sized {
    /// What `emit` returns.
    type Returns<O: Send + 'static>: Send;

    #[doc(hidden)]
    fn emit<E: Event<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> impl Future<Output = Result<Self::Returns<E::Output>, Error>> + Send;

    #[doc(hidden)]
    fn emit_sync<E: SyncEvent<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> Result<Self::Returns<E::Output>, Error>;
}

impl SharedMode for Notify {
    type Returns<O: Send + 'static> = ();

    fn emit<E: Event<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        on.notify(event)
    }

    fn emit_sync<E: SyncEvent<Mode = Self>>(event: &E, on: &Dispatcher) -> Result<(), Error> {
        on.notify_sync(event)
    }
}

impl SharedMode for Collect {
    type Returns<O: Send + 'static> = Vec<HookResult<O>>;

    fn emit<E: Event<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> impl Future<Output = Result<Vec<HookResult<E::Output>>, Error>> + Send {
        on.collect(event)
    }

    fn emit_sync<E: SyncEvent<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> Result<Vec<HookResult<E::Output>>, Error> {
        on.collect_sync(event)
    }
}

impl SharedMode for First {
    type Returns<O: Send + 'static> = Option<O>;

    fn emit<E: Event<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> impl Future<Output = Result<Option<E::Output>, Error>> + Send {
        on.first(event)
    }

    fn emit_sync<E: SyncEvent<Mode = Self>>(
        event: &E,
        on: &Dispatcher,
    ) -> Result<Option<E::Output>, Error> {
        on.first_sync(event)
    }
}

/// What `emit` returns of an event that it takes by `&`.
type Returned<E> = <<E as Event>::Mode as SharedMode>::Returns<<E as Event>::Output>;

#[diagnostic::do_not_recommend]
impl<E: Event<Mode: SharedMode>> Emit<Returned<E>> for &E {
    type Event = E;

    fn emit_on(self, on: &Dispatcher) -> impl Future<Output = Result<Returned<E>, Error>> + Send {
        <E::Mode as SharedMode>::emit(self, on)
    }

    fn emit_sync_on(self, on: &Dispatcher) -> Result<Returned<E>, Error>
    where
        E: SyncEvent,
    {
        <E::Mode as SharedMode>::emit_sync(self, on)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Event<Mode = Transform>> Emit<()> for &mut E {
    type Event = E;

    fn emit_on(self, on: &Dispatcher) -> impl Future<Output = Result<(), Error>> + Send {
        on.transform(self)
    }

    fn emit_sync_on(self, on: &Dispatcher) -> Result<(), Error>
    where
        E: SyncEvent,
    {
        on.transform_sync(self)
    }
}
