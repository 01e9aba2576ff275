//! The four ways in which an event's hooks work together, as types: so `emit` returns what the mode means, and a hook
//! that does not fit is a build error.

use core::fmt::Debug;
use core::marker::PhantomData;

use serde_json::Value;

use super::{Event, EventMeta, made};
use crate::error::BoxError;
use crate::hook::{Ask, Errors, Gather, HookResult, Sink};

/// How an event's hooks work together. Sealed: the four modes are all there are.
pub trait Mode: sealed::Sealed + Debug + Send + Sync + 'static {
    /// What one hook yields, where the event's output is `O`.
    type Value<O: Send + 'static>: Send + 'static;
    /// What becomes of what the hooks yield; it says what `emit` returns.
    type Sink<O: Send + 'static>: Sink;
    /// The mode as a value.
    const KIND: EventMode;

    /// Lends an event to its hooks.
    #[doc(hidden)]
    fn lend<E: Event<Mode = Self>>(event: &mut E) -> Lent<'_, E>;

    /// Makes data of what `emit` returns.
    #[doc(hidden)]
    fn tell<O: Send + 'static>(
        returned: &<Self::Sink<O> as Sink>::Returns,
        meta: &EventMeta,
    ) -> Result<Value, serde_json::Error>;
}

/// What becomes of what the hooks of `E` yield.
pub type SinkOf<E> = <<E as Event>::Mode as Mode>::Sink<<E as Event>::Output>;

/// What `emit` returns of an event `E`, by its mode: `()` in the modes notify and transform, a list of
/// [`HookResult`](crate::HookResult) in mode collect, and `Option<O>` in mode first.
pub type Returned<E> = <SinkOf<E> as Sink>::Returns;

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
    type Sink<O: Send + 'static> = Errors;
    const KIND: EventMode = EventMode::Notify;

    fn lend<E: Event<Mode = Self>>(event: &mut E) -> Lent<'_, E> {
        Lent::shared(event)
    }

    fn tell<O: Send + 'static>((): &(), _: &EventMeta) -> Result<Value, serde_json::Error> {
        Ok(Value::Null)
    }
}

impl Mode for Collect {
    type Value<O: Send + 'static> = O;
    type Sink<O: Send + 'static> = Gather<O>;
    const KIND: EventMode = EventMode::Collect;

    fn lend<E: Event<Mode = Self>>(event: &mut E) -> Lent<'_, E> {
        Lent::shared(event)
    }

    fn tell<O: Send + 'static>(
        results: &Vec<HookResult<O>>,
        meta: &EventMeta,
    ) -> Result<Value, serde_json::Error> {
        made::tell_all(results, meta)
    }
}

impl Mode for First {
    type Value<O: Send + 'static> = Option<O>;
    type Sink<O: Send + 'static> = Ask<O>;
    const KIND: EventMode = EventMode::First;

    fn lend<E: Event<Mode = Self>>(event: &mut E) -> Lent<'_, E> {
        Lent::shared(event)
    }

    fn tell<O: Send + 'static>(
        answer: &Option<O>,
        meta: &EventMeta,
    ) -> Result<Value, serde_json::Error> {
        made::tell_one(answer.as_ref(), meta)
    }
}

impl Mode for Transform {
    type Value<O: Send + 'static> = ();
    type Sink<O: Send + 'static> = Errors;
    const KIND: EventMode = EventMode::Transform;

    fn lend<E: Event<Mode = Self>>(event: &mut E) -> Lent<'_, E> {
        Emit::lend(event)
    }

    fn tell<O: Send + 'static>((): &(), _: &EventMeta) -> Result<Value, serde_json::Error> {
        Ok(Value::Null)
    }
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
/// The event is a parameter and not an associated type so that a wrong call is one error of the compiler, and not one for
/// every place that names the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be emitted",
    label = "expected `&event`, or `&mut event` where the event's mode is `transform`",
    note = "emit a reference to a value whose type has `#[event(\"name\")]`: `&mut` in mode `transform`, `&` in all others"
)]
pub trait Emit<'e, E: Event>: sealed_emit::Sealed {
    /// The event, lent to the hooks.
    #[doc(hidden)]
    fn lend(self) -> Lent<'e, E>;
}

mod sealed_emit {
    pub trait Sealed {}
    impl<E: super::Event> Sealed for &E {}
    impl<E: super::Event> Sealed for &mut E {}
}

/// An event that is lent to its hooks as its mode says: by `&mut` in mode transform, by `&` in all others.
#[derive(Debug)]
pub struct Lent<'e, E> {
    event: *mut E,
    _lent: PhantomData<&'e mut E>,
}

impl<'e, E: Event> Lent<'e, E> {
    #[inline(always)]
    pub(crate) fn shared(event: &'e E) -> Self
    where
        E::Mode: ByRef,
    {
        Self {
            event: core::ptr::from_ref(event).cast_mut(),
            _lent: PhantomData,
        }
    }

    /// What it points to lives for `'e`, and is borrowed as the mode says.
    #[inline(always)]
    pub(crate) fn into_raw(self) -> *mut E {
        self.event
    }
}

#[diagnostic::do_not_recommend]
impl<'e, E: Event<Mode: ByRef>> Emit<'e, E> for &'e E {
    #[inline(always)]
    fn lend(self) -> Lent<'e, E> {
        Lent::shared(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'e, E: Event<Mode = Transform>> Emit<'e, E> for &'e mut E {
    #[inline(always)]
    fn lend(self) -> Lent<'e, E> {
        Lent {
            event: self,
            _lent: PhantomData,
        }
    }
}
