//! The values that hooks yield, on their way to whoever emitted.

#![allow(
    unsafe_code,
    reason = "a value is taken from where a hook has put it; a `Done` is the proof that it has"
)]

use core::mem::MaybeUninit;

use super::sink::Done;

/// Room for values: one that a hook puts there, and those of hooks that run beside each other.
#[derive(Debug)]
pub(super) struct Values<V> {
    out: MaybeUninit<V>,
    kept: Vec<Option<V>>,
}

impl<V> Values<V> {
    pub(super) fn new() -> Self {
        Self {
            out: MaybeUninit::uninit(),
            kept: Vec::new(),
        }
    }

    pub(super) fn out(&mut self) -> *mut () {
        self.out.as_mut_ptr().cast()
    }

    /// The value; for whoever can show that there is one, and takes it once.
    pub(super) fn take(&mut self, _: &Done<'_>) -> V {
        // SAFETY: a `Done` is made only where a hook has put a value there, one for each value.
        unsafe { self.out.assume_init_read() }
    }

    pub(super) fn keep(&mut self, done: &Done<'_>, nth: usize) {
        if self.kept.len() <= nth {
            self.kept.resize_with(nth + 1, || None);
        }
        self.kept[nth] = Some(self.take(done));
    }

    pub(super) fn put_back(&mut self, nth: usize) {
        if let Some(value) = self.kept.get_mut(nth).and_then(Option::take) {
            self.out.write(value);
        }
    }
}
