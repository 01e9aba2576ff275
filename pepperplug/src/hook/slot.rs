//! Futures of unknown type, started in place: room for one, and the way in.
//!
//! # Invariants
//!
//! 1. A [`FutureSlot`] is pinned before a future is written into it, and is neither moved nor handed out unpinned after
//!    that. It holds one future at a time, whose functions are in `held`, and drops it in place.
//! 2. What it holds is `Send` and outlives `'f`, which outlives the slot: [`Start::run`] asks for the one, and whoever has
//!    a slot clears it before what hooks borrow from ends.
//! 3. The room is only ever reached through raw pointers made from the whole slot, which is `!Unpin`. A `&mut` to the
//!    room would claim that nothing else points there, and a pinned future points into itself.
//! 4. A [`Desk`] whose `cx` is not null is the first part of a pinned [`FutureSlot`], and its pointer is one to the whole.
//! 5. `Desk::out` is room for a value of the type that the hook's event takes, or, of a hook that takes only the context,
//!    not used. Only where a hook is done is there a value in it.

#![allow(
    unsafe_code,
    reason = "futures are put in place without a type; see the invariants above"
)]

use core::fmt;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr::{self, NonNull};
use core::task::{Context, Poll};

use super::status::Status;
use crate::error::BoxError;

/// Futures up to this many bytes are started in place; longer ones are boxed.
pub(super) const INLINE: usize = 256;

#[repr(C, align(16))]
struct Room(MaybeUninit<[u8; INLINE]>);

/// Where a hook finds what it is started with, and leaves what it yields.
#[repr(C)]
pub(super) struct Desk {
    /// Where the value goes.
    pub(super) out: *mut (),
    /// Who is woken; null where hooks are called that are not async.
    cx: *mut Context<'static>,
}

impl Desk {
    /// Of hooks that are not async.
    pub(super) fn of_calls(out: *mut ()) -> Self {
        let cx = ptr::null_mut();
        Self { out, cx }
    }
}

/// Room for one future of unknown type.
#[repr(C)]
pub(super) struct FutureSlot {
    pub(super) desk: Desk,
    held: Option<&'static HeldVtable>,
    room: Room,
    _pinned: PhantomPinned,
}

struct HeldVtable {
    /// Polls the future. Where it is ready, it is dropped, and the value is in `out`.
    poll: unsafe fn(*mut u8, cx: &mut Context<'_>, out: *mut ()) -> Status,
    drop: unsafe fn(*mut u8),
}

impl FutureSlot {
    pub(super) const fn new() -> Self {
        Self {
            desk: Desk {
                out: ptr::null_mut(),
                cx: ptr::null_mut(),
            },
            held: None,
            room: Room(MaybeUninit::uninit()),
            _pinned: PhantomPinned,
        }
    }

    /// An empty slot, laid out for hooks that yield nothing. The room is left as it is.
    ///
    /// # Safety
    /// `this` is the place of a slot.
    #[inline(always)]
    pub(super) unsafe fn write(this: *mut Self, cx: &mut Context<'_>) {
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*this).desk).write(Desk {
                out: ptr::null_mut(),
                cx: ptr::from_mut(cx).cast(),
            });
            (&raw mut (*this).held).write(None);
        }
    }

    /// Lays out what a hook is started with in this poll. The pointer is to the whole slot.
    #[inline(always)]
    pub(super) fn lay_out(this: *mut Self, out: *mut (), cx: &mut Context<'_>) {
        // SAFETY: the caller's slot, of which nothing else is borrowed.
        unsafe {
            (*this).desk.out = out;
            (*this).desk.cx = ptr::from_mut(cx).cast();
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_none()
    }

    /// Polls what the slot holds. Pending for ever when it holds nothing.
    ///
    /// # Safety
    /// `this` is a pinned slot, laid out in this poll.
    pub(super) unsafe fn poll(this: *mut Self) -> Status {
        // SAFETY: the caller's promise. `held` is the vtable of what the room holds (invariant 1), and `cx` was laid out.
        unsafe {
            let Some(held) = (*this).held else {
                return Status::pending();
            };
            let (cx, out) = (&mut *(*this).desk.cx, (*this).desk.out);
            let status = (held.poll)(Self::room(this), cx, out);
            if !status.is_pending() {
                Self::clear(this);
            }
            status
        }
    }

    /// Drops what the slot holds.
    ///
    /// # Safety
    /// `this` is a pinned slot.
    pub(super) unsafe fn clear(this: *mut Self) {
        // SAFETY: as in `poll`. Taken out first, so that it is dropped once, also when that panics.
        unsafe {
            if let Some(held) = (*this).held.take() {
                (held.drop)(Self::room(this));
            }
        }
    }

    /// Invariant 3.
    #[inline(always)]
    unsafe fn room(this: *mut Self) -> *mut u8 {
        // SAFETY: the caller's slot.
        unsafe { (&raw mut (*this).room).cast() }
    }
}

/// What the slot's room holds: a hook's future, and the function that brings its output into shape.
struct Held<F, M, V> {
    future: F,
    map: M,
    _value: PhantomData<fn() -> V>,
}

impl<F: Future, M: Fn(F::Output) -> Result<V, BoxError>, V> Held<F, M, V> {
    const VTABLE: &'static HeldVtable = &HeldVtable {
        poll: Self::poll,
        drop: Self::drop,
    };

    /// # Safety
    /// `held` points to a pinned `Self`, and `out` is as invariant 5 says.
    #[inline(always)]
    unsafe fn poll(held: *mut u8, cx: &mut Context<'_>, out: *mut ()) -> Status {
        let held = held.cast::<Self>();
        // SAFETY: the caller's promise; structurally pinned: `future` is never moved.
        let future = unsafe { Pin::new_unchecked(&mut (*held).future) };
        match future.poll(cx) {
            Poll::Pending => Status::pending(),
            Poll::Ready(output) => {
                // SAFETY: the caller's promise; only read.
                let map = unsafe { &(*held).map };
                // SAFETY: invariant 5.
                unsafe { hand_in(map(output), out) }
            }
        }
    }

    /// # Safety
    /// `held` points to a `Self` that is not used again.
    unsafe fn drop(held: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { ptr::drop_in_place(held.cast::<Self>()) };
    }
}

/// # Safety
/// `out` is as invariant 5 says.
#[inline(always)]
unsafe fn hand_in<V>(result: Result<V, BoxError>, out: *mut ()) -> Status {
    match result {
        Ok(value) => {
            if size_of::<V>() == 0 {
                // Where it goes need not be a place at all.
                core::mem::forget(value);
            } else {
                // SAFETY: the caller's promise.
                unsafe { out.cast::<V>().write(value) };
            }
            Status::DONE
        }
        Err(error) => Status::failed(error),
    }
}

/// How a hook's shim hands in what the hook yields, or starts the hook's future.
#[repr(transparent)]
pub struct Start<'f, 's, V: 'static> {
    desk: NonNull<Desk>,
    _lives: PhantomData<&'s mut &'f ()>,
    _value: PhantomData<fn(V)>,
}

#[cfg(feature = "testing")]
impl Start<'_, '_, ()> {
    /// That of a hook that yields nothing and never ends.
    ///
    /// # Safety
    /// `desk` is what a shim was called with.
    pub(super) unsafe fn of_hanging(desk: NonNull<Desk>) -> Self {
        Start {
            desk,
            _lives: PhantomData,
            _value: PhantomData,
        }
    }
}

impl<'f, V: 'static> Start<'f, '_, V> {
    /// A hook that was called and is done.
    #[inline(always)]
    pub fn done(self, result: Result<V, BoxError>) -> Status {
        // Not read where the value is of no size: then the desk need not be there.
        let out = if size_of::<V>() == 0 {
            ptr::null_mut()
        } else {
            // SAFETY: invariant 5.
            unsafe { self.desk.as_ref().out }
        };
        // SAFETY: invariant 5.
        unsafe { hand_in(result, out) }
    }

    /// Starts the hook's future in place and polls it once. `map` brings its output into shape.
    #[inline(always)]
    pub fn run<F, M>(self, future: F, map: M) -> Status
    where
        F: Future + Send + 'f,
        M: Fn(F::Output) -> Result<V, BoxError> + Send + 'f,
    {
        let fits = size_of::<Held<F, M, V>>() <= INLINE
            && align_of::<Held<F, M, V>>() <= align_of::<Room>();
        if fits {
            self.hold(future, map)
        } else {
            self.hold(Box::pin(future), map)
        }
    }

    #[inline(always)]
    fn hold<F, M>(self, future: F, map: M) -> Status
    where
        F: Future + Send + 'f,
        M: Fn(F::Output) -> Result<V, BoxError> + Send + 'f,
    {
        /// Leaves the future in the slot, to be polled again, or to be dropped where its first poll panics.
        struct Stays<F, M, V>(*mut FutureSlot, PhantomData<fn(F, M) -> V>)
        where
            F: Future,
            M: Fn(F::Output) -> Result<V, BoxError>;

        impl<F: Future, M: Fn(F::Output) -> Result<V, BoxError>, V> Drop for Stays<F, M, V> {
            #[inline(always)]
            fn drop(&mut self) {
                // SAFETY: the slot that the future was put into.
                unsafe { (*self.0).held = Some(Held::<F, M, V>::VTABLE) };
            }
        }

        // `run` boxes what does not fit; a `map` is a function, but may not be trusted to be one.
        if size_of::<Held<F, M, V>>() > INLINE || align_of::<Held<F, M, V>>() > align_of::<Room>() {
            return Status::failed("its future does not fit where it is started".into());
        }
        let slot = self.desk.as_ptr().cast::<FutureSlot>();
        // SAFETY: the desk is there; without a context it is not the part of a slot (invariant 4).
        let cx = unsafe { (*slot.cast::<Desk>()).cx };
        if cx.is_null() {
            return Status::failed("it is async, and was called where nothing waits".into());
        }
        // SAFETY: a pinned slot (invariant 4), with a context of this poll. It is empty, since a shim calls `run` once at
        // most, `run` taking `self`, and whoever calls a shim has cleared the slot.
        unsafe {
            let held = FutureSlot::room(slot).cast::<Held<F, M, V>>();
            held.write(Held {
                future,
                map,
                _value: PhantomData,
            });
            let stays = Stays::<F, M, V>(slot, PhantomData);
            let status = Held::<F, M, V>::poll(held.cast(), &mut *cx, (*slot).desk.out);
            if !status.is_pending() {
                core::mem::forget(stays);
                ptr::drop_in_place(held);
            }
            status
        }
    }
}

impl<V> fmt::Debug for Start<'_, '_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Start")
    }
}
