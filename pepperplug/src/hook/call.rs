//! Hooks with their plugin's type erased.
//!
//! A hook's *shim* is a function that the macros generate: `fn(&P, &E, &EventContext, Start) -> Status`. It calls the hook
//! and hands in what that yields, or starts the hook's future. Tables keep shims of many plugins in one array, so `P` is
//! erased; and they are run by code that is compiled once for all events, so `E` is erased as well.
//!
//! # Invariants
//!
//! 1. An [`Erased`] remembers the types of its plugin `P` and event `E`. [`Call::new`] pairs it only with an instance that
//!    *is* a `P`, and only for a table of `E`: so a shim gets a pointer to a live `P` and a live `E`, whatever the code
//!    outside this module does. A shim of [`Named`] does not look at its event, which is of no size, and fits each table.
//! 2. A shim that takes `&mut E` is bound only where `E` is in mode transform, and such an emit is made from a `&mut E`.
//!    All other events have shims that take `&E`.
//! 3. Function pointers are transmuted only between types that differ in the pointee of thin pointers and references,
//!    which the language guarantees to be one ABI; [`Start`] is a thin pointer and nothing else.

#![allow(
    unsafe_code,
    reason = "the one place where the types of shims are erased; see the invariants above"
)]

use core::any::TypeId;
use core::fmt;
use core::future::Future;
use core::mem;
use std::sync::Arc;

use super::meta::Named;
use super::slot::{Desk, Start};
use super::status::Status;
use crate::event::{Event, EventContext, EventMode, Mode, Returned, Value};
use crate::plugin::Instance;

/// The function that calls a hook.
pub type Shim<P, E> =
    for<'a, 's> fn(&'a P, &'a E, &'a EventContext<'a>, Start<'a, 's, Value<E>>) -> Status;
/// The same in mode transform.
pub type MutShim<P, E> =
    for<'a, 's> fn(&'a P, &'a mut E, &'a EventContext<'a>, Start<'a, 's, Value<E>>) -> Status;

/// The function that calls a hook that wraps those after it.
pub type AroundShim<P, E> =
    for<'a, 's> fn(&'a P, &'a E, &'a EventContext<'a>, Start<'a, 's, Returned<E>>) -> Status;
/// The same in mode transform.
pub type AroundMutShim<P, E> =
    for<'a, 's> fn(&'a P, &'a mut E, &'a EventContext<'a>, Start<'a, 's, Returned<E>>) -> Status;

/// A shim without its types.
pub(super) type RawShim =
    unsafe fn(*const (), *mut (), *const EventContext<'static>, *mut Desk) -> Status;

/// A shim without its types, which it remembers as values.
#[derive(Clone, Copy)]
pub(crate) struct Erased {
    shim: RawShim,
    is_async: bool,
    /// Whether the shim takes `E` as its mode hands it out: by `&mut` in mode transform, by `&` in all others.
    fits_mode: bool,
    plugin: fn() -> TypeId,
    event: fn() -> TypeId,
}

impl Erased {
    pub(super) const fn of<P: 'static, E: Event>(shim: Shim<P, E>, is_async: bool) -> Self {
        // SAFETY: function pointers are of one size; called only as invariants 1 to 3 say.
        let shim = unsafe { mem::transmute::<Shim<P, E>, RawShim>(shim) };
        Self::new::<P, E>(shim, is_async, false)
    }

    pub(super) const fn of_mut<P: 'static, E: Event>(shim: MutShim<P, E>, is_async: bool) -> Self {
        // SAFETY: as in `of`.
        let shim = unsafe { mem::transmute::<MutShim<P, E>, RawShim>(shim) };
        Self::new::<P, E>(shim, is_async, true)
    }

    pub(super) const fn around<P: 'static, E: Event>(
        shim: AroundShim<P, E>,
        is_async: bool,
    ) -> Self {
        // SAFETY: as in `of`; what it yields goes where a sink has put the place for it, and not where a value goes.
        let shim = unsafe { mem::transmute::<AroundShim<P, E>, RawShim>(shim) };
        Self::new::<P, E>(shim, is_async, false)
    }

    pub(super) const fn around_mut<P: 'static, E: Event>(
        shim: AroundMutShim<P, E>,
        is_async: bool,
    ) -> Self {
        // SAFETY: as in `around`.
        let shim = unsafe { mem::transmute::<AroundMutShim<P, E>, RawShim>(shim) };
        Self::new::<P, E>(shim, is_async, true)
    }

    const fn new<P: 'static, E: Event>(shim: RawShim, is_async: bool, exclusive: bool) -> Self {
        let transforms = matches!(<E::Mode as Mode>::KIND, EventMode::Transform);
        Self {
            shim,
            is_async,
            fits_mode: exclusive == transforms,
            plugin: TypeId::of::<P>,
            event: TypeId::of::<E>,
        }
    }

    /// The same hook, with another body.
    #[cfg(feature = "testing")]
    pub(super) fn with_fault(mut self, fault: Fault) -> Self {
        self.shim = match fault {
            Fault::Fails => fails,
            Fault::Panics => panics,
            Fault::Hangs => hangs,
        };
        self
    }

    pub(super) fn is_async(&self) -> bool {
        self.is_async
    }
}

impl fmt::Debug for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_async { "async" } else { "sync" })
    }
}

/// What a test makes a hook do.
#[cfg(feature = "testing")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Fails,
    Panics,
    Hangs,
}

// None of these looks at the plugin or the event, and none is ever done, so nothing is handed in: they fit every hook.
#[cfg(feature = "testing")]
unsafe fn fails(_: *const (), _: *mut (), _: *const EventContext<'static>, _: *mut Desk) -> Status {
    Status::failed("it fails, as the test asks".into())
}

#[cfg(feature = "testing")]
unsafe fn panics(
    _: *const (),
    _: *mut (),
    _: *const EventContext<'static>,
    _: *mut Desk,
) -> Status {
    panic!("it panics, as the test asks")
}

#[cfg(feature = "testing")]
unsafe fn hangs(
    _: *const (),
    _: *mut (),
    _: *const EventContext<'static>,
    desk: *mut Desk,
) -> Status {
    match core::ptr::NonNull::new(desk) {
        // SAFETY: the desk of this call.
        Some(desk) => unsafe { Start::of_hanging(desk) }.run(core::future::pending(), Ok),
        None => Status::failed("it cannot hang: it was called where nothing waits".into()),
    }
}

/// A hook together with the plugin it belongs to: all that a call needs.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(16))] // Never over two cache lines.
pub(super) struct Call {
    shim: RawShim,
    plugin: *const (),
}

// SAFETY: `plugin` points to a plugin, which is `Send + Sync`, and is only read through shared references.
unsafe impl Send for Call {}
// SAFETY: as above.
unsafe impl Sync for Call {}

impl Call {
    /// Binds a hook to an instance of its plugin, for a table of the event type `event`. `None` where they do not belong
    /// together, which generated code rules out. The instance must be kept for as long as calls are made.
    pub(super) fn new(hook: &Erased, instance: &Instance, event: TypeId) -> Option<Self> {
        let is_plugin = (**instance).type_id() == (hook.plugin)();
        let takes = (hook.event)();
        let fits = takes == event && hook.fits_mode || takes == TypeId::of::<Named>();
        (is_plugin && fits).then(|| Self {
            shim: hook.shim,
            plugin: Arc::as_ptr(instance).cast(),
        })
    }

    /// Calls the hook.
    ///
    /// # Safety
    /// - The instance lives, and so does `event`, which is of the table's type: not borrowed elsewhere in mode transform,
    ///   shared at most in all others. Both do so until what the call started is dropped.
    /// - `desk` is as the invariants of [`slot`](super::slot) say.
    #[inline(always)]
    pub(super) unsafe fn call(
        &self,
        event: *mut (),
        ctx: *const EventContext<'_>,
        desk: *mut Desk,
    ) -> Status {
        // SAFETY: invariants 1 to 3, and the caller's promise.
        unsafe { (self.shim)(self.plugin, event, ctx.cast(), desk) }
    }
}

/// The future of a hook. Generated code casts it to this and `Send`, so this is the name that the compiler prints where it
/// is not `Send`.
#[allow(
    non_camel_case_types,
    reason = "the compiler prints this name as the reason, and users look the code up"
)]
pub trait PP034_hook_future {}

impl<F: Future> PP034_hook_future for F {}
