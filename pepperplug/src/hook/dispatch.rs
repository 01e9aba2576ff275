//! Emitting: from an event to the hooks in the tables that hold now.

#![allow(
    unsafe_code,
    reason = "reads tables that are kept by the readers' protocol; see `Dispatcher`"
)]

use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use core::time::Duration;
use tokio::time::Instant;

use super::call::Call;
use super::emitting::Emitting;
use super::history::{History, Kept};
use super::hook_run::Ran;
use super::observe::Observers;
use super::read::{Grave, Section, Thread, contexts};
use super::roster::{Gate, Roster};
use super::sink::{Ended, Of};
use super::table::{Table, TableHook};
use super::tables::Tables;
use crate::error::{EmitError, Error};
use crate::event::{Emit, EmitContext, Event, EventContext, EventMeta, Notify};
use crate::plugin::{Plugin, downcast_unchecked};
use crate::slot::Slot;

/// The hooks that hold now. Emits read them without a lock; a change swaps in new ones.
///
/// # Invariants
/// `tables` points to a box that is `self`'s. It is freed by way of the grave alone: after every section of this dispatcher
/// that began before the pointer was replaced; or with `self`, which every section borrows.
pub struct Dispatcher {
    pub(super) tables: AtomicPtr<Tables>,
    pub(super) grave: Grave<Box<Tables>, Table>,
    roster: Mutex<Roster>,
    pub(super) next_number: AtomicU64,
    observers: OnceLock<Observers>,
    pub(super) history: History,
    /// How often it was opened or closed.
    pub(super) times_opened: AtomicU64,
}

impl Dispatcher {
    pub(crate) fn new() -> Self {
        let tables = Box::new(Tables::closed());
        Self {
            tables: AtomicPtr::new(Box::into_raw(tables)),
            grave: Grave::new(),
            roster: Mutex::new(Roster::new()),
            next_number: AtomicU64::new(0),
            observers: OnceLock::new(),
            history: History::default(),
            times_opened: AtomicU64::new(0),
        }
    }

    /// What is done under the lock calls nobody: no code of plugins, which might ask for it again.
    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells sections of this dispatcher from others.
    #[inline(always)]
    pub(super) fn domain(&self) -> *const () {
        ptr::from_ref(self).cast()
    }

    /// Begins to read, for the emit whose context this is. `None` where too many emits are within each other.
    #[inline(always)]
    pub(super) fn read<'d>(&'d self, context: *const EventContext<'_>) -> Option<Reading<'d>> {
        let section = Section::enter(context.cast(), self.domain())?;
        Some(Reading {
            dispatcher: self,
            section,
        })
    }

    /// As [`read`](Self::read), where that is quick.
    #[inline(always)]
    pub(super) fn read_quickly<'d>(
        &'d self,
        context: *const EventContext<'_>,
    ) -> Option<QuickReading<'d>> {
        let section = Section::enter_quickly(context.cast(), self.domain())?;
        Some(QuickReading {
            dispatcher: self,
            section,
        })
    }

    /// # Safety
    /// Within a section of this dispatcher, which outlives the table's use.
    #[inline(always)]
    unsafe fn table_in_section(&self, slot: &'static Slot) -> Option<&Table> {
        // SAFETY: the caller's promise; the invariant of `tables`.
        let tables = unsafe { &*self.tables.load(Ordering::Acquire) };
        tables.by_slot.get(slot.peek())?.as_deref()
    }

    /// A running plugin, where it is found quickly: outside of emits, in a thread that has emitted before.
    #[inline]
    pub(crate) fn plugin<P: Plugin>(&self) -> Option<Arc<P>> {
        let reading = self.read_quickly(self.domain().cast())?;
        // SAFETY: loaded within the section, so it is not freed before that ends.
        let tables = unsafe { &*self.tables.load(Ordering::Acquire) };
        let instance = tables.plugins.get(P::slot().untyped().peek());
        let instance = instance.and_then(Option::as_ref);
        // SAFETY: what has the slot of `P` is a `P`: the instance and the slot come from one `Vtable::of`.
        let plugin = instance.map(|instance| unsafe { downcast_unchecked(instance) });
        reading.end();
        plugin
    }

    /// A seat was given back that held `table`.
    #[inline]
    pub(super) fn given_back(&self, table: *const Table) {
        self.grave.given_back(table, self.domain());
    }

    /// What comes of an event that has no table.
    #[cold]
    #[inline(never)]
    pub(super) fn without_table(&self, meta: &'static EventMeta) -> Ended {
        let event = meta.name();
        match self.roster().gate {
            Gate::Open => Ok(()),
            Gate::NotStarted => Err(Box::new(EmitError::NotStarted { event })),
            Gate::ShutDown => Err(Box::new(EmitError::ShuttingDown { event })),
        }
    }

    pub(crate) fn emit<'e, E: Event<Mode = Notify>>(&'e self, event: &'e E) -> Emitting<'e, E> {
        Emitting::new(self, event.lend())
    }

    /// As an emit, done by `deadline`. Each hook is called, whatever the others took, and is named if it is too slow.
    pub(crate) async fn emit_until<E: Event<Mode = Notify>>(
        &self,
        event: &E,
        deadline: Instant,
    ) -> Result<(), Error> {
        let context = EmitContext::new().until(deadline);
        self.emit(event).with(context).await
    }

    /// Lets others look on, from the next start on. Only once.
    pub(crate) fn observe(&self, observers: Observers) {
        let mut roster = self.roster();
        roster.observed = !observers.is_empty();
        drop(roster);
        let _ = self.observers.set(observers);
    }

    pub(super) fn begins(&self, ctx: &EventContext<'_>) {
        if let Some(observers) = self.observers.get() {
            observers.begins(ctx);
        }
    }

    pub(super) fn look_on(
        &self,
        hook: &TableHook,
        ctx: &EventContext<'_>,
        ran: &Ran,
        duration: Duration,
    ) {
        if let Some(observers) = self.observers.get() {
            observers.look_on(hook, ctx, ran, duration);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_deep(&self, meta: &'static EventMeta) -> Box<EmitError> {
        // SAFETY: contexts of emits that this thread runs at this moment, around this one.
        let name = |context: *const ()| unsafe { (*context.cast::<EventContext<'_>>()).event() };
        let mut chain: Vec<&'static str> = contexts().into_iter().map(name).collect();
        chain.push(meta.name());
        Box::new(EmitError::TooDeep {
            event: meta.name(),
            chain,
        })
    }

    /// The tables of all events that have hooks.
    pub(crate) fn tables(&self) -> Vec<Arc<Table>> {
        // Under the lock, so that they are not replaced.
        let roster = self.roster();
        // SAFETY: as in `swap`.
        let tables = unsafe { &*self.tables.load(Ordering::Relaxed) };
        let tables = tables.all().map(Arc::clone).collect();
        drop(roster);
        tables
    }
}

#[cfg(test)]
impl Default for Dispatcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw`; nobody reads it, since sections borrow `self`.
        let tables = unsafe { Box::from_raw(*self.tables.get_mut()) };
        // Emits borrow `self` as well. Those that were forgotten half-way still sit in their seats; whatever gets the place of
        // such a table next would be kept for them.
        let pieces = self.grave.pieces();
        let mut ours: Vec<*const Table> = pieces.iter().map(Arc::as_ptr).collect();
        ours.extend(tables.all().map(Arc::as_ptr));
        super::read::clear_seats(&|table| ours.contains(&table.cast()));
        drop(tables);
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gate = self.roster().gate;
        f.debug_struct("Dispatcher")
            .field("gate", &gate)
            .finish_non_exhaustive()
    }
}

/// A section in which an emit reads the tables.
pub(super) struct Reading<'d> {
    dispatcher: &'d Dispatcher,
    section: Section,
}

impl<'d> Reading<'d> {
    #[inline(always)]
    pub(super) fn thread(&self) -> &'static Thread {
        self.section.thread
    }

    /// The table of an event, where it has hooks.
    #[inline(always)]
    pub(super) fn table(&self, slot: &'static Slot) -> Option<&Table> {
        // SAFETY: loaded within the section, so it is not freed before that ends.
        unsafe { self.dispatcher.table_in_section(slot) }
    }

    /// As [`table`](Self::table), of an event that is kept if its type says so.
    ///
    /// # Safety
    /// `event` is one of the type that `of` is of.
    #[inline(always)]
    pub(super) unsafe fn table_for(&self, of: Of, event: *const ()) -> Option<&Table> {
        match of.1.historic {
            None => self.table(of.0),
            // SAFETY: the caller's promise.
            Some(historic) => {
                self.table_of_kept(of.0, historic.limit, unsafe { (historic.keep)(event) })
            }
        }
    }

    fn table_of_kept(&self, slot: &'static Slot, limit: usize, event: Kept) -> Option<&Table> {
        let mut history = self.dispatcher.history.lock();
        // There is one wherever the gate is open, so where there is none, the event is refused.
        let table = self.table(slot)?;
        let gone = history.keep(slot.index(), event, limit);
        drop(history);
        drop(gone);
        Some(table)
    }

    /// The context of the emit that this one is within.
    #[inline(always)]
    pub(super) fn outer(&self) -> Option<&EventContext<'d>> {
        if self.section.is_outermost() {
            return None;
        }
        let outer = self.section.thread.outer_context();
        // SAFETY: the context of an emit that this thread runs at this moment, around this one.
        unsafe { outer.cast::<EventContext<'d>>().as_ref() }
    }
}

impl Drop for Reading<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.section.leave();
        self.dispatcher.grave.attend(self.dispatcher.domain());
    }
}

/// A section that is within no other, and that is ended by hand: nothing may unwind out of it.
#[must_use = "it is to be ended"]
pub(super) struct QuickReading<'d> {
    dispatcher: &'d Dispatcher,
    section: Section,
}

impl<'d> QuickReading<'d> {
    #[inline(always)]
    pub(super) fn thread(&self) -> &'static Thread {
        self.section.thread
    }

    /// The hooks of an event, where they are one run.
    #[inline(always)]
    pub(super) fn run(&self, slot: &'static Slot) -> Option<(&'d [Call], &'d Table)> {
        // SAFETY: loaded within the section, so it is not freed before that ends.
        let tables = unsafe { &*self.dispatcher.tables.load(Ordering::Acquire) };
        let entry = tables.entries.get(slot.peek())?;
        // SAFETY: the entries' tables are kept by the same tables; there is a table where there is a run.
        unsafe { Some((entry.run.as_ref()?, &*entry.table)) }
    }

    #[inline(always)]
    pub(super) fn end(self) {
        self.section.leave_quickly();
        self.dispatcher.grave.attend(self.dispatcher.domain());
    }

    /// The same, ended where it is dropped.
    pub(super) fn guarded(self) -> Reading<'d> {
        Reading {
            dispatcher: self.dispatcher,
            section: self.section,
        }
    }
}
