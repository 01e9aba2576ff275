//! New settings for an application that runs: all of it, or nothing.
//!
//! What is to change is read, checked and compared first. New plugins are built and initialized beside the old ones, in
//! the same way as at the start; then others take their settings in place; and only then, in one step, new emits go to the
//! hooks of the new. Those under way are waited for, and what they may use is cleaned up last.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::caught::caught;
use super::change::{Before, Change};
use super::generation::Generation;
use super::phases::Phase;
use super::selection::{Selection, switches};
use super::shared::{Shared, Started};
use crate::error::Error;
use crate::graph::NodeId;
use crate::hook::{PolicyOverride, panic_text};
use crate::inject::{Injection, Target};
use crate::lifecycle::{
    Ending, Kept, Line, Reload, ReloadError, Running, reconfigure, start, stop, undo,
};
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Instance};
use crate::settings::Settings;

/// What comes of the reload that is under way.
type Outcome = oneshot::Receiver<Result<Reload, Error>>;

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
    pub(super) async fn reload(shared: &Arc<Self>) -> Result<Reload, Error> {
        let runtime = Runtime::try_current().map_err(|_| Error::NoRuntime)?;
        let mut phase = shared.phase.subscribe();
        let outcome = loop {
            match Self::reload_turn(shared) {
                Turn::Begin(reloading, outcome) => {
                    runtime.spawn(reloading.run());
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
                    let settings = shared.reread().await?;
                    let next = shared.select(&shared.generation.get(), &settings)?;
                    shared.read(&settings, &next.graph)?;
                    if shared.keep_for_the_start(next, settings) {
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
    fn keep_for_the_start(&self, next: Generation, settings: Settings) -> bool {
        let mut kept = false;
        self.phase.send_if_modified(|phase| {
            if matches!(phase, Phase::Idle | Phase::Failed(_)) {
                kept = true;
                self.settings.store(Arc::new(settings));
                self.generation.replace(next);
            }
            false
        });
        kept
    }

    /// The settings as they are now. Files are read where that blocks nobody.
    async fn reread(&self) -> Result<Settings, Error> {
        let settings = self.settings.load_full();
        let read = tokio::task::spawn_blocking(move || settings.reread()).await;
        read.unwrap_or_else(|error| {
            let note = format!("the settings could not be read: {error}");
            Err(ReloadError::new(Vec::new(), Some(note)).into())
        })
    }

    /// The plugins that the settings want.
    fn select(&self, before: &Generation, settings: &Settings) -> Result<Generation, Error> {
        let selection = Selection::of(&self.listed.plugins, &switches(settings));
        if before.is_of(&selection) {
            return Ok(Generation::like(before));
        }
        let graph = selection.graph(self.listed.candidates)?;
        Ok(Generation::new(graph, selection.off))
    }

    /// The whole of a reload.
    async fn change(&self) -> Result<Reload, Error> {
        let before = Arc::clone(&self.generation.get());
        let old = self.settings.load_full();
        let settings = self.reread().await?;
        let after = self.select(&before, &settings)?;
        let read = self.read(&settings, &after.graph)?;
        let change = change(&before, &after, |meta| {
            has_settings(meta) && !settings.same_section(&old, meta.section())
        });
        if change.is_none() && settings.same(&old) {
            return Ok(Reload::default());
        }
        let step = Step {
            shared: self,
            before: &before,
            after: &after,
            change: &change,
            old: &old,
        };
        let running = step.prepare(read.plugins).await?;
        self.settings.store(Arc::new(settings));
        Ok(step.commit(running, read.hooks).await)
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

fn has_settings(plugin: &PluginMeta) -> bool {
    let of = |injection: &Injection| matches!(injection.edge.target, Target::Settings(_));
    plugin.injects.iter().any(of)
}

/// A reload whose change is known.
struct Step<'a> {
    shared: &'a Shared,
    before: &'a Generation,
    after: &'a Generation,
    change: &'a Change,
    /// The settings that hold until it is done.
    old: &'a Settings,
}

type Values = Vec<(NodeId, AnySettings)>;

impl Step<'_> {
    /// All that may fail: what is new is initialized, and what stays has taken its settings. Where one fails, all of it is
    /// undone.
    async fn prepare(&self, settings: Values) -> Result<Running, ReloadError> {
        let in_place = |(node, _): &(NodeId, _)| self.change.reconfigured.contains(node);
        let (in_place, to_start): (Values, Values) = settings.into_iter().partition(in_place);
        let running = self.start(to_start).await?;
        let mut done = Vec::new();
        let mut in_place: Vec<_> = in_place;
        in_place.sort_by_key(|(node, _)| self.after.graph.rank(*node));
        for (node, value) in in_place {
            let begun = Instant::now();
            if let Err(why) = self.reconfigure(node, value).await {
                let after = begun.elapsed();
                let mut lines = vec![self.line(node, Ending::Failed { after, why })];
                // It may have taken half of them.
                done.push(node);
                lines.extend(self.put_back(done).await);
                return Err(self.undo(running, lines, None).await);
            }
            done.push(node);
        }
        if *self.shared.stopping.borrow() {
            let lines = self.put_back(done).await;
            let note = "the application shuts down".to_owned();
            return Err(self.undo(running, lines, Some(note)).await);
        }
        Ok(running)
    }

    async fn start(&self, settings: Values) -> Result<Running, ReloadError> {
        let (shared, after) = (self.shared, self.after);
        for (node, old) in &self.change.kept {
            after.records.copy(*node, &self.before.records, *old);
        }
        let mut context = shared.start_context(&after.graph, &after.records, settings);
        let kept = self.change.kept.iter().map(|(node, old)| Kept {
            node: *node,
            instance: self.before.instances.get(*old).cloned(),
        });
        context.kept = kept.collect();
        let mut running = start(context).await.map_err(ReloadError::of_start)?;
        // The application may start without an optional plugin. It is not to lose one that it had, or was to get.
        let was_off = |line: &Line| {
            let old = self.before.graph.named(line.plugin);
            old.is_some_and(|old| self.before.instances.get(old).is_none())
        };
        if running.without.iter().all(was_off) {
            return Ok(running);
        }
        let lines = core::mem::take(&mut running.without);
        Err(self.undo(running, lines, None).await)
    }

    async fn reconfigure(&self, node: NodeId, settings: AnySettings) -> Result<(), String> {
        let plugin = self.after.graph.meta(node);
        let instance = self.instance_before(plugin).ok_or("it does not run")?;
        let limit = self.shared.timeouts.initialize;
        reconfigure(plugin, &instance, settings, limit).await
    }

    fn instance_before(&self, plugin: &PluginMeta) -> Option<Instance> {
        let node = self.before.graph.node_of(&plugin.identity)?;
        self.before.instances.get(node).cloned()
    }

    /// Gives those that have taken new settings their old ones again, in reverse.
    async fn put_back(&self, done: Vec<NodeId>) -> Vec<Line> {
        // They were read before, and so can be again.
        let old = self.shared.read(self.old, &self.before.graph);
        let mut old = old.map(|read| read.plugins).unwrap_or_default();
        let mut lines = Vec::new();
        for node in done.into_iter().rev() {
            let plugin = self.after.graph.meta(node);
            let node_before = self.before.graph.node_of(&plugin.identity);
            let at = old.iter().position(|(of, _)| Some(*of) == node_before);
            let put_back = match at.map(|at| old.swap_remove(at).1) {
                Some(value) => self.reconfigure(node, value).await,
                None => Err("its old settings can no longer be read".to_owned()),
            };
            let why = put_back.err();
            lines.push(self.line(node, Ending::PutBack { why }));
        }
        lines
    }

    /// Stops what has been started.
    async fn undo(
        &self,
        running: Running,
        mut lines: Vec<Line>,
        note: Option<String>,
    ) -> ReloadError {
        let limits = (self.shared.timeouts, self.shared.threads());
        let (graph, records) = (&self.after.graph, &self.after.records);
        lines.extend(undo(graph, records, running, limits).await);
        ReloadError::new(lines, note)
    }

    fn line(&self, node: NodeId, ending: Ending) -> Line {
        Line {
            plugin: self.after.graph.meta(node).name(),
            ending,
        }
    }

    /// The step from the old to the new, and the end of what is old. Nothing of this undoes it.
    async fn commit(&self, new: Running, hooks: Vec<(String, PolicyOverride)>) -> Reload {
        let (shared, before, after) = (self.shared, self.before, self.after);
        let mut reload = self.told(&new.ready);
        let Some(was) = shared.take() else {
            return reload;
        };
        let running = self.together(&was.running.ready, new);
        let drained = shared.open_gate(&after.graph, &running, hooks);
        let instances = Arc::clone(&running.instances);
        drop(shared.generation.replace(after.with(instances)));
        shared.keep(Started { running, drained });
        let begun = Instant::now();
        let half = begun + shared.timeouts.shutdown / 2;
        let mut under_way = was.drained;
        if let Err(why) = shared.wait_for(&mut under_way, half).await {
            reload.problems.push(format!("events: {why}"));
            // They may use what stays as well, which a shutdown is to leave them.
            shared.wait_later_for(under_way);
        }
        let ends = |node: &NodeId| self.change.ends(*node);
        let ended = Running {
            ready: was.running.ready.into_iter().filter(ends).collect(),
            ..was.running
        };
        let limits = (shared.timeouts.cleanup, begun + shared.timeouts.shutdown);
        let threads = shared.threads();
        let problems = stop(&before.graph, &before.records, &ended, limits, threads).await;
        let named = problems.into_iter().map(|problem| {
            let plugin = before.graph.meta(problem.node).name();
            format!("{plugin}: {}", problem.why)
        });
        reload.problems.extend(named);
        reload
    }

    /// What runs from now on. Those that stay come first: none of them has one of the new ones injected.
    fn together(&self, before: &[NodeId], new: Running) -> Running {
        let stay = before
            .iter()
            .filter_map(|old| self.change.stays[*old as usize]);
        Running {
            ready: stay.chain(new.ready).collect(),
            ..new
        }
    }

    fn told(&self, begun: &[NodeId]) -> Reload {
        let (before, after) = (&self.before.graph, &self.after.graph);
        let name = |node: &NodeId| after.meta(*node).name();
        let names = |nodes: Vec<NodeId>| nodes.iter().map(name).collect();
        let was_there = |node: &NodeId| before.node_of(&after.meta(*node).identity).is_some();
        let (restarted, enabled) = begun.iter().partition(|node| was_there(node));
        let gone = before.metas().filter(|(node, _)| self.change.ends(*node));
        let gone = gone.filter(|(_, meta)| after.node_of(&meta.identity).is_none());
        Reload {
            reconfigured: names(self.change.reconfigured.clone()),
            restarted: names(restarted),
            enabled: names(enabled),
            disabled: gone.map(|(_, meta)| meta.name()).collect(),
            problems: Vec::new(),
        }
    }
}

type Listener = Box<dyn Fn(&Result<Reload, Error>) + Send + Sync>;

/// Who is told what came of each reload.
#[derive(Default)]
pub(super) struct OnReload(pub(super) Vec<Listener>);

impl OnReload {
    fn call(&self, outcome: &Result<Reload, Error>) {
        for call in &self.0 {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| call(outcome))) {
                let why = panic_text(panic);
                tracing::error!(target: "pepperplug::reload", why, "`on_reload` panicked");
            }
        }
    }
}

impl fmt::Debug for OnReload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnReload").field(&self.0.len()).finish()
    }
}

/// The duty to say what came of a reload, and to let the application go on.
struct Reloading {
    shared: Arc<Shared>,
    told: Option<oneshot::Sender<Result<Reload, Error>>>,
}

impl Reloading {
    async fn run(mut self) {
        let outcome = caught(self.shared.change()).await.map_err(panic_text);
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
