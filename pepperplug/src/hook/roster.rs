//! Which hooks there are, whatever is emitted: what tables are made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::meta::{HookMeta, HookTarget};
use super::order::Order;
use super::pattern::EventPattern;
use super::policy::PolicyOverride;
use super::table::{InFlight, Table, TableHook};
use super::tables::{Plugins, Tables, by_slot};
use crate::meta::PluginMeta;
use crate::plugin::Instance;
use crate::registry::EventRef;

/// Whether events are taken, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    NotStarted,
    Open,
    ShutDown,
}

/// A running plugin whose hooks go into tables.
pub(crate) struct HookSource {
    pub(crate) plugin: &'static PluginMeta,
    /// Its place in the start order: hooks of dependencies come first.
    pub(crate) rank: u32,
    pub(crate) instance: Instance,
}

/// A closure among the hooks.
struct Closure {
    meta: HookMeta,
    instance: Instance,
}

/// What is no longer needed, to be dropped without the lock: plugins and closures may do anything when they end.
pub(super) type Discarded = Vec<Box<dyn Send>>;

/// The hooks of one event, in no order.
struct EventHooks {
    event: EventRef,
    hooks: Vec<(Order, Arc<TableHook>)>,
}

impl EventHooks {
    fn none(event: EventRef) -> Self {
        Self {
            event,
            hooks: Vec::new(),
        }
    }
}

/// Everything that tables are made from.
pub(super) struct Roster {
    pub(super) gate: Gate,
    by_slot: BTreeMap<usize, EventHooks>,
    sources: Vec<HookSource>,
    plugins: Plugins,
    closures: BTreeMap<u64, Closure>,
    /// Every event by name that hooks may listen to.
    events: Vec<EventRef>,
    pub(super) overrides: Vec<(String, PolicyOverride)>,
    /// Whether somebody looks at each hook that runs.
    pub(super) observed: bool,
    in_flight: Arc<InFlight>,
}

impl Roster {
    pub(super) fn new() -> Self {
        Self {
            gate: Gate::NotStarted,
            by_slot: BTreeMap::new(),
            sources: Vec::new(),
            plugins: Arc::new([]),
            closures: BTreeMap::new(),
            events: crate::registry::events(),
            overrides: Vec::new(),
            observed: false,
            in_flight: InFlight::new().0,
        }
    }

    /// The hooks of `sources`, and what wakes when no emit reads their tables any more; and what they replace.
    pub(super) fn open(
        &mut self,
        sources: Vec<HookSource>,
        overrides: Vec<(String, PolicyOverride)>,
    ) -> (oneshot::Receiver<()>, Discarded) {
        let (in_flight, drained) = InFlight::new();
        self.in_flight = in_flight;
        self.overrides = overrides;
        self.gate = Gate::Open;
        let plugins = core::mem::replace(&mut self.plugins, by_slot(&sources));
        let sources = core::mem::replace(&mut self.sources, sources);
        let before = core::mem::take(&mut self.by_slot);
        self.collect();
        self.keep_counts(&before);
        let discarded: Discarded = vec![Box::new(plugins), Box::new(sources), Box::new(before)];
        (drained, discarded)
    }

    /// A hook that goes on as it was is the same one: it stays out if it was taken out, and its failures count on.
    fn keep_counts(&mut self, before: &BTreeMap<usize, EventHooks>) {
        for (slot, of_event) in &mut self.by_slot {
            let Some(before) = before.get(slot) else {
                continue;
            };
            for (_, hook) in &mut of_event.hooks {
                let mut same = before.hooks.iter().map(|(_, other)| other);
                if let Some(same) = same.find(|other| hook.goes_on_as(other)) {
                    *hook = Arc::clone(same);
                }
            }
        }
    }

    pub(super) fn close(&mut self, gate: Gate) -> Discarded {
        self.gate = gate;
        self.in_flight = InFlight::new().0;
        let mut discarded: Discarded = vec![
            Box::new(core::mem::take(&mut self.sources)),
            Box::new(core::mem::take(&mut self.by_slot)),
            Box::new(core::mem::replace(&mut self.plugins, Arc::new([]))),
        ];
        if gate == Gate::ShutDown {
            discarded.push(Box::new(core::mem::take(&mut self.closures)));
        }
        discarded
    }

    pub(super) fn tables(&self) -> Tables {
        if self.gate != Gate::Open {
            return Tables::closed();
        }
        let slots = self.by_slot.keys().next_back().map_or(0, |last| last + 1);
        let mut by_slot: Vec<Option<Arc<Table>>> = vec![None; slots];
        for (slot, hooks) in &self.by_slot {
            by_slot[*slot] = Some(self.table(hooks));
        }
        Tables::of(by_slot, Arc::clone(&self.plugins))
    }

    fn table(&self, of: &EventHooks) -> Arc<Table> {
        let hooks = of.hooks.clone();
        Arc::new(Table::new(of.event, hooks, self.observed, &self.in_flight))
    }

    /// `tables` with those of `slots` made anew.
    pub(super) fn renewed(&self, tables: &Tables, slots: &[usize]) -> Tables {
        let mut by_slot = tables.by_slot.to_vec();
        for slot in slots {
            let table = self.by_slot.get(slot).map(|hooks| self.table(hooks));
            if by_slot.len() <= *slot {
                by_slot.resize(slot + 1, None);
            }
            by_slot[*slot] = table;
        }
        Tables::of(by_slot, Arc::clone(&self.plugins))
    }

    /// The event that a hook is one of.
    pub(super) fn slots_of(&self, hook: &TableHook) -> Vec<usize> {
        let is_there = |(slot, of): (&usize, &EventHooks)| {
            let mut hooks = of.hooks.iter();
            hooks
                .any(|(_, other)| core::ptr::eq(&**other, hook))
                .then_some(*slot)
        };
        self.by_slot.iter().filter_map(is_there).collect()
    }

    /// Lets hooks of that name be called again that were taken out, and says of which events they are.
    pub(super) fn put_back(&self, plugin: &str, hook: &str) -> Vec<usize> {
        let is_back = |(slot, of): (&usize, &EventHooks)| {
            let named = of.hooks.iter().map(|(_, hook)| hook);
            let named = named.filter(|other| other.plugin == plugin && other.meta.name == hook);
            let put_back = named.filter(|hook| hook.enable()).count();
            (put_back > 0).then_some(*slot)
        };
        self.by_slot.iter().filter_map(is_back).collect()
    }

    fn collect(&mut self) {
        self.by_slot.clear();
        let sources = core::mem::take(&mut self.sources);
        for source in &sources {
            let plugin = source.plugin.name();
            for meta in source.plugin.hooks {
                let hook = (plugin, &source.instance, source.rank);
                self.add(hook, *meta);
            }
        }
        self.sources = sources;
        let closures = core::mem::take(&mut self.closures);
        for (number, closure) in &closures {
            self.add_closure(*number, closure);
        }
        self.closures = closures;
        // Who looks on sees events without hooks as well, and those are kept that are kept.
        for event in &self.events {
            if self.observed || event.meta().historic.is_some() {
                let slot = self.by_slot.entry(event.slot().index());
                slot.or_insert_with(|| EventHooks::none(*event));
            }
        }
    }

    fn add_closure(&mut self, number: u64, closure: &Closure) -> Vec<usize> {
        self.add(("", &closure.instance, closure_rank(number)), closure.meta)
    }

    /// Adds a closure, and says which events' hooks it is one of now.
    pub(super) fn subscribe(
        &mut self,
        number: u64,
        meta: HookMeta,
        instance: Instance,
    ) -> Vec<usize> {
        let closure = Closure { meta, instance };
        let slots = match self.gate {
            Gate::Open => self.add_closure(number, &closure),
            Gate::NotStarted | Gate::ShutDown => Vec::new(),
        };
        if self.gate != Gate::ShutDown {
            self.closures.insert(number, closure);
        }
        slots
    }

    /// Takes a closure out, and says which events' hooks it was one of.
    pub(super) fn unsubscribe(&mut self, number: u64) -> (Vec<usize>, Discarded) {
        let Some(closure) = self.closures.remove(&number) else {
            return (Vec::new(), Vec::new());
        };
        let mut discarded: Discarded = Vec::new();
        let mut slots = Vec::new();
        for (slot, of_event) in &mut self.by_slot {
            let is_it = |(_, hook): &(Order, Arc<TableHook>)| hook.is_of(&closure.instance);
            if let Some(at) = of_event.hooks.iter().position(is_it) {
                discarded.push(Box::new(of_event.hooks.swap_remove(at).1));
                slots.push(*slot);
            }
        }
        discarded.push(Box::new(closure));
        (slots, discarded)
    }

    /// A table with a closure alone, for what is told it of the past.
    pub(super) fn alone(
        &self,
        event: EventRef,
        meta: HookMeta,
        instance: &Instance,
    ) -> Option<Table> {
        let settings = self.overrides_of(event);
        let hook = TableHook::new(("", instance), meta, event, &settings)?;
        let order = Order::of("", 0, &meta);
        let hooks = vec![(order, Arc::new(hook))];
        Some(Table::new(event, hooks, self.observed, &self.in_flight))
    }

    pub(super) fn overrides_of(&self, event: EventRef) -> Vec<&PolicyOverride> {
        let name = event.meta().name();
        let fits =
            |(pattern, _): &&(String, PolicyOverride)| EventPattern::new(pattern).matches(name);
        let overrides = self.overrides.iter().filter(fits);
        overrides.map(|(_, policies)| policies).collect()
    }

    pub(super) fn events(&self) -> &[EventRef] {
        &self.events
    }

    /// Makes an event known, and says which events' hooks there are now.
    pub(super) fn register(&mut self, event: EventRef) -> Option<usize> {
        let name = event.meta().name();
        if self.events.iter().any(|known| known.meta().name() == name) {
            return None;
        }
        self.events.push(event);
        if self.gate != Gate::Open {
            return None;
        }
        let listens = |meta: &HookMeta| match meta.target {
            HookTarget::Named(pattern) => EventPattern::new(pattern).matches(name),
            HookTarget::Event(_) => false,
        };
        let (sources, closures) = (
            core::mem::take(&mut self.sources),
            core::mem::take(&mut self.closures),
        );
        for source in &sources {
            let hooks = source.plugin.hooks.iter().copied().filter(listens);
            for meta in hooks {
                let hook = (source.plugin.name(), &source.instance, source.rank);
                self.add_to(event, hook, meta);
            }
        }
        for (number, closure) in closures
            .iter()
            .filter(|(_, closure)| listens(&closure.meta))
        {
            let rank = closure_rank(*number);
            self.add_to(event, ("", &closure.instance, rank), closure.meta);
        }
        (self.sources, self.closures) = (sources, closures);
        Some(event.slot().index())
    }

    /// Adds a hook to each event that it listens to, and says which these are.
    pub(super) fn add(
        &mut self,
        hook: (&'static str, &Instance, u32),
        meta: HookMeta,
    ) -> Vec<usize> {
        let events = self.listened_to(&meta).into_iter();
        events
            .filter_map(|event| self.add_to(event, hook, meta))
            .collect()
    }

    /// The events that a hook is one of.
    pub(super) fn listened_to(&self, meta: &HookMeta) -> Vec<EventRef> {
        match meta.target {
            HookTarget::Event(event) => vec![event],
            HookTarget::Named(name) => {
                let pattern = EventPattern::new(name);
                let fits = |event: &&EventRef| pattern.matches(event.meta().name());
                self.events.iter().filter(fits).copied().collect()
            }
        }
    }

    /// The closures, by their numbers.
    pub(super) fn closures(&self) -> impl Iterator<Item = (u64, &HookMeta)> {
        let closures = self.closures.iter();
        closures.map(|(number, closure)| (*number, &closure.meta))
    }

    fn add_to(
        &mut self,
        event: EventRef,
        (plugin, instance, rank): (&'static str, &Instance, u32),
        meta: HookMeta,
    ) -> Option<usize> {
        let settings = self.overrides_of(event);
        let hook = TableHook::new((plugin, instance), meta, event, &settings)?;
        let order = Order::of(plugin, rank, &meta);
        let slot = event.slot().index();
        let of_event = self.by_slot.entry(slot);
        let of_event = of_event.or_insert_with(|| EventHooks::none(event));
        of_event.hooks.push((order, Arc::new(hook)));
        Some(slot)
    }
}

/// Closures of one priority come after all plugins, in the order in which they came.
pub(super) fn closure_rank(number: u64) -> u32 {
    u32::try_from(number).map_or(u32::MAX, |number| number | 1 << 31)
}
