//! Sections and seats: the protocol alone, without threads, so that it can be run under a model checker.
//!
//! # Protocol
//!
//! 1. A reader stores a mark into its record (`enter`), passes a light fence, and loads the tables. When it is done with
//!    them it stores null (`leave`).
//! 2. A writer stores the new tables, passes a heavy fence, and looks at each record. One without a mark begins after that,
//!    so it sees the new tables. One with a mark may read the old ones, until it is seen with another mark or with none.
//! 3. What is read across sections holds a seat, taken within the section that read it. So once the sections of 2 are over,
//!    every holder of the old tables sits in a seat, and no new one can come.
//! 4. Only a record's own thread enters, leaves and takes seats: these are plain stores. Anyone may give a seat back.

use super::sync::{AtomicPtr, AtomicUsize, DEEPEST, Ordering};

/// What one thread says of itself.
#[derive(Debug)]
#[repr(C)]
pub(in super::super) struct Record {
    /// The mark of the outermost section, null outside of one: the address of what reads. Where two sections in a row have
    /// one mark, a writer takes the second for the first, and waits longer than it must.
    section: AtomicPtr<()>,
    /// Whose tables the outermost section reads.
    domain: AtomicPtr<()>,
    /// How many sections there are within it, and whose tables these read.
    depth: AtomicUsize,
    inner: [AtomicPtr<()>; DEEPEST],
}

impl Record {
    pub(in super::super) fn new() -> Self {
        let null = || AtomicPtr::new(core::ptr::null_mut());
        Self {
            section: null(),
            domain: null(),
            depth: AtomicUsize::new(0),
            inner: core::array::from_fn(|_| null()),
        }
    }

    /// The mark of the outermost section. For its own thread.
    #[inline(always)]
    pub(in super::super) fn mark(&self) -> *mut () {
        self.section.load(Ordering::Relaxed)
    }

    /// How many sections there are within the outermost one. For its own thread.
    #[inline(always)]
    pub(in super::super) fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// Begins an outermost section. The light fence that must follow is the caller's.
    #[inline(always)]
    pub(in super::super) fn enter(&self, mark: *mut (), domain: *mut ()) {
        // Release: who reads it knows that the sections before are over.
        self.domain.store(domain, Ordering::Release);
        // Release: who reads it reads no older domain.
        self.section.store(mark, Ordering::Release);
    }

    /// Ends an outermost section.
    #[inline(always)]
    pub(in super::super) fn leave(&self) {
        self.section.store(core::ptr::null_mut(), Ordering::Release);
    }

    /// Begins a section within, and says how many there were. `None` where there are too many. The light fence that must
    /// follow is the caller's.
    pub(in super::super) fn enter_inner(&self, domain: *mut ()) -> Option<usize> {
        let depth = self.depth();
        self.inner.get(depth)?.store(domain, Ordering::Release);
        self.depth.store(depth + 1, Ordering::Release);
        Some(depth)
    }

    /// Ends a section within, and says how many are left.
    pub(in super::super) fn leave_inner(&self) -> usize {
        let depth = self.depth() - 1;
        self.depth.store(depth, Ordering::Release);
        depth
    }

    /// The mark of the section in which the thread may read tables of `domain`; null where there is none.
    pub(in super::super) fn reads(&self, domain: *const ()) -> *mut () {
        let mark = self.section.load(Ordering::Acquire);
        let is_it = |read: &AtomicPtr<()>| read.load(Ordering::Acquire).cast_const() == domain;
        let depth = self.depth.load(Ordering::Acquire).min(DEEPEST);
        if is_it(&self.domain) || self.inner[..depth].iter().any(is_it) {
            mark
        } else {
            core::ptr::null_mut()
        }
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
    pub(in super::super) fn new() -> Self {
        Self {
            table: AtomicPtr::new(core::ptr::null_mut()),
            at: AtomicUsize::new(0),
        }
    }

    /// Takes it, if it is free. For the thread whose seat it is, within the section that read `table`.
    #[inline]
    pub(in super::super) fn take(&self, table: *mut (), at: usize) -> bool {
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
