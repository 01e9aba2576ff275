//! Plugins that do what a test tells them to, and write down what happens to them.
//!
//! One Rust type plays all parts. Which one it plays, a plugin learns the way that plugins learn things: from its
//! settings, which name the stage and its number on it.

use core::fmt::{self, Write as _};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use tokio::time::Instant;

use super::player::{Casting, Player};
use crate::graph::tests::sketch::{PluginSketch, metas};
use crate::hook::Events;
use crate::inject::{Inject, SettingsType};
use crate::manager::{PluginManager, PluginManagerBuilder};
use crate::settings::Settings;
use crate::wiring::PluginSet;

/// What a plugin does in one of its phases.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// It has no such phase.
    Absent,
    /// Its constructor panics; an `initialize` only.
    CannotBeBuilt,
    /// After so many milliseconds; at once, without an await, after none.
    Ends(u64, End),
    Hangs,
    /// Blocks its thread until the latch is opened, and succeeds.
    Blocks(Arc<Latch>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Well,
    InError,
    InPanic,
    /// An error whose text cannot be written.
    InErrorThatPanics,
}

/// Keeps threads until it is opened.
#[derive(Debug, Default)]
pub(super) struct Latch {
    state: Mutex<LatchState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct LatchState {
    reached: bool,
    open: bool,
}

impl Latch {
    pub(super) fn open(&self) {
        self.change(|state| state.open = true);
    }

    pub(super) fn wait(&self) {
        self.change(|state| state.reached = true);
        self.wait_until(|state| state.open);
    }

    /// Waits for a thread that waits here.
    pub(super) fn wait_until_reached(&self) {
        self.wait_until(|state| state.reached);
    }

    fn change(&self, change: impl FnOnce(&mut LatchState)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    fn wait_until(&self, is: impl Fn(&LatchState) -> bool) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let _state = self
            .changed
            .wait_while(state, |state| !is(state))
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// A plugin, and what it does.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) plugin: PluginSketch,
    pub(super) initialize: Act,
    pub(super) cleanup: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// With those that it was given, by number.
    Built(Vec<usize>),
    NotBuilt,
    Begun,
    Ready,
    Failed,
    Cancelled,
    CleanupBegun,
    Cleaned,
    CleanupFailed,
    CleanupCancelled,
    Dropped,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Built(_) => "built",
            Self::NotBuilt => "not built",
            Self::Begun => "begun",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::CleanupBegun => "cleanup begun",
            Self::Cleaned => "cleaned up",
            Self::CleanupFailed => "cleanup failed",
            Self::CleanupCancelled => "cleanup cancelled",
            Self::Dropped => "dropped",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: Duration,
    pub(super) plugin: usize,
    pub(super) what: What,
}

/// Where plugins play their roles, and what has happened there.
pub(super) struct Stage {
    pub(super) roles: Vec<Role>,
    log: Mutex<Vec<Entry>>,
    /// How many instances there are.
    pub(super) alive: AtomicUsize,
    /// From now on everything goes well.
    healed: AtomicBool,
    /// The hooks on `app.startup` fail.
    pub(super) closed: AtomicBool,
    /// Called once, where a plugin cannot be built.
    pub(super) when_not_built: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    raised: Instant,
}

static STAGES: Mutex<Option<HashMap<u64, Weak<Stage>>>> = Mutex::new(None);
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Stage {
    /// A stage, and a manager of the plugins on it that `configure` has set up.
    pub(super) fn raise(
        roles: Vec<Role>,
        configure: impl FnOnce(PluginManagerBuilder) -> PluginManagerBuilder,
    ) -> (Arc<Self>, PluginManager) {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut settings = String::new();
        for (plugin, role) in roles.iter().enumerate() {
            let name = &role.plugin.name;
            let _ = writeln!(settings, "[{name}]\nstage = {number}\nplugin = {plugin}");
        }
        let sketch: Vec<PluginSketch> = roles.iter().map(|role| role.plugin.clone()).collect();
        let metas = metas::<Player>(
            &sketch,
            &[Casting::EDGE, Events::EDGE],
            Player::HOOKS,
            |plugin| Player::vtable(&roles[plugin]),
        );
        let set: &'static PluginSet = Box::leak(Box::new(PluginSet::new(metas.leak(), &[])));
        let builder = PluginManager::builder()
            .plugins(set)
            .settings(Settings::from_toml(&settings).expect("it is TOML"));
        let manager = configure(builder).build().expect("they fit together");
        let stage = Arc::new(Self {
            roles,
            log: Mutex::default(),
            alive: AtomicUsize::new(0),
            healed: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            when_not_built: Mutex::default(),
            raised: Instant::now(),
        });
        let mut stages = STAGES.lock().unwrap_or_else(PoisonError::into_inner);
        let stages = stages.get_or_insert_default();
        stages.insert(number, Arc::downgrade(&stage));
        (stage, manager)
    }

    pub(super) fn numbered(number: u64) -> Option<Arc<Self>> {
        let stages = STAGES.lock().unwrap_or_else(PoisonError::into_inner);
        stages.as_ref()?.get(&number)?.upgrade()
    }

    pub(super) fn heal(&self) {
        self.healed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_healed(&self) -> bool {
        self.healed.load(Ordering::Relaxed)
    }

    pub(super) fn alive(&self) -> usize {
        self.alive.load(Ordering::Relaxed)
    }

    pub(super) fn now(&self) -> Duration {
        self.raised.elapsed()
    }

    fn log(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, plugin: usize, what: What) {
        let at = self.now();
        self.log().push(Entry { at, plugin, what });
    }

    /// Takes what has happened since it was last asked for.
    pub(super) fn take_log(&self) -> Vec<Entry> {
        core::mem::take(&mut *self.log())
    }

    /// As [`take_log`](Self::take_log), as text and without the constructors and destructors that went well.
    pub(super) fn told(&self) -> Vec<String> {
        let log = self.take_log();
        let told = log
            .iter()
            .filter(|entry| !matches!(entry.what, What::Built(_) | What::Dropped));
        told.map(|Entry { at, plugin, what }| {
            let name = &self.roles[*plugin].plugin.name;
            format!("{} ms: {name} {what}", at.as_millis())
        })
        .collect()
    }
}
