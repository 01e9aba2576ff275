//! New settings for an application that runs: all of it, or nothing.
//!
//! What is to change is read, checked and compared first. New plugins are built and initialized beside the old ones, in
//! the same way as at the start; then others take their settings in place; and only then, in one step, new emits go to the
//! hooks of the new. Those under way are waited for, and what they may use is cleaned up last.

mod step;

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;

use self::step::Step;
use super::caught::caught;
use super::change::{Before, Change};
use super::generation::Generation;
use super::inputs::Inputs;
use super::phases::Phase;
use super::selection::Selection;
use super::shared::Shared;
use crate::error::Error;
use crate::hook::panic_text;
use crate::inject::Target;
use crate::lifecycle::{Reload, ReloadError};
use crate::meta::{MetaRef, PluginMeta};

/// What comes of the reload that is under way.
type Outcome = oneshot::Receiver<Result<Reload, Error>>;

/// Makes other inputs of those that there are, for the plugins of an application.
type Edit = Arc<dyn Fn(&Inputs, &[MetaRef]) -> Result<Inputs, Error> + Send + Sync>;

/// What a call of `reload` is to do.
enum Turn {
    Begin(Reloading, Outcome),
    /// After what is under way, since the files may have changed since it read them.
    Wait,
    /// Nothing runs: the next start is to find the new settings.
    Keep,
    Refuse,
}

impl Shared {
    /// Reads everything again.
    pub(super) async fn reload(shared: &Arc<Self>) -> Result<Reload, Error> {
        Self::change_inputs(shared, |inputs, plugins| inputs.reread(plugins)).await
    }

    /// Lets the application go on with what `edit` makes of its inputs. It is called where it may block.
    pub(super) async fn change_inputs(
        shared: &Arc<Self>,
        edit: impl Fn(&Inputs, &[MetaRef]) -> Result<Inputs, Error> + Send + Sync + 'static,
    ) -> Result<Reload, Error> {
        let runtime = Runtime::try_current().map_err(|_| Error::NoRuntime)?;
        let edit: Edit = Arc::new(edit);
        let mut phase = shared.phase.subscribe();
        let outcome = loop {
            match Self::reload_turn(shared) {
                Turn::Begin(reloading, outcome) => {
                    runtime.spawn(reloading.run(edit));
                    break outcome;
                }
                Turn::Wait => {
                    let is_over = |phase: &Phase| {
                        !matches!(
                            phase,
                            Phase::Starting(_) | Phase::Reloading | Phase::Stopping
                        )
                    };
                    if phase.wait_for(is_over).await.is_err() {
                        return Err(Error::Stopped);
                    }
                }
                Turn::Keep => {
                    let inputs = Self::edited(shared, &edit).await?;
                    let next = shared.select(&shared.generation.get(), &inputs)?;
                    shared.read(&inputs.settings, &next.graph)?;
                    if shared.keep_for_the_start(next, inputs) {
                        return Ok(Reload::default());
                    }
                }
                Turn::Refuse => return Err(Error::Stopped),
            }
        };
        // `Reloading` tells in any case.
        outcome.await.unwrap_or(Err(Error::Stopped))
    }

    fn reload_turn(shared: &Arc<Self>) -> Turn {
        let mut turn = Turn::Refuse;
        shared.phase.send_if_modified(|phase| {
            match phase {
                Phase::Running => {
                    let (told, outcome) = oneshot::channel();
                    let reloading = Reloading {
                        shared: Arc::clone(shared),
                        told: Some(told),
                    };
                    turn = Turn::Begin(reloading, outcome);
                    *phase = Phase::Reloading;
                    return true;
                }
                Phase::Idle | Phase::Failed(_) => turn = Turn::Keep,
                Phase::Starting(_) | Phase::Reloading => turn = Turn::Wait,
                Phase::Stopping | Phase::Stopped(_) => {}
            }
            false
        });
        turn
    }

    /// Leaves it to the next start to find these, unless that has begun.
    fn keep_for_the_start(&self, next: Generation, inputs: Inputs) -> bool {
        let mut kept = false;
        self.phase.send_if_modified(|phase| {
            if matches!(phase, Phase::Idle | Phase::Failed(_)) {
                kept = true;
                self.inputs.store(Arc::new(inputs));
                self.generation.replace(next);
            }
            false
        });
        kept
    }

    /// What an edit makes of the inputs. It may read files, so it is called where that blocks nobody.
    async fn edited(shared: &Arc<Self>, edit: &Edit) -> Result<Inputs, Error> {
        let (shared, edit) = (Arc::clone(shared), Arc::clone(edit));
        let edited = tokio::task::spawn_blocking(move || {
            edit(&shared.inputs.load_full(), &shared.listed.plugins)
        });
        edited.await.unwrap_or_else(|error| {
            let note = format!("the settings could not be read: {error}");
            Err(ReloadError::new(Vec::new(), Some(note)).into())
        })
    }

    /// The plugins that the settings and manifests want.
    fn select(&self, before: &Generation, inputs: &Inputs) -> Result<Generation, Error> {
        let selection = Selection::of(&self.listed.plugins, &inputs.switches(&self.listed));
        if before.is_of(&selection) {
            return Ok(Generation::like(before));
        }
        let graph = selection.graph(self.listed.candidates)?;
        Ok(Generation::new(graph, selection.off, before.failures()))
    }

    /// The whole of a reload.
    async fn change(shared: &Arc<Self>, edit: &Edit) -> Result<Reload, Error> {
        let before = Arc::clone(&shared.generation.get());
        let old = shared.inputs.load_full();
        let inputs = Self::edited(shared, edit).await?;
        let after = shared.select(&before, &inputs)?;
        let inputs = Arc::new(inputs);
        let (settings, old_settings) = (&inputs.settings, &old.settings);
        let read = shared.read(settings, &after.graph)?;
        let sections: Vec<&str> = shared.listed.sections().collect();
        let change = change(&before, &after, |meta| {
            let of_section = || settings.same_section(old_settings, meta.section(), &sections);
            match wants(meta) {
                Wants::Nothing => false,
                Wants::Section => !of_section(),
                Wants::All => !settings.same(old_settings),
            }
        });
        if change.is_none() && settings.same(old_settings) {
            shared.inputs.store(Arc::clone(&inputs));
            return Ok(Reload::default());
        }
        let step = Step {
            shared,
            before: &before,
            after: &after,
            change: &change,
            old: old_settings,
            new: settings,
        };
        let running = step.prepare(read.plugins).await?;
        let hooks = read.hooks;
        shared.inputs.store(Arc::clone(&inputs));
        Ok(step.commit(running, hooks).await)
    }
}

fn change(
    before: &Generation,
    after: &Generation,
    has_new_settings: impl Fn(&'static PluginMeta) -> bool,
) -> Change {
    let before = Before {
        graph: &before.graph,
        runs: &|node| before.instances.get(node).is_some(),
    };
    Change::between(&before, &after.graph, &has_new_settings)
}

/// Which settings a plugin has injected.
enum Wants {
    Nothing,
    Section,
    All,
}

fn wants(plugin: &PluginMeta) -> Wants {
    let has = |is: fn(&Target) -> bool| {
        let mut injections = plugin.injects.iter();
        injections.any(|injection| is(&injection.edge.target))
    };
    if has(|target| matches!(target, Target::AllSettings)) {
        Wants::All
    } else if has(|target| matches!(target, Target::Settings(_))) {
        Wants::Section
    } else {
        Wants::Nothing
    }
}

type Listener = Box<dyn Fn(&Result<Reload, Error>) + Send + Sync>;

/// Who is told what came of each reload, and how many there were.
#[derive(Default)]
pub(super) struct OnReload {
    pub(super) listeners: Vec<Listener>,
    well: AtomicU64,
    failed: AtomicU64,
}

impl OnReload {
    /// How many were well, and how many failed.
    pub(super) fn counts(&self) -> (u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.well), count(&self.failed))
    }

    fn call(&self, outcome: &Result<Reload, Error>) {
        let count = if outcome.is_ok() {
            &self.well
        } else {
            &self.failed
        };
        count.fetch_add(1, Ordering::Relaxed);
        for call in &self.listeners {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| call(outcome))) {
                let why = panic_text(panic);
                tracing::error!(target: "pepperplug::reload", why, "`on_reload` panicked");
            }
        }
    }
}

impl fmt::Debug for OnReload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnReload")
            .field(&self.listeners.len())
            .finish()
    }
}

/// The duty to say what came of a reload, and to let the application go on.
struct Reloading {
    shared: Arc<Shared>,
    told: Option<oneshot::Sender<Result<Reload, Error>>>,
}

impl Reloading {
    async fn run(mut self, edit: Edit) {
        let outcome = caught(Shared::change(&self.shared, &edit))
            .await
            .map_err(panic_text);
        self.tell(outcome.unwrap_or_else(|why| {
            let note = format!("the task that reloads the plugins ended early: {why}");
            Err(ReloadError::new(Vec::new(), Some(note)).into())
        }));
    }

    fn tell(&mut self, outcome: Result<Reload, Error>) {
        let Some(told) = self.told.take() else { return };
        match &outcome {
            Ok(reload) if reload.problems.is_empty() => {
                tracing::info!(target: "pepperplug::reload", "{reload}");
            }
            Ok(reload) => tracing::warn!(target: "pepperplug::reload", "{reload}"),
            Err(error) => tracing::error!(target: "pepperplug::reload", "{error}"),
        }
        self.shared.phase.send_replace(Phase::Running);
        self.shared.on_reload.call(&outcome);
        let stopping = *self.shared.stopping.borrow();
        if stopping {
            Shared::stop_soon(&self.shared);
        }
        // Nobody may listen any more.
        let _ = told.send(outcome);
    }
}

impl Drop for Reloading {
    fn drop(&mut self) {
        let note = "its runtime ended while it was under way".to_owned();
        self.tell(Err(ReloadError::new(Vec::new(), Some(note)).into()));
    }
}
