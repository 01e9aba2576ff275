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
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::call::Call;
use super::catalogue::event_named;
use super::emitting::Emitting;
use super::hook_run::Ran;
use super::meta::HookMeta;
use super::observe::Observers;
use super::policy::PolicyOverride;
use super::read::{Grave, Section, Thread, contexts};
use super::roster::{Gate, HookSource, Roster, Tables};
use super::sink::Ended;
use super::table::{Table, TableHook};
use crate::error::{EmitError, Error};
use crate::event::{Emit, EmitContext, Event, EventContext, EventMeta, Notify};
use crate::plugin::Instance;
use crate::registry::EventRef;
use crate::slot::Slot;

/// The hooks that hold now. Emits read them without a lock; a change swaps in new ones.
///
/// # Invariants
/// `tables` points to a box that is `self`'s. It is freed by way of the grave alone: after every section of this dispatcher
/// that began before the pointer was replaced; or with `self`, which every section borrows.
pub struct Dispatcher {
    tables: AtomicPtr<Tables>,
    grave: Grave<Box<Tables>, Table>,
    roster: Mutex<Roster>,
    next_number: AtomicU64,
    observers: OnceLock<Observers>,
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
        }
    }

    /// What is done under the lock calls nobody: no code of plugins, which might ask for it again.
    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets events through to the hooks of `sources`; wakes the receiver once they are closed off and no emit reads their
    /// tables any more.
    pub(crate) fn open(&self, sources: Vec<HookSource>) -> oneshot::Receiver<()> {
        let mut roster = self.roster();
        let drained = roster.open(sources);
        self.swap(roster, |roster, _| roster.tables());
        drained
    }

    /// Lets events through to one hook.
    #[cfg(test)]
    pub(super) fn open_with(&self, plugin: &'static str, instance: &Instance, hook: HookMeta) {
        let mut roster = self.roster();
        roster.gate = Gate::Open;
        roster.add((plugin, instance, 0), hook);
        self.swap(roster, |roster, _| roster.tables());
    }

    /// As [`open_with`](Self::open_with), in place of all that is there.
    #[cfg(test)]
    pub(super) fn replace_with(&self, plugin: &'static str, instance: &Instance, hook: HookMeta) {
        let mut roster = self.roster();
        let discarded = roster.close(Gate::Open);
        roster.add((plugin, instance, 0), hook);
        self.swap(roster, |roster, _| roster.tables());
        drop(discarded);
    }

    /// Refuses events from now on. Those under way go on.
    pub(crate) fn close(&self, gate: Gate) {
        let mut roster = self.roster();
        let discarded = roster.close(gate);
        self.swap(roster, |roster, _| roster.tables());
        drop(discarded);
    }

    /// What the settings say of hooks, from the next start on.
    pub(crate) fn set_overrides(&self, overrides: Vec<(String, PolicyOverride)>) {
        self.roster().set_overrides(overrides);
    }

    pub(super) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds a closure to the hooks.
    pub(super) fn subscribe(&self, number: u64, meta: HookMeta, instance: Instance) {
        let mut roster = self.roster();
        let slots = roster.subscribe(number, meta, instance);
        self.swap_some(roster, &slots);
    }

    /// Takes a closure out of the hooks. Whoever is calling it goes on.
    pub(super) fn unsubscribe(&self, number: u64) {
        let mut roster = self.roster();
        let (slots, discarded) = roster.unsubscribe(number);
        self.swap_some(roster, &slots);
        drop(discarded);
    }

    /// Makes a name an event, if it is none.
    pub(super) fn register(&self, name: &str) {
        let event = event_named(name);
        let mut roster = self.roster();
        let slot = roster.register(event);
        self.swap_some(roster, slot.as_slice());
    }

    pub(crate) fn known_events(&self) -> Vec<EventRef> {
        self.roster().events().to_vec()
    }

    /// The event of a name.
    pub(super) fn find(&self, name: &str) -> Result<EventRef, Error> {
        let roster = self.roster();
        let known = roster.events();
        if let Some(event) = known.iter().find(|event| event.meta().name() == name) {
            return Ok(*event);
        }
        let names = known.iter().map(|event| event.meta().name());
        let suggestion = crate::suggest::nearest(name, names).map(str::to_owned);
        Err(Error::Emit(EmitError::UnknownEvent {
            name: name.to_owned(),
            suggestion,
        }))
    }

    /// Lets emits that come from now on read new tables. Those under way go on with the old ones.
    fn swap(&self, roster: MutexGuard<'_, Roster>, make: impl FnOnce(&Roster, &Tables) -> Tables) {
        // SAFETY: the pointer is replaced under the lock that is held, so it is alive.
        let old = unsafe { &*self.tables.load(Ordering::Relaxed) };
        let fresh = make(&roster, old);
        let kept = |table: &Arc<Table>| {
            let slot = table.event.slot().index();
            let now = fresh.by_slot.get(slot).and_then(Option::as_ref);
            now.is_some_and(|now| Arc::ptr_eq(now, table))
        };
        let gone = old.all().filter(|table| !kept(table)).map(Arc::clone);
        let gone: Vec<Arc<Table>> = gone.collect();
        let fresh = Box::into_raw(Box::new(fresh));
        let old = self.tables.swap(fresh, Ordering::AcqRel);
        drop(roster);
        // SAFETY: made by `Box::into_raw`, and taken out once, by this swap.
        let old = unsafe { Box::from_raw(old) };
        self.grave.bury(self.domain(), old, gone);
    }

    /// What tells sections of this dispatcher from others.
    #[inline(always)]
    fn domain(&self) -> *const () {
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

    /// Lets a hook be called no more that was taken out for its failures.
    pub(super) fn taken_out(&self, hook: &TableHook) {
        let slots: Vec<usize> = {
            let roster = self.roster();
            roster.slots_of(hook)
        };
        self.renew(&slots);
    }

    /// Lets a hook be called again that was taken out. Whether there is one.
    pub(crate) fn put_back(&self, plugin: &str, hook: &str) -> bool {
        let slots = self.roster().put_back(plugin, hook);
        self.renew(&slots);
        !slots.is_empty()
    }

    /// Makes the tables of some events anew.
    fn renew(&self, slots: &[usize]) {
        self.swap_some(self.roster(), slots);
    }

    fn swap_some(&self, roster: MutexGuard<'_, Roster>, slots: &[usize]) {
        if roster.gate == Gate::Open && !slots.is_empty() {
            self.swap(roster, |roster, old| roster.renewed(old, slots));
        }
    }

    /// The hooks that events wait for, and those that block their thread, for people to read: of the tables that were
    /// replaced, which is to say after the gate was closed.
    pub(crate) fn waiting(&self) -> Vec<String> {
        let tables = self.grave.pieces();
        let mut waiting = Vec::new();
        for table in &tables {
            let places = super::read::places(self.domain(), Arc::as_ptr(table).cast(), |running| {
                table.place(running.cast())
            });
            let event = table.event.meta().name();
            let hooks = places.iter().filter_map(|at| table.hooks.get(*at));
            waiting.extend(hooks.map(|hook| format!("{} on event `{event}`", hook.label())));
        }
        waiting
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
        drop(unsafe { Box::from_raw(*self.tables.get_mut()) });
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
