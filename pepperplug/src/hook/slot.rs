//! Futures of unknown type, started in place: room for one, and the way in.
//!
//! # Invariants
//!
//! 1. A [`FutureSlot`] is pinned before a future is written into it, and is neither moved nor handed out unpinned after
//!    that. It holds one future at a time, whose functions are in `held`, and drops it in place.
//! 2. What it holds is `Send` and outlives `'f`, which outlives the slot: [`Start::run`] asks for the one, and `Drop`
//!    makes the compiler see to the other.
//! 3. The room is only ever reached through raw pointers made from the whole slot, which is `!Unpin`. A `&mut` to the
//!    room would claim that nothing else points there, and a pinned future points into itself.

#![allow(
    unsafe_code,
    reason = "futures are put in place without a type; see the invariants above"
)]

use core::fmt;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::error::BoxError;

/// Futures up to this many bytes are started in place; longer ones are boxed.
pub(super) const INLINE: usize = 256;

#[repr(C, align(16))]
struct Room(MaybeUninit<[u8; INLINE]>);

/// Room for one future of unknown type that yields a `V`.
pub(super) struct FutureSlot<'f, V: 'static> {
    room: Room,
    held: Option<&'static HeldVtable<V>>,
    _lives: PhantomData<&'f mut ()>,
    _pinned: PhantomPinned,
}

struct HeldVtable<V: 'static> {
    poll: unsafe fn(*mut u8, &mut Context<'_>) -> Poll<Result<V, BoxError>>,
    drop: unsafe fn(*mut u8),
}

impl<V> FutureSlot<'_, V> {
    pub(super) const fn new() -> Self {
        Self {
            room: Room(MaybeUninit::uninit()),
            held: None,
            _lives: PhantomData,
            _pinned: PhantomPinned,
        }
    }

    /// Polls what the slot holds. Pending for ever when it holds nothing.
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<V, BoxError>> {
        // SAFETY: the room is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(held) = this.held else {
            return Poll::Pending;
        };
        // SAFETY: `held` is the vtable of what the room holds, pinned (invariant 1).
        let polled = unsafe { (held.poll)(this.room(), cx) };
        if polled.is_ready() {
            this.clear();
        }
        polled
    }

    /// Drops what the slot holds.
    pub(super) fn clear(&mut self) {
        // Taken out first, so that it is dropped once, also when that panics.
        if let Some(held) = self.held.take() {
            // SAFETY: as in `poll`.
            unsafe { (held.drop)(self.room()) };
        }
    }

    /// Invariant 3.
    #[inline]
    fn room(&mut self) -> *mut u8 {
        (&raw mut self.room).cast()
    }
}

impl<V> Drop for FutureSlot<'_, V> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What the slot's room holds: a hook's future, and the function that brings its output into shape.
struct Held<F, M> {
    future: F,
    map: M,
}

impl<F: Future, M> Held<F, M> {
    const fn vtable<V: 'static>() -> &'static HeldVtable<V>
    where
        M: Fn(F::Output) -> Result<V, BoxError>,
    {
        const {
            &HeldVtable {
                poll: Self::poll::<V>,
                drop: Self::drop,
            }
        }
    }

    /// # Safety
    /// `held` points to a pinned `Self`.
    #[inline]
    unsafe fn poll<V>(held: *mut u8, cx: &mut Context<'_>) -> Poll<Result<V, BoxError>>
    where
        M: Fn(F::Output) -> Result<V, BoxError>,
    {
        let held = held.cast::<Self>();
        // SAFETY: the caller's promise; structurally pinned: `future` is never moved.
        let future = unsafe { Pin::new_unchecked(&mut (*held).future) };
        // SAFETY: the caller's promise; only read.
        let map = unsafe { &(*held).map };
        future.poll(cx).map(map)
    }

    /// # Safety
    /// `held` points to a `Self` that is not used again.
    unsafe fn drop(held: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { core::ptr::drop_in_place(held.cast::<Self>()) };
    }
}

/// Where an async hook's shim puts its future.
pub struct Start<'f, 's, V: 'static> {
    pub(super) slot: Pin<&'s mut FutureSlot<'f, V>>,
    pub(super) waker: &'s Waker,
}

/// An async hook after its first poll.
pub type Started<V> = Poll<Result<V, BoxError>>;

impl<'f, V: 'static> Start<'f, '_, V> {
    /// Starts the hook's future in place and polls it once. `map` brings its output into shape.
    #[inline]
    pub fn run<F, M>(self, future: F, map: M) -> Started<V>
    where
        F: Future + Send + 'f,
        M: Fn(F::Output) -> Result<V, BoxError> + Send + 'f,
    {
        if size_of::<Held<F, M>>() <= INLINE && align_of::<Held<F, M>>() <= align_of::<Room>() {
            self.hold(Held { future, map })
        } else {
            self.hold(Held {
                future: Box::pin(future),
                map,
            })
        }
    }

    #[inline]
    fn hold<F, M>(self, held: Held<F, M>) -> Started<V>
    where
        F: Future + Send + 'f,
        M: Fn(F::Output) -> Result<V, BoxError> + Send + 'f,
    {
        // The future fits, since `run` boxes what does not; a `map` is a function, but may not be trusted to be one.
        const {
            assert!(size_of::<Held<Pin<Box<F>>, M>>() <= INLINE);
            assert!(align_of::<Held<Pin<Box<F>>, M>>() <= align_of::<Room>());
        }
        // SAFETY: the room is not moved.
        let slot = unsafe { self.slot.get_unchecked_mut() };
        // A shim calls `run` once, since `run` takes `self`; this holds even so.
        slot.clear();
        let room = slot.room();
        // SAFETY: it fits and is aligned, as `run` and the assertion made sure; the room is empty.
        unsafe { room.cast::<Held<F, M>>().write(held) };
        // Before the first poll, so that a panic in it leaves the slot to drop the future.
        slot.held = Some(Held::<F, M>::vtable::<V>());
        // SAFETY: just written; pinned with the slot.
        let polled =
            unsafe { Held::<F, M>::poll::<V>(slot.room(), &mut Context::from_waker(self.waker)) };
        if polled.is_ready() {
            slot.held = None;
            // SAFETY: not used again.
            unsafe { Held::<F, M>::drop(slot.room()) };
        }
        polled
    }
}

impl<V> fmt::Debug for Start<'_, '_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Start")
    }
}
