//! Changes of the hooks: from what there is to the tables that emits read.

#![allow(
    unsafe_code,
    reason = "replaces tables that are kept by the readers' protocol; see `Dispatcher`"
)]

use core::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use tokio::sync::oneshot;

use super::catalogue::event_named;
use super::dispatch::Dispatcher;
use super::history::Kept;
use super::meta::HookMeta;
use super::policy::PolicyOverride;
use super::roster::{Gate, HookSource, Roster};
use super::table::{Table, TableHook};
use super::tables::Tables;
use crate::error::{EmitError, Error};
use crate::plugin::Instance;
use crate::registry::EventRef;

/// What a swap has replaced: the tables, and those of them that their successors do not share.
struct Replaced {
    old: Box<Tables>,
    gone: Vec<Arc<Table>>,
}

impl Dispatcher {
    /// What the settings say of hooks, for whoever asks before events are let through.
    pub(crate) fn plan(&self, overrides: Vec<(String, PolicyOverride)>) {
        self.roster().overrides = overrides;
    }

    /// Lets events through to the hooks of `sources`, in place of all plugins that were there; what the settings say of
    /// hooks is in `overrides`. Wakes the receiver once others have taken their place, or they are closed off, and no emit
    /// reads their tables any more.
    pub(crate) fn open(
        &self,
        sources: Vec<HookSource>,
        overrides: Vec<(String, PolicyOverride)>,
    ) -> oneshot::Receiver<()> {
        let mut roster = self.roster();
        if roster.gate != Gate::Open {
            self.times_opened.fetch_add(1, Ordering::Relaxed);
        }
        let (drained, discarded) = roster.open(sources, overrides);
        self.swap(roster, |roster, _| roster.tables());
        drop(discarded);
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
        self.times_opened.fetch_add(1, Ordering::Relaxed);
        let discarded = roster.close(gate);
        self.swap(roster, |roster, _| roster.tables());
        drop((discarded, self.history.forget()));
    }

    /// Another number whenever the events were opened or closed in between.
    pub(super) fn opened(&self) -> u64 {
        self.times_opened.load(Ordering::Relaxed)
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

    /// As [`subscribe`](Self::subscribe), to an event that is kept: what was kept up to then, and a table to tell it with.
    pub(super) fn subscribe_late(
        &self,
        number: u64,
        (event, meta): (EventRef, HookMeta),
        instance: Instance,
    ) -> (Vec<Kept>, Option<Table>) {
        let history = self.history.lock();
        let past = history.of(event.slot().index());
        let alone = self.roster().alone(event, meta, &instance);
        let mut roster = self.roster();
        let slots = roster.subscribe(number, meta, instance);
        let replaced = self.publish(&roster, |roster, old| roster.renewed(old, &slots));
        drop((roster, history));
        self.bury(replaced);
        (past, alone)
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
        let replaced = self.publish(&roster, make);
        drop(roster);
        self.bury(replaced);
    }

    /// The first half of a swap. What it replaces is to be buried without any lock.
    fn publish(
        &self,
        roster: &MutexGuard<'_, Roster>,
        make: impl FnOnce(&Roster, &Tables) -> Tables,
    ) -> Replaced {
        // SAFETY: the pointer is replaced under the lock that is held, so it is alive.
        let old = unsafe { &*self.tables.load(Ordering::Relaxed) };
        let fresh = make(roster, old);
        let kept = |table: &Arc<Table>| {
            let slot = table.event.slot().index();
            let now = fresh.by_slot.get(slot).and_then(Option::as_ref);
            now.is_some_and(|now| Arc::ptr_eq(now, table))
        };
        let gone = old.all().filter(|table| !kept(table)).map(Arc::clone);
        let gone: Vec<Arc<Table>> = gone.collect();
        let fresh = Box::into_raw(Box::new(fresh));
        let old = self.tables.swap(fresh, Ordering::AcqRel);
        // SAFETY: made by `Box::into_raw`, and taken out once, by this swap.
        let old = unsafe { Box::from_raw(old) };
        Replaced { old, gone }
    }

    fn bury(&self, Replaced { old, gone }: Replaced) {
        self.grave.bury(self.domain(), old, gone);
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
}
