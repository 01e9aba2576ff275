//! Looks on while events are emitted, and keeps the last of what it sees.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use pepperplug::{
    Error, Event, EventContext, HookError, HookOptions, HookOutcome, HookResultKind, PluginManager,
    PluginManagerBuilder, event,
};
use serde::Serialize;
use tokio::sync::broadcast;

use crate::latency::{Histogram, Latency};
use crate::record::{Record, What, now, shortened};
use crate::settings::RECENT;

/// How many a page may be behind before it misses some.
const BEHIND: usize = 512;
/// How many hooks are told apart. Programs have fewer; closures may be many.
const MOST_HOOKS: usize = 4096;
/// How long the data of an event may be, and the text of an error.
const MOST_DATA: usize = 2048;
const MOST_ERROR: usize = 4096;

/// Who records what goes on? The inspector asks that; [`Recorder::answer_in`] lets a recorder answer.
#[event("inspector.recorder", mode = first, output = Recorder)]
#[derive(Debug, Clone, Copy, Default)]
pub struct WhoRecords {}

/// Builds a manager whose events the inspector can show: with a [`Recorder`] that looks on, and that the inspector finds.
///
/// Events cost a little more then: each hook is timed.
///
/// ```
/// use inspector::InspectorPlugin;
/// use pepperplug::prelude::*;
///
/// static PLUGINS: PluginSet = plugins![InspectorPlugin];
///
/// # fn main() -> Result<(), pepperplug::Error> {
/// let manager = inspector::build(PluginManager::builder().plugins(&PLUGINS))?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of [`PluginManagerBuilder::build`].
pub fn build(builder: PluginManagerBuilder) -> Result<PluginManager, Error> {
    let recorder = Recorder::new();
    let manager = recorder.watch(builder).build()?;
    recorder.answer_in(&manager);
    Ok(manager)
}

/// The last events, and what each hook came to. Its memory is bounded. Clones are the same recorder.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hooks: RwLock<BTreeMap<HookName, Arc<HookRecord>>>,
    recent: Mutex<Recent>,
    live: broadcast::Sender<Arc<Record>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct HookName {
    event: &'static str,
    plugin: &'static str,
    hook: &'static str,
}

#[derive(Debug)]
struct Recent {
    records: VecDeque<Arc<Record>>,
    kept: usize,
    next: u64,
}

#[derive(Debug)]
struct HookRecord {
    durations: Histogram,
    done: AtomicU64,
    failed: AtomicU64,
    ignored: AtomicU64,
    ended: AtomicU64,
    last_error: Mutex<Option<String>>,
}

/// What one hook came to so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct HookNumbers {
    pub(crate) event: &'static str,
    /// Empty for a closure.
    pub(crate) plugin: &'static str,
    pub(crate) hook: &'static str,
    pub(crate) calls: u64,
    /// Of these, the emitter was told so many.
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    /// The emit was over before they were done.
    pub(crate) ended: u64,
    #[serde(flatten)]
    pub(crate) latency: Latency,
    pub(crate) last_error: Option<String>,
}

impl Recorder {
    /// One that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        let recent = Recent {
            records: VecDeque::new(),
            kept: RECENT,
            next: 1,
        };
        Self(Arc::new(Inner {
            hooks: RwLock::default(),
            recent: Mutex::new(recent),
            live: broadcast::Sender::new(BEHIND),
        }))
    }

    /// Lets it look on in the manager that is built of `builder`.
    pub fn watch(&self, builder: PluginManagerBuilder) -> PluginManagerBuilder {
        let (emits, results) = (self.clone(), self.clone());
        builder
            .on_emit(move |ctx| emits.emitted(ctx))
            .on_result(move |outcome, ctx| results.came(outcome, ctx))
    }

    /// Lets the inspector of `manager` find it.
    pub fn answer_in(&self, manager: &PluginManager) {
        let recorder = self.clone();
        let options = HookOptions::new().name("recorder");
        let answer = move |_: &WhoRecords| Some(recorder.clone());
        manager.on_sync(options, answer).keep();
    }

    /// Keeps the last `kept` records, and not more.
    pub(crate) fn keep(&self, kept: usize) {
        let mut recent = self.recent();
        recent.kept = kept;
        recent.shrink();
    }

    /// What is kept, and what comes from now on: nothing is in both, or in neither.
    pub(crate) fn listen(&self) -> (Vec<Arc<Record>>, broadcast::Receiver<Arc<Record>>) {
        let recent = self.recent();
        let kept = recent.records.iter().map(Arc::clone).collect();
        (kept, self.0.live.subscribe())
    }

    /// How many pages listen.
    pub(crate) fn listeners(&self) -> usize {
        self.0.live.receiver_count()
    }

    /// Of each hook that was called, by event, plugin and name.
    pub(crate) fn hooks(&self) -> Vec<HookNumbers> {
        let hooks = self.0.hooks.read().unwrap_or_else(PoisonError::into_inner);
        let numbers = |(name, record): (&HookName, &Arc<HookRecord>)| record.numbers(*name);
        hooks.iter().map(numbers).collect()
    }

    pub(crate) fn note(&self, what: What) {
        let mut recent = self.recent();
        let record = Arc::new(Record {
            number: recent.next,
            at: now(),
            what,
        });
        recent.next += 1;
        recent.records.push_back(Arc::clone(&record));
        recent.shrink();
        // Under the lock, so that all hear of it in this order. It does not wait; an error is that nobody listens.
        let _ = self.0.live.send(record);
    }

    fn emitted(&self, ctx: &EventContext<'_>) {
        if ctx.event() == WhoRecords::META.name() {
            // For each request of a page: of interest to nobody.
            return;
        }
        // Not made for nobody: it is most of the work.
        let is_seen = self.listeners() > 0;
        let data = is_seen.then(|| ctx.data().ok()).flatten();
        self.note(What::Emitted {
            event: ctx.event(),
            correlation: ctx.correlation_id().to_string(),
            data: data.map(|data| shortened(data.to_string(), MOST_DATA)),
        });
    }

    fn came(&self, outcome: &HookOutcome<'_>, ctx: &EventContext<'_>) {
        let event = ctx.event();
        let name = HookName {
            event,
            plugin: outcome.plugin,
            hook: outcome.hook,
        };
        let hook = self.hook(name);
        if let Some(hook) = &hook {
            hook.add(outcome.duration, &outcome.result);
        }
        if let Some((error, ignored)) = failure(&outcome.result) {
            let error = shortened(error.failure.to_string(), MOST_ERROR);
            if let Some(hook) = &hook {
                *hook.last_error() = Some(error.clone());
            }
            self.note(What::Failed {
                event,
                correlation: ctx.correlation_id().to_string(),
                plugin: outcome.plugin,
                hook: outcome.hook,
                error,
                ignored,
                seconds: outcome.duration.as_secs_f64(),
            });
        }
    }

    /// None where there are too many already.
    fn hook(&self, name: HookName) -> Option<Arc<HookRecord>> {
        let hooks = self.0.hooks.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = hooks.get(&name) {
            return Some(Arc::clone(record));
        }
        drop(hooks);
        let mut hooks = self.0.hooks.write().unwrap_or_else(PoisonError::into_inner);
        let has_room = hooks.len() < MOST_HOOKS;
        let record = has_room.then(|| hooks.entry(name).or_insert_with(HookRecord::new))?;
        Some(Arc::clone(record))
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        let recent = self.0.recent.lock();
        recent.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recent {
    fn shrink(&mut self) {
        let over = self.records.len().saturating_sub(self.kept);
        self.records.drain(..over);
    }
}

impl HookRecord {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            durations: Histogram::new(),
            done: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            ignored: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            last_error: Mutex::new(None),
        })
    }

    fn add(&self, duration: Duration, result: &HookResultKind<'_>) {
        self.durations.add(duration);
        let count = match result {
            HookResultKind::Failed(_) => &self.failed,
            HookResultKind::Ignored(_) => &self.ignored,
            HookResultKind::Ended => &self.ended,
            _ => &self.done,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn numbers(&self, name: HookName) -> HookNumbers {
        let [done, failed, ignored, ended] = [&self.done, &self.failed, &self.ignored, &self.ended]
            .map(|count| count.load(Ordering::Relaxed));
        HookNumbers {
            event: name.event,
            plugin: name.plugin,
            hook: name.hook,
            calls: done + failed + ignored + ended,
            failed,
            ignored,
            ended,
            latency: self.durations.latency(),
            last_error: self.last_error().clone(),
        }
    }

    fn last_error(&self) -> MutexGuard<'_, Option<String>> {
        let last = self.last_error.lock();
        last.unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure<'a>(result: &HookResultKind<'a>) -> Option<(&'a HookError, bool)> {
    match result {
        HookResultKind::Failed(error) => Some((error, false)),
        HookResultKind::Ignored(error) => Some((error, true)),
        _ => None,
    }
}
