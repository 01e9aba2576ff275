//! Sections and seats: the protocol alone, without threads, so that it can be run under a model checker.
//!
//! # Protocol
//!
//! 1. A reader stores the epoch into its record (`enter`), passes a light fence, and loads the tables. When it is done with
//!    them it stores zero (`leave`).
//! 2. A writer stores the new tables, passes a heavy fence, and raises the epoch. A reader whose record then says zero, or
//!    the raised epoch, has begun after that: it sees the new tables. One that says an older epoch may read the old ones.
//! 3. What is read across sections holds a seat, taken within the section that read it. So once the sections of 2 are over,
//!    every holder of the old tables sits in a seat, and no new one can come.
//! 4. Only a record's own thread enters, leaves and takes seats: these are plain stores. Anyone may give a seat back.

use super::sync::{AtomicPtr, AtomicUsize, Ordering};

/// What one thread says of itself.
#[derive(Debug)]
#[repr(align(128))] // So that two threads do not write to one cache line, or to a pair that is fetched together.
pub(in super::super) struct Record {
    /// The epoch in which the outermost section began, zero outside of one.
    section: AtomicUsize,
    /// Whose tables it reads; null where it reads those of several.
    domain: AtomicPtr<()>,
}

impl Record {
    pub(super) fn new() -> Self {
        Self {
            section: AtomicUsize::new(0),
            domain: AtomicPtr::new(core::ptr::null_mut()),
        }
    }

    /// Begins an outermost section. The light fence that must follow is the caller's.
    #[inline(always)]
    pub(super) fn enter(&self, domain: *mut (), epoch: &AtomicUsize) {
        self.domain.store(domain, Ordering::Relaxed);
        // Acquire: who reads a raised epoch sees the tables that were stored before it was raised.
        let epoch = epoch.load(Ordering::Acquire);
        // Release: who reads this section reads no older domain.
        self.section.store(epoch, Ordering::Release);
    }

    /// Ends an outermost section.
    #[inline(always)]
    pub(super) fn leave(&self) {
        self.section.store(0, Ordering::Release);
    }

    /// Within a section, reads the tables of `domain` as well. What to give to [`narrow`](Self::narrow) after that.
    #[inline]
    pub(super) fn widen(&self, domain: *mut ()) -> *mut () {
        let own = self.domain.load(Ordering::Relaxed);
        if own != domain {
            self.domain.store(core::ptr::null_mut(), Ordering::Release);
        }
        own
    }

    /// Ends what [`widen`](Self::widen) began.
    #[inline]
    pub(super) fn narrow(&self, own: *mut ()) {
        self.domain.store(own, Ordering::Release);
    }

    /// Whether the thread cannot read what `domain` had before `epoch` was raised to what it is now.
    pub(in super::super) fn has_passed(&self, domain: *const (), epoch: usize) -> bool {
        let section = self.section.load(Ordering::Acquire);
        if section == 0 || section >= epoch {
            return true;
        }
        let read = self.domain.load(Ordering::Acquire);
        !read.is_null() && read.cast_const() != domain
    }

    /// Whether it is within a section that began before `epoch`.
    pub(in super::super) fn is_within(&self, epoch: usize) -> bool {
        let section = self.section.load(Ordering::Acquire);
        section != 0 && section < epoch
    }
}

/// Keeps a table from being freed while nothing runs that reads it.
#[derive(Debug)]
pub(in super::super) struct Seat {
    table: AtomicPtr<()>,
    /// The hook that is waited for, as its place in the table.
    at: AtomicUsize,
}

impl Seat {
    pub(super) fn new() -> Self {
        Self {
            table: AtomicPtr::new(core::ptr::null_mut()),
            at: AtomicUsize::new(0),
        }
    }

    /// Takes it, if it is free. For the thread whose seat it is, within the section that read `table`.
    #[inline]
    pub(super) fn take(&self, table: *mut (), at: usize) -> bool {
        // Acquire: what its last holder did is done.
        if !self.table.load(Ordering::Acquire).is_null() {
            return false;
        }
        self.at.store(at, Ordering::Relaxed);
        self.table.store(table, Ordering::Release);
        true
    }

    /// Says which hook is waited for.
    #[inline]
    pub(in super::super) fn wait_for(&self, at: usize) {
        self.at.store(at, Ordering::Relaxed);
    }

    /// Gives it back: the table is not read any more.
    #[inline]
    pub(in super::super) fn give_back(&self) {
        self.table.store(core::ptr::null_mut(), Ordering::Release);
    }

    /// The table that it keeps, and the hook that is waited for.
    pub(in super::super) fn holds(&self) -> Option<(*mut (), usize)> {
        let table = self.table.load(Ordering::Acquire);
        (!table.is_null()).then(|| (table, self.at.load(Ordering::Relaxed)))
    }
}
