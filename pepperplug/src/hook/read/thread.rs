//! Each thread's record, and the list of all.

#![allow(unsafe_code, reason = "a reference to a seat is kept as a pointer")]

use core::cell::Cell;
use core::ptr;
use core::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::barrier::{DEEPEST, free, is_asymmetric, light};
use super::grace::{Record, Seat};
use super::sync::{AtomicPtr, AtomicUsize, Ordering};

/// Chunks of seats, each of twice the length of the one before.
const CHUNKS: usize = 26;
const FIRST_CHUNK: usize = 16;
/// How many seats are looked at before there are more.
const LOOKS: usize = 32;

/// All threads that ever emitted. They are never freed, but one that has ended serves the next.
static THREADS: Mutex<Vec<&'static Thread>> = Mutex::new(Vec::new());

thread_local! {
    /// The thread, where sections are free; nothing elsewhere, so that one look tells both.
    static FAST: Cell<Option<&'static Thread>> = const { Cell::new(None) };
    static THREAD: Cell<Option<&'static Thread>> = const { Cell::new(None) };
    static LEASE: Lease = const { Lease(Cell::new(None)) };
}

/// A thread as emits know it. All but `record`, `running` and the seats is its own: atomic only so that it may be shared.
#[derive(Debug)]
#[repr(C, align(128))] // Two threads do not write to one cache line, or to a pair that is fetched together.
pub(in super::super) struct Thread {
    pub(super) record: Record,
    /// The entry of the hook that runs, for others to compare and not to follow.
    running: AtomicPtr<()>,
    /// Set by whoever watches it, and gone when the outermost section ends.
    watched: AtomicBool,
    /// The seat that was taken last; most likely it is free again.
    seat: AtomicPtr<Seat>,
    inner: [Inner; DEEPEST],
    seats: [OnceLock<Box<[Seat]>>; CHUNKS],
    /// Where the next free seat is looked for.
    next_seat: (AtomicUsize, AtomicUsize),
    leased: AtomicUsize,
}

/// An emit within another, and what it finds and leaves as it was.
#[derive(Debug)]
struct Inner {
    context: AtomicPtr<()>,
    running: AtomicPtr<()>,
}

/// Gives the thread back when it ends.
struct Lease(Cell<Option<&'static Thread>>);

impl Drop for Lease {
    fn drop(&mut self) {
        FAST.set(None);
        THREAD.set(None);
        if let Some(thread) = self.0.get() {
            thread.leased.store(0, Ordering::Release);
        }
    }
}

/// A section of this thread in which one emit reads one manager's tables.
#[derive(Debug)]
#[must_use = "it is to be left"]
pub(in super::super) struct Section {
    pub(in super::super) thread: &'static Thread,
}

impl Section {
    /// Begins one. `context` is the emit's, and lives until the section ends. `None` where there are too many.
    #[inline(always)]
    pub(in super::super) fn enter(context: *const (), domain: *const ()) -> Option<Self> {
        Self::enter_quickly(context, domain)
            .or_else(|| Self::enter_slowly(context.cast_mut(), domain.cast_mut()))
    }

    /// As [`enter`](Self::enter), where that is quick: within no other section, in a thread that has emitted before.
    #[inline(always)]
    pub(in super::super) fn enter_quickly(context: *const (), domain: *const ()) -> Option<Self> {
        let thread = FAST.get()?;
        if !thread.record.mark().is_null() {
            return None;
        }
        thread.record.enter(context.cast_mut(), domain.cast_mut());
        free();
        Some(Self { thread })
    }

    #[cold]
    #[inline(never)]
    fn enter_slowly(context: *mut (), domain: *mut ()) -> Option<Self> {
        let thread = Thread::of_this();
        if thread.record.mark().is_null() {
            thread.record.enter(context, domain);
        } else {
            let depth = thread.record.enter_inner(domain)?;
            let inner = &thread.inner[depth];
            inner.context.store(context, Ordering::Relaxed);
            let running = thread.running.load(Ordering::Relaxed);
            inner.running.store(running, Ordering::Relaxed);
        }
        light();
        Some(Self { thread })
    }

    /// Whether it is within no other.
    #[inline(always)]
    pub(in super::super) fn is_outermost(&self) -> bool {
        self.thread.record.depth() == 0
    }
}

impl Section {
    /// Ends it.
    #[inline(always)]
    pub(in super::super) fn leave(&self) {
        if self.is_outermost() {
            self.leave_quickly();
        } else {
            self.thread.leave_inner();
        }
    }

    /// Ends one that is within no other.
    #[inline(always)]
    pub(in super::super) fn leave_quickly(&self) {
        self.thread.watched.store(false, Ordering::Relaxed);
        self.thread.record.leave();
        free();
    }
}

impl Thread {
    fn new() -> Self {
        let null = || AtomicPtr::new(ptr::null_mut());
        Self {
            record: Record::new(),
            running: null(),
            watched: AtomicBool::new(false),
            seat: AtomicPtr::new(ptr::null_mut()),
            inner: core::array::from_fn(|_| Inner {
                context: null(),
                running: null(),
            }),
            seats: [const { OnceLock::new() }; CHUNKS],
            next_seat: (AtomicUsize::new(0), AtomicUsize::new(0)),
            leased: AtomicUsize::new(1),
        }
    }

    fn of_this() -> &'static Self {
        THREAD.get().unwrap_or_else(Self::lease)
    }

    #[cold]
    fn lease() -> &'static Self {
        let mut threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = threads.iter().find(|thread| {
            let lease = |leased: &AtomicUsize| {
                leased.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            };
            lease(&thread.leased).is_ok()
        });
        let thread = match ended {
            Some(thread) => *thread,
            None => {
                let fresh: &'static Self = Box::leak(Box::new(Self::new()));
                threads.push(fresh);
                fresh
            }
        };
        drop(threads);
        // Fails in a thread that ends: then nobody gives it back, and one is lost for each thread that emits while it ends.
        let _ = LEASE.try_with(|lease| lease.0.set(Some(thread)));
        THREAD.set(Some(thread));
        FAST.set(is_asymmetric().then_some(thread));
        thread
    }

    #[cold]
    fn leave_inner(&self) {
        let inner = &self.inner[self.record.leave_inner()];
        let running = inner.running.load(Ordering::Relaxed);
        self.running.store(running, Ordering::Relaxed);
        light();
    }

    /// Whether it has not left the section since it was [set](Self::set_watched).
    pub(in super::super) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    pub(in super::super) fn set_watched(&self) {
        self.watched.store(true, Ordering::Relaxed);
    }

    /// Says which hook runs, by its entry in a table.
    #[inline(always)]
    pub(in super::super) fn runs<T>(&self, hook: *const T) {
        self.running
            .store(hook.cast_mut().cast(), Ordering::Relaxed);
    }

    /// The entry of the hook that was called last in the emit that runs.
    #[inline(always)]
    pub(in super::super) fn ran<T>(&self) -> *const T {
        self.running.load(Ordering::Relaxed).cast_const().cast()
    }

    /// A free seat, taken for `table`. Within the section that read it.
    #[inline]
    pub(in super::super) fn take_seat(&'static self, table: *mut (), at: usize) -> &'static Seat {
        let last = self.seat.load(Ordering::Relaxed);
        // SAFETY: made from a `&'static Seat` below.
        match unsafe { last.as_ref() } {
            Some(seat) if seat.take(table, at) => seat,
            _ => self.find_seat(table, at),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_seat(&'static self, table: *mut (), at: usize) -> &'static Seat {
        let (chunk, index) = (&self.next_seat.0, &self.next_seat.1);
        for look in 0.. {
            let at_chunk = chunk.load(Ordering::Relaxed);
            let known = self.seats.get(at_chunk).and_then(OnceLock::get);
            // Looked for long enough: there will be more than twice as many.
            let seats = match known {
                Some(seats) if look < LOOKS => seats,
                _ => {
                    let fresh = self
                        .seats
                        .iter()
                        .take_while(|chunk| chunk.get().is_some())
                        .count();
                    let fresh = fresh.min(CHUNKS - 1);
                    chunk.store(fresh, Ordering::Relaxed);
                    index.store(0, Ordering::Relaxed);
                    self.seats[fresh]
                        .get_or_init(|| (0..FIRST_CHUNK << fresh).map(|_| Seat::new()).collect())
                }
            };
            let at_index = index.load(Ordering::Relaxed);
            let Some(seat) = seats.get(at_index) else {
                let next = at_chunk + 1;
                let is_last = self
                    .seats
                    .get(next)
                    .is_none_or(|chunk| chunk.get().is_none());
                chunk.store(if is_last { 0 } else { next }, Ordering::Relaxed);
                index.store(0, Ordering::Relaxed);
                continue;
            };
            index.store(at_index + 1, Ordering::Relaxed);
            if seat.take(table, at) {
                self.seat
                    .store(ptr::from_ref(seat).cast_mut(), Ordering::Relaxed);
                return seat;
            }
        }
        unreachable!("the search does not end before it has found one")
    }

    /// All its seats.
    pub(in super::super) fn seats(&'static self) -> impl Iterator<Item = &'static Seat> {
        self.seats.iter().map_while(OnceLock::get).flatten()
    }

    /// The context of the emit around the innermost one. For its own thread.
    pub(in super::super) fn outer_context(&self) -> *const () {
        let depth = self.record.depth();
        self.contexts()
            .nth(depth.wrapping_sub(1))
            .unwrap_or(ptr::null())
    }

    /// The contexts of the emits that run within each other, the outermost first. For its own thread.
    fn contexts(&self) -> impl Iterator<Item = *const ()> {
        let depth = self.record.depth();
        let inner = self.inner[..depth].iter();
        let inner = inner.map(|inner| inner.context.load(Ordering::Relaxed).cast_const());
        core::iter::once(self.record.mark().cast_const()).chain(inner)
    }
}

/// All threads.
pub(super) fn threads() -> Vec<&'static Thread> {
    let threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    threads.clone()
}

/// The contexts of the emits that this thread runs within each other, the outermost first.
pub(in super::super) fn contexts() -> Vec<*const ()> {
    let thread = THREAD.get();
    thread.map_or_else(Vec::new, |thread| thread.contexts().collect())
}

/// Gives this thread what emits know it by, so that what needs that is quick from now on.
pub(crate) fn meet_thread() {
    let _ = Thread::of_this();
}

/// The entry of the hook that this thread runs.
pub(in super::super) fn running() -> *const () {
    THREAD.get().map_or(ptr::null(), Thread::ran)
}

/// The places of a table that somebody waits at, or that a thread is at: `place` tells which, of an entry.
pub(in super::super) fn places(
    domain: *const (),
    table: *const (),
    place: impl Fn(*const ()) -> Option<usize>,
) -> Vec<usize> {
    let mut places = Vec::new();
    for thread in threads() {
        let held = thread.seats().filter_map(Seat::holds);
        places.extend(
            held.filter(|(held, _)| held.cast_const() == table)
                .map(|(_, at)| at),
        );
        if !thread.record.reads(domain).is_null() {
            places.extend(place(thread.running.load(Ordering::Relaxed).cast_const()));
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// The threads that are in a section of `domain`, and the entries of the hooks that they run.
pub(in super::super) fn in_sections(domain: *const ()) -> Vec<(&'static Thread, *const ())> {
    let all = threads().into_iter();
    let within = all.filter(|thread| !thread.record.reads(domain).is_null());
    within.map(|thread| (thread, thread.ran())).collect()
}

/// Frees the seats of tables whose emits are all gone.
pub(in super::super) fn clear_seats(of: &dyn Fn(*const ()) -> bool) {
    for seat in threads().into_iter().flat_map(Thread::seats) {
        if seat
            .holds()
            .is_some_and(|(table, _)| of(table.cast_const()))
        {
            seat.give_back();
        }
    }
}
