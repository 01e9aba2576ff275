//! The hooks of each event, in their order, bound to the running plugins.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::collections::{BTreeMap, BinaryHeap};

use tokio::sync::oneshot;

use super::erased::Bound;
use super::meta::{HookMeta, HookTarget, OnError};
use super::pattern::EventPattern;
use crate::event::{Event, EventMeta};
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

/// What a hook may take and how failures are met, the event's defaults filled in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Policy {
    pub(super) timeout: Option<Duration>,
    pub(super) retries: u32,
    pub(super) on_error: OnError,
}

impl Policy {
    fn of(hook: &HookMeta, event: &EventMeta) -> Self {
        Self {
            timeout: hook
                .timeout_ms
                .or(event.timeout_ms)
                .map(Duration::from_millis),
            retries: hook.retries.or(event.retries).unwrap_or(0),
            on_error: hook.on_error.or(event.on_error).unwrap_or_default(),
        }
    }

    pub(super) fn needs_timer(&self) -> bool {
        self.timeout.is_some() || self.retries > 0
    }

    fn is_plain(&self) -> bool {
        self.timeout.is_none() && self.retries == 0 && self.on_error == OnError::Fail
    }
}

/// One hook in its place.
pub(crate) struct TableHook {
    pub(super) bound: Bound,
    pub(crate) plugin: &'static str,
    pub(crate) meta: &'static HookMeta,
    pub(super) policy: Policy,
    /// Whether a call is a call and nothing more.
    pub(super) plain: bool,
    /// Whether it takes only the context.
    pub(super) named: bool,
    /// Whether it may run at the same time as the hooks right before it.
    pub(super) beside: bool,
    failures: AtomicU32,
    overruns: AtomicU32,
}

/// Failures in a row after which a hook with `on_error = disable` is no longer called.
const DISABLE_AFTER: u32 = 3;

impl TableHook {
    fn new(source: &HookSource<'_>, meta: &'static HookMeta, event: EventRef) -> Option<Self> {
        let named = matches!(meta.target, HookTarget::Named(_));
        if event.meta().sync && meta.call.is_async() {
            // Only a hook that takes events by name can be: for the others it is a build error.
            tracing::warn!(
                target: "pepperplug::dispatch",
                plugin = source.plugin.name(), hook = meta.name, event = event.meta().name(),
                "an async hook does not get an event that is declared sync",
            );
            return None;
        }
        let policy = Policy::of(meta, event.meta());
        Some(Self {
            bound: Bound::new(&meta.call, source.instance)?,
            plugin: source.plugin.name(),
            meta,
            policy,
            plain: policy.is_plain(),
            named,
            beside: false,
            failures: AtomicU32::new(0),
            overruns: AtomicU32::new(0),
        })
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.policy.on_error == OnError::Disable
            && self.failures.load(Ordering::Relaxed) >= DISABLE_AFTER
    }

    pub(super) fn succeeded(&self) {
        if self.policy.on_error == OnError::Disable {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// Counts a failure; true when it is the one that disables the hook.
    pub(super) fn failed(&self) -> bool {
        self.failures.fetch_add(1, Ordering::Relaxed) + 1 == DISABLE_AFTER
    }

    /// Counts a call that took longer than it may, yet could not be cancelled, and says how many there were.
    pub(super) fn overran(&self) -> u32 {
        self.overruns.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A running plugin whose hooks go into tables.
pub(crate) struct HookSource<'a> {
    pub(crate) plugin: &'static PluginMeta,
    /// Its place in the start order: hooks of dependencies come first.
    pub(crate) rank: u32,
    pub(crate) instance: &'a Instance,
}

/// The hooks of one event, in order.
pub(crate) struct Table {
    pub(crate) event: EventRef,
    pub(crate) hooks: Box<[TableHook]>,
}

/// The hooks of all events. Immutable: a change makes new tables and swaps them in.
pub(crate) struct Tables {
    pub(super) gate: Gate,
    by_slot: Vec<Option<Table>>,
    /// Dropped with the tables, that is when the last emit that reads them is done.
    _in_flight: Option<oneshot::Sender<()>>,
}

impl Tables {
    /// No hooks, and a gate that is closed.
    pub(crate) fn closed(gate: Gate) -> Self {
        Self {
            gate,
            by_slot: Vec::new(),
            _in_flight: None,
        }
    }

    /// The tables of the given plugins, and a receiver that wakes when nothing reads them any more.
    pub(crate) fn open(
        sources: &[HookSource<'_>],
        events: &[EventRef],
    ) -> (Self, oneshot::Receiver<()>) {
        let (in_flight, drained) = oneshot::channel();
        let mut by_slot: Vec<Option<Table>> = Vec::new();
        for (slot, (event, mut hooks)) in collect(sources, events) {
            Order::sort(&mut hooks);
            mark_groups(&mut hooks);
            let hooks = hooks.into_iter().map(|(_, hook)| hook).collect();
            if by_slot.len() <= slot {
                by_slot.resize_with(slot + 1, || None);
            }
            by_slot[slot] = Some(Table { event, hooks });
        }
        (
            Self {
                gate: Gate::Open,
                by_slot,
                _in_flight: Some(in_flight),
            },
            drained,
        )
    }

    /// The hooks of an event; none is empty.
    #[inline]
    pub(super) fn hooks<E: Event>(&self) -> &[TableHook] {
        match self.by_slot.get(E::slot().index()) {
            Some(Some(table)) => &table.hooks,
            _ => &[],
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Table> {
        self.by_slot.iter().flatten()
    }

    /// The hooks that wait for something, for people to read; one that blocks its thread is not seen to.
    pub(crate) fn waiting(&self) -> Vec<String> {
        let hooks = self.all().flat_map(|table| {
            let event = table.event.meta().name();
            table.hooks.iter().map(move |hook| (event, hook))
        });
        hooks
            .filter(|(_, hook)| hook.bound.waiting() > 0)
            .map(|(event, hook)| {
                let (plugin, hook) = (hook.plugin, hook.meta.name());
                format!("hook `{hook}` of plugin `{plugin}` on event `{event}`")
            })
            .collect()
    }
}

type Unsorted = Vec<(Order, TableHook)>;

fn collect(
    sources: &[HookSource<'_>],
    events: &[EventRef],
) -> BTreeMap<usize, (EventRef, Unsorted)> {
    let mut by_slot: BTreeMap<usize, (EventRef, Unsorted)> = BTreeMap::new();
    let mut add = |source: &HookSource<'_>, meta: &'static HookMeta, event: EventRef| {
        if let Some(hook) = TableHook::new(source, meta, event) {
            let (_, hooks) = by_slot
                .entry(event.slot().index())
                .or_insert_with(|| (event, Vec::new()));
            hooks.push((Order::of(source, meta), hook));
        }
    };
    for source in sources {
        for meta in source.plugin.hooks {
            match meta.target {
                HookTarget::Event(event) => add(source, meta, event),
                HookTarget::Named(name) => {
                    let pattern = EventPattern::new(name);
                    for event in events
                        .iter()
                        .filter(|event| pattern.matches(event.meta().name()))
                    {
                        add(source, meta, *event);
                    }
                }
            }
        }
    }
    by_slot
}

/// Finds the hooks that may run at the same time as those right before them: all parallel, of one priority, and none of
/// them told to come before another.
fn mark_groups(hooks: &mut [(Order, TableHook)]) {
    let mut first = 0;
    for at in 1..hooks.len() {
        let (before, rest) = hooks.split_at_mut(at);
        let Some((order, hook)) = rest.first_mut() else {
            return;
        };
        let joins = |(other, member): &(Order, TableHook)| {
            member.meta.parallel && other.priority == order.priority && !other.precedes(order)
        };
        hook.beside = hook.meta.parallel && before[first..].iter().all(joins);
        if !hook.beside {
            first = at;
        }
    }
}

/// What a hook's place among the hooks of its event depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) priority: i32,
    pub(crate) rank: u32,
    pub(crate) plugin: &'static str,
    pub(crate) hook: &'static str,
    pub(crate) before: &'static [&'static str],
    pub(crate) after: &'static [&'static str],
}

impl Order {
    fn of(source: &HookSource<'_>, hook: &HookMeta) -> Self {
        Self {
            priority: hook.priority,
            rank: source.rank,
            plugin: source.plugin.name(),
            hook: hook.name,
            before: hook.before,
            after: hook.after,
        }
    }

    fn precedes(&self, other: &Self) -> bool {
        self.before.contains(&other.plugin) || other.after.contains(&self.plugin)
    }

    /// The order among hooks that no `before` or `after` decides; the names make it total.
    fn key(&self) -> impl Ord + use<> {
        (
            core::cmp::Reverse(self.priority),
            self.rank,
            self.plugin,
            self.hook,
        )
    }

    /// Sorts: `before` and `after` hold always, then the higher priority, the lower rank, and the names decide.
    ///
    /// Where `before` and `after` contradict each other, which the build refuses, the hooks of the ring stand in the
    /// order of the other rules.
    pub(crate) fn sort<T>(hooks: &mut Vec<(Self, T)>) {
        hooks.sort_by_key(|(order, _)| order.key());
        if hooks
            .iter()
            .all(|(order, _)| order.before.is_empty() && order.after.is_empty())
        {
            return;
        }
        let places = Self::topological(&hooks.iter().map(|(order, _)| *order).collect::<Vec<_>>());
        let mut slots: Vec<Option<(Self, T)>> = hooks.drain(..).map(Some).collect();
        hooks.extend(places.into_iter().filter_map(|place| slots[place].take()));
    }

    /// Kahn's algorithm over hooks that are already sorted by the other rules: of those that may come next, the first.
    fn topological(hooks: &[Self]) -> Vec<usize> {
        let count = hooks.len();
        let precedes = |a: usize, b: usize| {
            a != b && hooks[a].plugin != hooks[b].plugin && hooks[a].precedes(&hooks[b])
        };
        let mut waits: Vec<usize> = (0..count)
            .map(|b| (0..count).filter(|&a| precedes(a, b)).count())
            .collect();
        let mut ready: BinaryHeap<_> = (0..count)
            .filter(|&i| waits[i] == 0)
            .map(core::cmp::Reverse)
            .collect();
        let mut sorted = Vec::with_capacity(count);
        let mut placed = vec![false; count];
        while sorted.len() < count {
            let next = match ready.pop() {
                Some(core::cmp::Reverse(next)) => next,
                // A ring: take the first that is left, so that nothing is lost.
                None => (0..count).find(|&i| !placed[i]).unwrap_or_default(),
            };
            if core::mem::replace(&mut placed[next], true) {
                continue;
            }
            sorted.push(next);
            for b in (0..count).filter(|&b| !placed[b] && precedes(next, b)) {
                waits[b] = waits[b].saturating_sub(1);
                if waits[b] == 0 {
                    ready.push(core::cmp::Reverse(b));
                }
            }
        }
        sorted
    }
}
