//! What was replaced, until nobody can read it any more.

#![allow(unsafe_code, reason = "an address is sent between threads")]

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::barrier::{heavy, is_asymmetric, light};
use super::grace::Seat;
use super::thread::{Thread, threads};

/// Nothing waits for the end of a section.
const CALM: u8 = 0;
/// Whoever ends a section is to look.
const WAITING: u8 = 1;
/// Sections end without a fence, so whoever ends one is to pass one and look.
const PLAIN: u8 = 2;

/// The replaced tables of one manager: a spine, read within sections only, and the pieces it had that its successor has
/// not, which may be held by seats.
#[derive(Debug)]
pub(in super::super) struct Grave<S, T> {
    attention: AtomicU8,
    /// Whether there are pieces that seats may hold.
    waits_for_seats: AtomicBool,
    buried: Mutex<Vec<Buried<S, T>>>,
}

#[derive(Debug)]
struct Buried<S, T> {
    /// Who may see the spine: threads, with the marks of their sections.
    seen_by: Vec<(&'static Thread, Mark)>,
    /// `None` once no section sees it.
    spine: Option<S>,
    pieces: Vec<Arc<T>>,
}

/// To be compared, and not to be followed.
#[derive(Debug, PartialEq, Eq)]
struct Mark(*mut ());

// SAFETY: an address and nothing else.
unsafe impl Send for Mark {}

impl<S, T> Grave<S, T> {
    pub(in super::super) fn new() -> Self {
        Self {
            attention: AtomicU8::new(Self::at_rest()),
            waits_for_seats: AtomicBool::new(false),
            buried: Mutex::new(Vec::new()),
        }
    }

    fn at_rest() -> u8 {
        if is_asymmetric() { CALM } else { PLAIN }
    }

    /// Takes what no section can see that begins from now on, and frees it when nobody reads it any more.
    pub(in super::super) fn bury(&self, domain: *const (), spine: S, pieces: Vec<Arc<T>>) {
        let mut buried = self.buried.lock().unwrap_or_else(PoisonError::into_inner);
        self.waits_for_seats.store(true, Ordering::Relaxed);
        // The fence comes after the new tables and this flag were stored, and before it is asked who may still read the old
        // ones: so who gives a seat back after that sees the flag.
        heavy();
        let seen_by = threads()
            .into_iter()
            .map(|thread| (thread, Mark(thread.record.reads(domain))))
            .filter(|(_, mark)| !mark.0.is_null())
            .collect();
        buried.push(Buried {
            seen_by,
            spine: Some(spine),
            pieces,
        });
        drop(buried);
        self.tend(domain);
    }

    /// To be called after each section's end.
    #[inline(always)]
    pub(in super::super) fn attend(&self, domain: *const ()) {
        if self.attention.load(Ordering::Relaxed) != CALM {
            self.attend_slowly(domain);
        }
    }

    #[cold]
    #[inline(never)]
    fn attend_slowly(&self, domain: *const ()) {
        light();
        self.tend(domain);
    }

    /// To be called after each seat was given back that held `piece`, which may be freed by then.
    #[inline]
    pub(in super::super) fn given_back(&self, piece: *const T, domain: *const ()) {
        light();
        if self.waits_for_seats.load(Ordering::Relaxed) {
            self.given_back_slowly(piece, domain);
        }
    }

    #[cold]
    fn given_back_slowly(&self, piece: *const T, domain: *const ()) {
        let buried = self.buried.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pieces = buried.iter().flat_map(|buried| &buried.pieces);
        let is_buried = pieces.any(|buried| Arc::as_ptr(buried) == piece);
        drop(buried);
        if is_buried {
            self.tend(domain);
        }
    }

    /// Frees what nobody reads any more.
    pub(in super::super) fn tend(&self, domain: *const ()) {
        let mut buried = self.buried.lock().unwrap_or_else(PoisonError::into_inner);
        if buried.is_empty() {
            return;
        }
        let mut freed = (Vec::new(), Vec::new());
        self.attention.store(Self::at_rest(), Ordering::Relaxed);
        sweep(&mut buried, domain, &mut freed);
        if buried.iter().any(|buried| buried.spine.is_some()) {
            // Who ends its section after this fence sees the flag; who has ended it before is seen by the second look.
            self.attention.store(WAITING, Ordering::Relaxed);
            heavy();
            sweep(&mut buried, domain, &mut freed);
        }
        if buried.is_empty() {
            self.waits_for_seats.store(false, Ordering::Relaxed);
        }
        drop(buried);
        // Not under the lock: plugins may end with their hooks, and may emit in that.
        drop(freed);
    }

    /// What is still to be freed.
    pub(in super::super) fn pieces(&self) -> Vec<Arc<T>> {
        let buried = self.buried.lock().unwrap_or_else(PoisonError::into_inner);
        let pieces = buried.iter().flat_map(|buried| &buried.pieces);
        pieces.map(Arc::clone).collect()
    }
}

fn sweep<S, T>(
    buried: &mut Vec<Buried<S, T>>,
    domain: *const (),
    freed: &mut (Vec<S>, Vec<Arc<T>>),
) {
    let threads = threads();
    for buried in buried.iter_mut() {
        let still =
            |(thread, mark): &(&'static Thread, Mark)| Mark(thread.record.reads(domain)) == *mark;
        buried.seen_by.retain(still);
        if buried.seen_by.is_empty() {
            freed.0.extend(buried.spine.take());
        }
        if buried.spine.is_none() {
            let held = |piece: &Arc<T>| {
                let piece: *const T = Arc::as_ptr(piece);
                let seats = threads.iter().flat_map(|thread| thread.seats());
                seats
                    .filter_map(Seat::holds)
                    .any(|(table, _)| table.cast_const().cast() == piece)
            };
            let (held, free) = core::mem::take(&mut buried.pieces)
                .into_iter()
                .partition(held);
            buried.pieces = held;
            freed.1.extend::<Vec<_>>(free);
        }
    }
    buried.retain(|buried| buried.spine.is_some() || !buried.pieces.is_empty());
}
