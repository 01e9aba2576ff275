//! Hooks with their plugin's type erased, and futures that are started in place.
//!
//! A hook's *shim* is a function that the macros generate: `fn(&P, &E, &EventContext) -> HookOutput<E>`, or, for an
//! async hook, one that also takes a [`Start`] and puts the future where that says. Tables keep shims of many plugins
//! in one array, so `P` is erased; `E` is known wherever a table is read, since a table belongs to one event.
//!
//! # Invariants
//!
//! 1. An [`Erased`] remembers the types of its plugin `P` and event `E`. [`Bound::new`] pairs it only with an instance
//!    that *is* a `P`, and a call compares `E`: so a shim gets a pointer to a live `P` and a live `E`, whatever the
//!    code outside this module does.
//! 2. A shim that takes `&mut E` is bound only where `E` is in mode transform, and then an [`EventArg`] can only be made
//!    from a `&mut E`. All other events have shims that take `&E`, and arguments made from a `&E`.
//! 3. Function pointers are transmuted only between types that differ in the pointee of thin pointers and references,
//!    which the language guarantees to be one ABI.

#![allow(
    unsafe_code,
    reason = "the one place where hooks are called through erased pointers; see the invariants above"
)]

use core::any::TypeId;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::result::{HookFailure, panic_text};
use super::slot::{FutureSlot, Start, Started};
use crate::event::{ByMut, ByRef, Event, EventContext, EventMode, HookOutput, Mode, Value};
use crate::plugin::Instance;

/// The shim of a hook that is not async.
pub type SyncShim<P, E> = for<'a> fn(&'a P, &'a E, &'a EventContext<'a>) -> HookOutput<E>;
/// The same in mode transform.
pub type SyncMutShim<P, E> = for<'a> fn(&'a P, &'a mut E, &'a EventContext<'a>) -> HookOutput<E>;
/// The shim of an async hook.
pub type AsyncShim<P, E> = for<'a, 's> fn(
    &'a P,
    &'a E,
    &'a EventContext<'a>,
    Start<'a, 's, Value<E>>,
) -> Started<Value<E>>;
/// The same in mode transform.
pub type AsyncMutShim<P, E> = for<'a, 's> fn(
    &'a P,
    &'a mut E,
    &'a EventContext<'a>,
    Start<'a, 's, Value<E>>,
) -> Started<Value<E>>;

type RawSync<E> = for<'a> unsafe fn(*const (), *mut E, &'a EventContext<'a>) -> HookOutput<E>;
type RawAsync<E> = for<'a, 's> unsafe fn(
    *const (),
    *mut E,
    &'a EventContext<'a>,
    Start<'a, 's, Value<E>>,
) -> Started<Value<E>>;

/// A shim without its types, which it remembers as values.
#[derive(Clone, Copy)]
pub(crate) struct Erased {
    call: Call,
    /// Whether the shim takes `E` as its mode hands it out: by `&mut` in mode transform, by `&` in all others.
    fits_mode: bool,
    plugin: fn() -> TypeId,
    event: fn() -> TypeId,
}

#[derive(Clone, Copy)]
enum Call {
    /// To be called; transmutes to [`RawSync`].
    Sync(unsafe fn()),
    /// To be started; transmutes to [`RawAsync`].
    Async(unsafe fn()),
}

impl Erased {
    const fn new<P: 'static, E: Event>(call: Call, exclusive: bool) -> Self {
        let transforms = matches!(<E::Mode as Mode>::KIND, EventMode::Transform);
        Self {
            call,
            fits_mode: exclusive == transforms,
            plugin: TypeId::of::<P>,
            event: TypeId::of::<E>,
        }
    }

    pub(super) const fn sync<P: 'static, E: Event>(shim: SyncShim<P, E>) -> Self {
        // SAFETY: function pointers are of one size; called only as `RawSync<E>` (invariants 1 and 3).
        let shim = unsafe { mem::transmute::<SyncShim<P, E>, unsafe fn()>(shim) };
        Self::new::<P, E>(Call::Sync(shim), false)
    }

    pub(super) const fn sync_mut<P: 'static, E: Event>(shim: SyncMutShim<P, E>) -> Self {
        // SAFETY: as in `sync`; the pointer that it gets is exclusive (invariant 2).
        let shim = unsafe { mem::transmute::<SyncMutShim<P, E>, unsafe fn()>(shim) };
        Self::new::<P, E>(Call::Sync(shim), true)
    }

    pub(super) const fn r#async<P: 'static, E: Event>(shim: AsyncShim<P, E>) -> Self {
        // SAFETY: as in `sync`, called only as `RawAsync<E>`.
        let shim = unsafe { mem::transmute::<AsyncShim<P, E>, unsafe fn()>(shim) };
        Self::new::<P, E>(Call::Async(shim), false)
    }

    pub(super) const fn async_mut<P: 'static, E: Event>(shim: AsyncMutShim<P, E>) -> Self {
        // SAFETY: as in `sync_mut`, called only as `RawAsync<E>`.
        let shim = unsafe { mem::transmute::<AsyncMutShim<P, E>, unsafe fn()>(shim) };
        Self::new::<P, E>(Call::Async(shim), true)
    }
}

impl Erased {
    pub(super) fn is_async(&self) -> bool {
        matches!(self.call, Call::Async(_))
    }
}

impl fmt::Debug for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.call {
            Call::Sync(_) => "sync",
            Call::Async(_) => "async",
        })
    }
}

/// A hook together with the plugin it belongs to, ready to be called.
pub(crate) struct Bound {
    call: Call,
    event: TypeId,
    plugin: *const (),
    /// Keeps `plugin` alive.
    _instance: Instance,
    /// How many of its calls wait for something: who is asked why a shutdown takes so long must know.
    waiting: AtomicU32,
}

// SAFETY: `plugin` points into `_instance`, which is `Send + Sync`, and is only read through shared references.
unsafe impl Send for Bound {}
// SAFETY: as above.
unsafe impl Sync for Bound {}

/// The event that a call is given: by `&`, or by `&mut` in mode transform.
pub(crate) struct EventArg<'f, E> {
    event: *mut E,
    _borrow: PhantomData<&'f mut E>,
}

// SAFETY: a borrow of an `E`, shared or exclusive, and events are `Send + Sync`.
unsafe impl<E: Event> Send for EventArg<'_, E> {}

impl<'f, E: Event> EventArg<'f, E> {
    #[inline]
    pub(super) fn shared(event: &'f E) -> Self
    where
        E::Mode: ByRef,
    {
        Self {
            event: core::ptr::from_ref(event).cast_mut(),
            _borrow: PhantomData,
        }
    }

    /// As [`shared`](Self::shared), where only [`share`](Self::share) knows that the mode is one that shares.
    #[inline]
    pub(super) fn of(event: SharedEvent<'f, E>) -> Self {
        Self {
            event: core::ptr::from_ref(event.0).cast_mut(),
            _borrow: PhantomData,
        }
    }

    /// The same event for a shorter time: for one hook of several, or one attempt of several.
    #[inline]
    pub(super) fn again(&mut self) -> EventArg<'_, E> {
        EventArg {
            event: self.event,
            _borrow: PhantomData,
        }
    }

    /// The event, where it is shared: then several hooks may have it at once.
    #[inline]
    pub(super) fn share(&self) -> Option<SharedEvent<'f, E>> {
        if matches!(<E::Mode as Mode>::KIND, EventMode::Transform) {
            return None;
        }
        // SAFETY: not in mode transform, so it was made from a `&'f E` (invariant 2).
        Some(SharedEvent(unsafe { &*self.event }))
    }

    #[inline]
    pub(super) fn exclusive(event: &'f mut E) -> Self
    where
        E::Mode: ByMut,
    {
        Self {
            event,
            _borrow: PhantomData,
        }
    }
}

/// An event that several hooks may have at once, since its mode is not transform.
pub(super) struct SharedEvent<'f, E>(&'f E);

impl<E> Clone for SharedEvent<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for SharedEvent<'_, E> {}

impl Bound {
    /// Binds a hook to an instance of its plugin. `None` where they do not belong together, which generated code
    /// rules out.
    pub(super) fn new(hook: &Erased, instance: &Instance) -> Option<Self> {
        let is_plugin = (**instance).type_id() == (hook.plugin)();
        if !is_plugin || !hook.fits_mode {
            return None;
        }
        let instance = Arc::clone(instance);
        let plugin = Arc::as_ptr(&instance).cast();
        Some(Self {
            call: hook.call,
            event: (hook.event)(),
            plugin,
            _instance: instance,
            waiting: AtomicU32::new(0),
        })
    }

    /// Whether it must be started instead of called.
    #[inline]
    pub(super) fn is_async(&self) -> bool {
        matches!(self.call, Call::Async(_))
    }

    /// How many of its calls wait for something.
    pub(super) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Calls a hook that is not async.
    #[inline]
    pub(super) fn call<'f, E: Event>(
        &'f self,
        event: EventArg<'f, E>,
        ctx: &'f EventContext<'f>,
    ) -> Result<Value<E>, HookFailure> {
        let (Call::Sync(shim), true) = (self.call, self.event == TypeId::of::<E>()) else {
            return Err(HookFailure::mismatched());
        };
        // SAFETY: made by `Erased::sync` or `sync_mut` for `E`, as the comparison says.
        let shim = unsafe { mem::transmute::<unsafe fn(), RawSync<E>>(shim) };
        // SAFETY: invariants 1 and 2.
        let called = catch_unwind(AssertUnwindSafe(|| unsafe {
            shim(self.plugin, event.event, ctx)
        }));
        match called {
            Ok(output) => output.map_err(HookFailure::Error),
            Err(panic) => Err(HookFailure::panicked(panic)),
        }
    }

    /// The future of an async hook; nothing runs before it is polled.
    #[inline]
    pub(super) fn start<'f, E: Event>(
        &'f self,
        event: EventArg<'f, E>,
        ctx: &'f EventContext<'f>,
    ) -> AsyncCall<'f, E> {
        AsyncCall {
            hook: self,
            event,
            ctx,
            begun: false,
            waits: false,
            slot: FutureSlot::new(),
        }
    }
}

/// The future of one call of an async hook. Cancel safe as far as the hook is: dropping it drops the hook's future.
pub(crate) struct AsyncCall<'f, E: Event> {
    // Declared first, so dropped first: it may hold a future that borrows from the others.
    slot: FutureSlot<'f, Value<E>>,
    hook: &'f Bound,
    event: EventArg<'f, E>,
    ctx: &'f EventContext<'f>,
    begun: bool,
    /// Whether it is counted as one that waits: not before it has to, so that hooks which are ready at once cost nothing.
    waits: bool,
}

// SAFETY: the future in the slot is `Send` (`Start::run` asks for it), and so is the rest (asserted below).
unsafe impl<E: Event> Send for AsyncCall<'_, E> {}

const _: () = {
    const fn assert_send<T: Send>() {}
    assert_send::<&Bound>();
    assert_send::<&EventContext<'_>>();
    assert_send::<EventArg<'_, super::Named>>();
};

impl<E: Event> Drop for AsyncCall<'_, E> {
    /// A hook that is cancelled is dropped half-way. Should it panic in that, the emitter is not to blame.
    fn drop(&mut self) {
        if self.waits {
            self.hook.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        // Not moved: `clear` drops in place.
        let cleared = catch_unwind(AssertUnwindSafe(|| self.slot.clear()));
        if let Err(panic) = cleared {
            let (event, why) = (self.ctx.event(), panic_text(panic));
            tracing::error!(target: "pepperplug::dispatch", event, why, "a hook panicked when it was cancelled");
        }
    }
}

impl<E: Event> Future for AsyncCall<'_, E> {
    type Output = Result<Value<E>, HookFailure>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the slot is pinned with `self` and never moved out; the other fields are not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let slot = unsafe { Pin::new_unchecked(&mut this.slot) };
        let polled = catch_unwind(AssertUnwindSafe(|| {
            if this.begun {
                return slot.poll(cx);
            }
            this.begun = true;
            let (Call::Async(shim), true) = (this.hook.call, this.hook.event == TypeId::of::<E>())
            else {
                return Poll::Ready(Err("the hook is not one of this event".into()));
            };
            // SAFETY: made by `Erased::async` or `async_mut` for `E`, as the comparison says.
            let shim = unsafe { mem::transmute::<unsafe fn(), RawAsync<E>>(shim) };
            // SAFETY: invariants 1 and 2.
            unsafe {
                shim(
                    this.hook.plugin,
                    this.event.event,
                    this.ctx,
                    Start {
                        slot,
                        waker: cx.waker(),
                    },
                )
            }
        }));
        match polled {
            Ok(Poll::Pending) => {
                if !mem::replace(&mut this.waits, true) {
                    this.hook.waiting.fetch_add(1, Ordering::Relaxed);
                }
                Poll::Pending
            }
            Ok(Poll::Ready(output)) => Poll::Ready(output.map_err(HookFailure::Error)),
            Err(panic) => Poll::Ready(Err(HookFailure::panicked(panic))),
        }
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
