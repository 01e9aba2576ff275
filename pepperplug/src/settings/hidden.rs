//! Secrets while they are read: so that no message shows them, and it is known which settings they are.
//!
//! A secret announces itself to our deserializer, by the name of a newtype. Where serde has the value in a buffer of its own, it
//! cannot; that it is being read is therefore kept by thread too.

use core::cell::Cell;

/// What a secret calls itself.
pub(super) const SECRET: &str = "$pepperplug::Secret";

/// What a message says in place of a secret.
pub(super) const SHOWN: &str = "a secret value";

thread_local! {
    /// How many secrets are being read, one within another.
    static READING: Cell<u32> = const { Cell::new(0) };
    /// Whether one was read of which the deserializer did not know.
    static UNANNOUNCED: Cell<bool> = const { Cell::new(false) };
    static ANNOUNCED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a secret is being read.
pub(super) fn is_reading() -> bool {
    READING.get() > 0
}

/// The deserializer knows where the secret stands that is about to be read.
pub(super) fn announce() {
    ANNOUNCED.set(true);
}

/// Whether a secret was read of which nobody knows where it stood, since the last time that this was asked.
pub(super) fn take_unannounced() -> bool {
    UNANNOUNCED.replace(false)
}

/// As long as this value is there, a secret is being read.
#[cfg(feature = "secrets")]
pub(super) struct Reading(());

#[cfg(feature = "secrets")]
impl Reading {
    pub(super) fn begin() -> Self {
        READING.set(READING.get() + 1);
        ANNOUNCED.set(false);
        Self(())
    }

    /// The deserializer has passed on the value.
    pub(super) fn reached_value() {
        if !ANNOUNCED.replace(false) {
            UNANNOUNCED.set(true);
        }
    }
}

#[cfg(feature = "secrets")]
impl Drop for Reading {
    fn drop(&mut self) {
        READING.set(READING.get() - 1);
    }
}
