//! From what runs to what is to run: first all that may fail, then the step itself.

use core::any::TypeId;
use std::sync::Arc;

use tokio::time::Instant;

use crate::event::AppReloaded;
use crate::graph::NodeId;
use crate::hook::{PolicyOverride, text_of};
use crate::lifecycle::{
    Ending, Kept, Line, Phase, Reload, ReloadError, Running, reconfigure, start, stop, undo,
};
use crate::manager::change::Change;
use crate::manager::generation::Generation;
use crate::manager::shared::{Shared, Started};
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Instance};
use crate::settings::Settings;

/// A reload whose change is known.
pub(super) struct Step<'a> {
    pub(super) shared: &'a Shared,
    pub(super) before: &'a Generation,
    pub(super) after: &'a Generation,
    pub(super) change: &'a Change,
    /// The settings that hold until it is done.
    pub(super) old: &'a Settings,
    /// Those that hold from then on.
    pub(super) new: &'a Settings,
}

/// What the `reconfigure` of a plugin takes: its section, or the settings of the whole application.
fn taken(
    values: &mut Values,
    (node, plugin): (NodeId, &PluginMeta),
    all: &Settings,
) -> AnySettings {
    let takes = plugin.vtable.reconfigure_takes.map(|takes| takes());
    let of_section = values.iter().position(|(of, _)| *of == node);
    match of_section.filter(|_| takes != Some(TypeId::of::<Settings>())) {
        Some(at) => values.swap_remove(at).1,
        None => Box::new(all.clone()),
    }
}

type Values = Vec<(NodeId, AnySettings)>;

impl Step<'_> {
    /// All that may fail: what is new is initialized, and what stays has taken its settings. Where one fails, all of it is
    /// undone.
    pub(super) async fn prepare(&self, settings: Values) -> Result<Running, ReloadError> {
        let in_place = |(node, _): &(NodeId, _)| self.change.reconfigured.contains(node);
        let (in_place, to_start): (Values, Values) = settings.into_iter().partition(in_place);
        let running = self.start(to_start).await?;
        let mut done = Vec::new();
        let mut in_place = in_place;
        for node in self.change.reconfigured.iter().copied() {
            let value = taken(&mut in_place, (node, self.after.graph.meta(node)), self.new);
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
        let mut context = shared.start_context(&after.graph, &after.records, settings, self.new);
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
        let taken = reconfigure(plugin, &instance, settings, limit).await;
        if let Err(why) = &taken {
            let failures = self.before.failures();
            failures.report(Phase::Reconfigure, plugin.name(), why);
        }
        taken
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
            let put_back = match self.before.graph.node_of(&plugin.identity) {
                Some(before) => {
                    let value = taken(&mut old, (before, plugin), self.old);
                    self.reconfigure(node, value).await
                }
                // Not reached: it ran before.
                None => Ok(()),
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
    pub(super) async fn commit(
        &self,
        new: Running,
        hooks: Vec<(String, PolicyOverride)>,
    ) -> Reload {
        let (shared, before, after) = (self.shared, self.before, self.after);
        let mut reload = self.told(&new.ready);
        let Some(was) = shared.take() else {
            return reload;
        };
        let running = self.together(&was.running.ready, new);
        let drained = shared.open_gate(&after.graph, &running, hooks);
        let instances = Arc::clone(&running.instances);
        drop(shared.generation.replace(after.with(instances)));
        shared.keep(Started {
            since: was.since,
            running,
            drained,
        });
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
        self.tell(&mut reload).await;
        reload
    }

    /// Tells the hooks on `app.reloaded`.
    async fn tell(&self, reload: &mut Reload) {
        let reloaded = AppReloaded {
            reload: reload.clone(),
        };
        let half = Instant::now() + self.shared.timeouts.shutdown / 2;
        let told = self.shared.dispatcher.emit_until(&reloaded, half).await;
        if let Err(error) = told {
            let problem = format!("app.reloaded: {}", text_of(&error));
            reload.problems.push(problem);
        }
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
        let gone = before
            .order()
            .iter()
            .filter(|node| self.change.ends(**node));
        let gone = gone.map(|node| before.meta(*node));
        let gone = gone.filter(|meta| after.node_of(&meta.identity).is_none());
        Reload {
            reconfigured: names(self.change.reconfigured.clone()),
            restarted: names(restarted),
            enabled: names(enabled),
            disabled: gone.map(PluginMeta::name).collect(),
            problems: Vec::new(),
        }
    }
}
