//! A fence that costs its rare side everything and its frequent side nothing.
//!
//! Of two threads that each store and then load what the other stores, one at least must see the other's store: that needs
//! a fence on both sides. `membarrier` makes every running thread of the process pass a full fence, so that the frequent
//! side needs only to keep the compiler from reordering. Where the system does not have it, both sides use a plain fence.

#![allow(unsafe_code, reason = "a system call without a safe form")]

pub(super) use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use core::sync::atomic::{AtomicU8, compiler_fence, fence};

/// Emits that one thread may run within an outermost one. Where one more is asked for, most likely each asks for the next:
/// that is to be an error, and not the end of the stack.
pub(super) const DEEPEST: usize = 63;

const UNKNOWN: u8 = 0;
const PLAIN: u8 = 1;
const ASYMMETRIC: u8 = 2;

static MODE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Whether [`light`] is free. Settled on first use, and the same from then on.
pub(super) fn is_asymmetric() -> bool {
    match MODE.load(Ordering::Relaxed) {
        UNKNOWN => {
            let mode = if system::register() {
                ASYMMETRIC
            } else {
                PLAIN
            };
            // Two threads may come to the same answer at the same time.
            MODE.store(mode, Ordering::Relaxed);
            mode == ASYMMETRIC
        }
        mode => mode == ASYMMETRIC,
    }
}

/// The frequent side's fence.
#[inline]
pub(in super::super) fn light() {
    if MODE.load(Ordering::Relaxed) == ASYMMETRIC {
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// The frequent side's fence, where [`is_asymmetric`] is known to hold.
#[inline(always)]
pub(super) fn free() {
    compiler_fence(Ordering::SeqCst);
}

/// The rare side's fence.
pub(in super::super) fn heavy() {
    fence(Ordering::SeqCst);
    if is_asymmetric() {
        system::barrier();
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
mod system {
    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: takes numbers, touches no memory.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) && barrier()
    }

    pub(super) fn barrier() -> bool {
        membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
mod system {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn barrier() -> bool {
        true
    }
}
