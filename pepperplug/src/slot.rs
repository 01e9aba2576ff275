//! Types as array indices.

use core::marker::PhantomData;
use core::sync::atomic::{AtomicU32, Ordering};

/// A dense, process-wide index of a type, given out on first use: tables are arrays indexed by it, and a look-up is a
/// load and a bounds check instead of a hash of a `TypeId`.
#[derive(Debug)]
pub struct Slot(AtomicU32);

static NEXT_SLOT: AtomicU32 = AtomicU32::new(0);

impl Slot {
    /// A slot without an index yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// The index, or one that no table has where it has none yet.
    #[inline(always)]
    pub(crate) fn peek(&self) -> usize {
        self.0.load(Ordering::Relaxed).wrapping_sub(1) as usize
    }

    /// The index. The same for the life of the process.
    #[inline]
    #[must_use]
    pub fn index(&self) -> usize {
        match self.0.load(Ordering::Relaxed) {
            0 => self.assign(),
            // One above the index, so that zero can mean none.
            given => given as usize - 1,
        }
    }

    #[cold]
    fn assign(&self) -> usize {
        let fresh = NEXT_SLOT.fetch_add(1, Ordering::Relaxed) + 1;
        match self
            .0
            .compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed)
        {
            Ok(_) => fresh as usize - 1,
            Err(given) => given as usize - 1,
        }
    }
}

/// The slot of a type. It is of that type, so that nothing of another type is found by it.
#[derive(Debug)]
pub struct TypeSlot<E>(Slot, PhantomData<fn(E)>);

impl<E> TypeSlot<E> {
    /// A slot without an index yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Slot::new(), PhantomData)
    }

    #[inline(always)]
    pub(crate) const fn untyped(&'static self) -> &'static Slot {
        &self.0
    }
}

impl<E> Default for TypeSlot<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}
