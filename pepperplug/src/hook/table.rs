//! The hooks of one event, in their order, bound to the running plugins.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::call::Call;
use super::meta::{HookMeta, HookTarget};
use super::order::Order;
use super::policy::{HookPolicy, OnError, PolicyOverride};
use crate::event::EventMode;
use crate::plugin::Instance;
use crate::registry::EventRef;

/// One hook of one event.
pub(crate) struct TableHook {
    pub(super) call: Call,
    /// The plugin that declares it; empty for a closure.
    pub(crate) plugin: &'static str,
    pub(crate) meta: HookMeta,
    pub(crate) policy: HookPolicy,
    /// Keeps what `call` points to.
    instance: Instance,
    disabled: AtomicBool,
    /// When it failed, with `on_error = disable`.
    failures: Mutex<VecDeque<Instant>>,
    overruns: AtomicU32,
}

impl core::fmt::Debug for TableHook {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.label())
    }
}

impl TableHook {
    /// Binds a hook to its plugin, for one of the events that it listens to.
    pub(super) fn new(
        (plugin, instance): (&'static str, &Instance),
        meta: HookMeta,
        event: EventRef,
        settings: &[&PolicyOverride],
    ) -> Option<Self> {
        if event.meta().sync && meta.call.is_async() {
            // Only a hook that takes events by name can be: for the others it is a build error.
            tracing::warn!(
                target: "pepperplug::dispatch",
                plugin, hook = meta.name, event = event.meta().name(),
                "an async hook does not get an event that is declared sync",
            );
            return None;
        }
        Some(Self {
            call: Call::new(&meta.call, instance, event.type_id())?,
            plugin,
            meta,
            policy: HookPolicy::of(&event.meta().policies, &meta.policies, settings),
            instance: Arc::clone(instance),
            disabled: AtomicBool::new(false),
            failures: Mutex::default(),
            overruns: AtomicU32::new(0),
        })
    }

    /// Whether it takes only the context, and answers nothing.
    #[inline]
    pub(super) fn is_named(&self) -> bool {
        matches!(self.meta.target, HookTarget::Named(_))
    }

    /// Whether it is a hook of that very plugin or closure.
    pub(super) fn is_of(&self, instance: &Instance) -> bool {
        Arc::ptr_eq(&self.instance, instance)
    }

    /// Whether `other` is this hook of this very plugin, under the same policies.
    pub(super) fn goes_on_as(&self, other: &Self) -> bool {
        self.is_of(&other.instance)
            && self.meta.name == other.meta.name
            && self.policy == other.policy
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.disabled.load(Ordering::Relaxed)
    }

    /// Counts a failure; true when it is the one that takes the hook out.
    pub(super) fn failed(&self) -> bool {
        if self.policy.on_error.value != OnError::Disable {
            return false;
        }
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let within = self.policy.disable_within.value;
        failures.retain(|at| now.saturating_duration_since(*at) <= within);
        failures.push_back(now);
        let enough = failures.len() >= self.policy.disable_after.value as usize;
        enough && !self.disabled.swap(true, Ordering::Relaxed)
    }

    /// Lets it be called again. False where it was not taken out.
    pub(super) fn enable(&self) -> bool {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.disabled.swap(false, Ordering::Relaxed)
    }

    /// Counts a call that blocks its thread for longer than it may run, and says how many there were.
    pub(super) fn overran(&self) -> u32 {
        self.overruns.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.policy.timeout.value
    }

    /// For people to read.
    pub(crate) fn label(&self) -> String {
        super::result::label(self.plugin, self.meta.name())
    }
}

/// How the hooks from one place to the next are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One after the other, with nothing to be done in between.
    Run,
    /// At the same time.
    Group,
    /// One, with something to be done before and after.
    Alone,
    /// One that wraps all that come after it, and ends the emit.
    Around,
}

/// Hooks that are run in one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) kind: Kind,
    /// The place after its last hook.
    pub(super) end: usize,
}

/// The hooks of one event, in order. Never changed: another one takes its place.
pub(crate) struct Table {
    pub(super) calls: Box<[Call]>,
    /// How many hooks are a run, from the first; most often all of them.
    pub(super) first_run: usize,
    pub(super) segments: Box<[Segment]>,
    /// As many as there are calls, in the same order.
    pub(crate) hooks: Box<[Arc<TableHook>]>,
    /// Those that were taken out.
    pub(crate) disabled: Box<[Arc<TableHook>]>,
    pub(crate) event: EventRef,
    /// Whether each call is to be looked at: by interceptors, or by whoever keeps the history.
    pub(super) observed: bool,
    /// Whether its hooks get the event by `&mut`.
    pub(super) transforms: bool,
    /// Whether all hooks are one run.
    pub(super) is_one_run: bool,
    /// What of the event's address hooks may look at as data: all of it, or nothing where it is lent to them by `&mut`.
    lends: usize,
    /// Dropped with all tables of one start, that is when the last emit is done.
    _in_flight: Arc<InFlight>,
}

/// Wakes whoever waits for the last emit, by being dropped.
#[derive(Debug)]
pub(crate) struct InFlight(
    #[expect(dead_code, reason = "it is there to be dropped")] oneshot::Sender<()>,
);

impl InFlight {
    pub(super) fn new() -> (Arc<Self>, oneshot::Receiver<()>) {
        let (sender, receiver) = oneshot::channel();
        (Arc::new(Self(sender)), receiver)
    }
}

impl Table {
    pub(super) fn new(
        event: EventRef,
        mut hooks: Vec<(Order, Arc<TableHook>)>,
        observed: bool,
        in_flight: &Arc<InFlight>,
    ) -> Self {
        Order::sort(&mut hooks);
        let (hooks, disabled): (Vec<_>, Vec<_>) =
            hooks.into_iter().partition(|(_, hook)| !hook.is_disabled());
        let kinds = Kinds {
            event,
            observed,
            hooks: &hooks,
        };
        let segments = kinds.segments();
        let only = |hooks: Vec<(Order, Arc<TableHook>)>| -> Box<[Arc<TableHook>]> {
            hooks.into_iter().map(|(_, hook)| hook).collect()
        };
        let hooks = only(hooks);
        let calls: Box<[Call]> = hooks.iter().map(|hook| hook.call).collect();
        let first_run = match segments.first() {
            Some(segment) if segment.kind == Kind::Run => segment.end,
            _ => 0,
        };
        Self {
            calls,
            first_run,
            is_one_run: !observed
                && event.meta().historic.is_none()
                && segments.iter().all(|part| part.kind == Kind::Run),
            segments: segments.into(),
            hooks,
            disabled: only(disabled),
            event,
            observed,
            transforms: event.meta().mode() == EventMode::Transform,
            lends: match event.meta().mode() {
                EventMode::Transform => 0,
                _ => usize::MAX,
            },
            _in_flight: Arc::clone(in_flight),
        }
    }

    #[cfg(test)]
    pub(crate) fn none(meta: &'static crate::event::EventMeta) -> Self {
        let event = EventRef::of_named(meta);
        Self::new(event, Vec::new(), false, &InFlight::new().0)
    }

    /// The segment that begins at `at`; none at the end.
    pub(super) fn segment(&self, at: usize) -> Option<Segment> {
        self.segments
            .iter()
            .copied()
            .find(|segment| segment.end > at)
    }

    /// All its hooks, those that were taken out last.
    pub(crate) fn all_hooks(&self) -> Vec<Arc<TableHook>> {
        self.hooks
            .iter()
            .chain(&self.disabled)
            .map(Arc::clone)
            .collect()
    }

    /// The event, where hooks may look at it as data, and null where not.
    #[inline(always)]
    pub(crate) fn data(&self, event: *mut ()) -> *const () {
        event.map_addr(|address| address & self.lends)
    }

    /// The place of a hook's entry.
    pub(super) fn place(&self, call: *const Call) -> Option<usize> {
        let range = self.calls.as_ptr_range();
        let at = call.addr().checked_sub(range.start.addr())? / size_of::<Call>();
        (at < self.calls.len()).then_some(at)
    }
}

/// Tells how each hook of an event is run.
struct Kinds<'a> {
    event: EventRef,
    observed: bool,
    hooks: &'a [(Order, Arc<TableHook>)],
}

impl Kinds<'_> {
    fn segments(&self) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut at = 0;
        while at < self.hooks.len() {
            let group = self.group(at);
            let (kind, end) = if group > at + 1 {
                (Kind::Group, group)
            } else {
                (self.kind(at), at + 1)
            };
            match segments.last_mut() {
                Some(last) if kind == Kind::Run && last.kind == Kind::Run => last.end = end,
                _ => segments.push(Segment { kind, end }),
            }
            at = end;
        }
        segments
    }

    fn kind(&self, at: usize) -> Kind {
        let hook = &self.hooks[at].1;
        let lent = self.event.meta().mode() == EventMode::Transform && hook.is_named();
        if hook.meta.around {
            Kind::Around
        } else if self.observed || lent {
            Kind::Alone
        } else {
            Kind::Run
        }
    }

    /// The place after the last hook that may run at the same time as the one at `first`: all parallel, of one priority,
    /// and none of them told to come before another.
    fn group(&self, first: usize) -> usize {
        let parallel = |hook: &TableHook| hook.meta.is_parallel(self.event.meta());
        if self.event.meta().mode() == EventMode::Transform || !parallel(&self.hooks[first].1) {
            return first + 1;
        }
        let mut end = first + 1;
        while let Some((order, hook)) = self.hooks.get(end) {
            let joins = |(other, _): &(Order, Arc<TableHook>)| {
                other.priority == order.priority && !other.precedes(order)
            };
            if !parallel(hook) || !self.hooks[first..end].iter().all(joins) {
                break;
            }
            end += 1;
        }
        end
    }
}
