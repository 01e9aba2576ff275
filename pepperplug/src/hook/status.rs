//! What a call of a hook came to, in one word: it is looked at after every call.

#![allow(
    unsafe_code,
    reason = "an error behind a thin pointer; see `Status::failed`"
)]

use core::fmt;
use core::ptr::{self, NonNull};

use crate::error::BoxError;

/// Done, pending, or failed with an error.
///
/// A word, where the natural type is of three and is returned through memory.
#[must_use = "it may hold an error"]
#[repr(transparent)]
pub struct Status(Option<NonNull<BoxError>>);

/// What a [`Status`] says.
pub(super) enum Came {
    Done,
    Pending,
    Skipped,
    Failed(BoxError),
}

/// Their addresses say that a hook is pending, or that it was not called; nothing is ever read there.
static PENDING: u64 = 0;
static SKIPPED: u64 = 1;

impl Status {
    pub(super) const DONE: Self = Self(None);

    pub(super) fn pending() -> Self {
        Self(NonNull::new(ptr::from_ref(&PENDING).cast_mut().cast()))
    }

    /// The hook has decided not to be called, and yields nothing.
    pub(super) fn skipped() -> Self {
        Self(NonNull::new(ptr::from_ref(&SKIPPED).cast_mut().cast()))
    }

    #[cold]
    pub(super) fn failed(error: BoxError) -> Self {
        Self(NonNull::new(Box::into_raw(Box::new(error))))
    }

    #[inline(always)]
    pub(super) fn is_done(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn is_pending(&self) -> bool {
        self.0 == Self::pending().0
    }

    pub(super) fn came(self) -> Came {
        match self.0 {
            None => Came::Done,
            Some(_) if self.is_pending() => Came::Pending,
            skipped if skipped == Self::skipped().0 => Came::Skipped,
            // SAFETY: made by `failed`, and taken once, since `self` is not `Clone`.
            Some(error) => Came::Failed(*unsafe { Box::from_raw(error.as_ptr()) }),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "Status::Done",
            Some(_) if self.is_pending() => "Status::Pending",
            skipped if skipped == Self::skipped().0 => "Status::Skipped",
            Some(_) => "Status::Failed",
        })
    }
}
