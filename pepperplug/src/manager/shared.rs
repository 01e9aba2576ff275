//! What all handles of one manager share.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::generation::{Current, Generation};
use super::inputs::Inputs;
use super::phases::Phase;
use super::reload::OnReload;
use super::weak::WeakManager;
use crate::error::Error;
use crate::event::LAST_CHANCE;
use crate::graph::{Graph, NodeId};
use crate::hook::{Dispatcher, Gate, HookSource, PolicyOverride};
use crate::inject::{Instances, Target};
use crate::lifecycle::{Running, Threads, Timeouts};
use crate::meta::{MetaRef, PluginMeta};
use crate::plugin::{AnySettings, Instance};
use crate::settings::{HOOKS, PLUGINS, PluginSwitch, Settings, SettingsError};
use crate::wiring::{Candidate, PluginSet, may_be_off};

/// What a running application is stopped with.
pub(super) struct Started {
    pub(super) since: Instant,
    pub(super) running: Running,
    pub(super) drained: Drained,
}

/// What wakes when the last event under way is done: one for each set of hooks that may still be in use.
#[derive(Default)]
pub(super) struct Drained(Vec<oneshot::Receiver<()>>);

/// What the settings say, each part as the type that wants it.
pub(super) struct Read {
    /// By node.
    pub(super) plugins: Vec<(NodeId, AnySettings)>,
    pub(super) hooks: Vec<(String, PolicyOverride)>,
}

/// What there is, whatever of it is enabled.
pub(super) struct Listed {
    /// The list; none where all that is linked is taken.
    #[cfg_attr(not(feature = "loader"), expect(dead_code, reason = "for manifests"))]
    pub(super) set: Option<&'static PluginSet>,
    /// All plugins that the application could have.
    pub(super) plugins: Vec<MetaRef>,
    /// All its entries, those that are off included; none where there is no list.
    pub(super) candidates: &'static [Candidate],
    /// The plugins that are linked, but not in the list.
    pub(super) unlisted: Vec<&'static PluginMeta>,
    /// Those that come ready made.
    pub(super) given: Vec<(&'static PluginMeta, Instance)>,
    /// They are a part of what is linked, taken out for a test: the same settings serve the others.
    pub(super) is_part: bool,
}

impl Listed {
    /// Whether the section of a plugin has that name.
    fn has_section(&self, name: &str) -> bool {
        let with_settings = |meta: &&'static PluginMeta| {
            let mut injections = meta.injects.iter();
            injections.any(|injection| matches!(injection.edge.target, Target::Settings(_)))
        };
        let metas = self.plugins.iter().map(|plugin| plugin.get());
        metas
            .filter(with_settings)
            .any(|meta| meta.section() == name)
    }

    /// What the settings say of which plugins are part of the application, unless a plugin's section has that name.
    pub(super) fn read_switches(
        &self,
        settings: &Settings,
    ) -> Result<Vec<PluginSwitch>, SettingsError> {
        if self.has_section(PLUGINS) {
            return Ok(Vec::new());
        }
        let names = self.plugins.iter().map(|plugin| plugin.get().name());
        let names: Vec<&str> = names.collect();
        let is_off = |name: &str| may_be_off(self.candidates, name) || self.is_part;
        crate::settings::read_plugins(settings, &names, is_off)
    }

    /// The sections of the settings that plugins read.
    pub(super) fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.plugins.iter().map(|plugin| plugin.get().section())
    }

    /// Those that come ready made, by their nodes in a graph.
    pub(super) fn given_in(&self, graph: &Graph) -> Vec<(NodeId, Instance)> {
        let given = self.given.iter().filter_map(|(meta, instance)| {
            let node = graph.node_of(&meta.identity)?;
            Some((node, Instance::clone(instance)))
        });
        let mut given: Vec<_> = given.collect();
        given.sort_unstable_by_key(|(node, _)| *node);
        given
    }
}

pub(super) struct Shared {
    pub(super) generation: Arc<Current>,
    pub(super) listed: Listed,
    pub(super) dispatcher: Arc<Dispatcher>,
    /// The handle that all of this belongs to.
    pub(super) manager: OnceLock<WeakManager>,
    pub(super) inputs: ArcSwap<Inputs>,
    pub(super) timeouts: Timeouts,
    /// Other than those of the runtime: for tests, whose paused clock asks for a single thread.
    pub(super) threads: Option<Threads>,
    pub(super) on_reload: OnReload,
    #[cfg(feature = "hot-reload")]
    pub(super) hot_reload: Option<super::watch::HotReload>,
    pub(super) phase: watch::Sender<Phase>,
    /// Turns true when the application is to stop, and stays so: no start begins any more, and one under way ends.
    pub(super) stopping: watch::Sender<bool>,
    running: Mutex<Option<Started>>,
}

impl Shared {
    pub(super) fn new(
        generation: Generation,
        listed: Listed,
        inputs: Inputs,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            generation: Arc::new(Current::new(generation)),
            listed,
            dispatcher: Arc::new(Dispatcher::new()),
            manager: OnceLock::new(),
            inputs: ArcSwap::from_pointee(inputs),
            timeouts,
            threads: None,
            on_reload: OnReload::default(),
            #[cfg(feature = "hot-reload")]
            hot_reload: None,
            phase: watch::Sender::new(Phase::Idle),
            stopping: watch::Sender::new(false),
            running: Mutex::new(None),
        }
    }

    pub(super) fn threads(&self) -> Threads {
        self.threads.unwrap_or_else(Threads::of_this_runtime)
    }

    /// What the settings say to each plugin of a graph, and of hooks: all of it parsed and checked.
    pub(super) fn read(&self, settings: &Settings, graph: &Graph) -> Result<Read, Error> {
        let wanted = graph.with_settings().iter();
        let wanted = wanted.map(|(node, settings)| (*node as usize, graph.meta(*node), *settings));
        // The same file serves builds with other features: what a plugin that is switched off would read stays unread.
        // The same file serves builds with other features, and plugins that are disabled.
        let is_disabled = |section: &str| {
            let mut all = self.listed.plugins.iter().map(|plugin| plugin.get());
            all.any(|meta| meta.section() == section && graph.node_of(&meta.identity).is_none())
        };
        let is_off = |section: &str| {
            may_be_off(self.listed.candidates, section)
                || is_disabled(section)
                || self.listed.is_part && is_read_by_some(section)
        };
        let read = crate::settings::read_all(settings, wanted, is_off);
        let read = both(read, self.listed.read_switches(settings));
        let ((read, _), hooks) = both(read, self.read_hooks(settings))?;
        let by_node = |(node, value)| Some((NodeId::try_from(node).ok()?, value));
        Ok(Read {
            plugins: read.into_iter().filter_map(by_node).collect(),
            hooks,
        })
    }

    /// What the settings say of hooks, unless a plugin's section has that name.
    fn read_hooks(
        &self,
        settings: &Settings,
    ) -> Result<Vec<(String, PolicyOverride)>, SettingsError> {
        if self.listed.has_section(HOOKS) {
            return Ok(Vec::new());
        }
        let events = self.dispatcher.known_events();
        let names: Vec<_> = events.iter().map(|event| event.meta().name()).collect();
        crate::settings::read_hooks(settings, &names)
    }

    /// Each use is a plain assignment: a panic elsewhere leaves nothing half done.
    fn running(&self) -> MutexGuard<'_, Option<Started>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the running application is stopped with.
    pub(super) fn keep(&self, started: Started) {
        *self.running() = Some(started);
    }

    /// Takes it: whoever gets it is the one that stops the application, or changes what runs.
    pub(super) fn take(&self) -> Option<Started> {
        self.running().take()
    }

    /// For how long the application has been running.
    pub(super) fn running_for(&self) -> Option<Duration> {
        let running = self.running();
        running.as_ref().map(|started| started.since.elapsed())
    }

    /// Lets whoever stops the application wait for these as well.
    pub(super) fn wait_later_for(&self, Drained(under_way): Drained) {
        if let Some(started) = &mut *self.running() {
            started.drained.0.extend(under_way);
        }
    }

    /// Refuses events and lets go of the plugins: the last step of whatever ends, and the only one where a runtime ends
    /// before the others were done. The tables go first, since only `Instances` meets a plugin that panics in that.
    pub(super) fn let_go(&self, gate: Gate) {
        self.dispatcher.close(gate);
        let none = self.generation.get().with(Arc::new(Instances::new(0)));
        drop((self.generation.replace(none), self.take()));
    }

    /// Refuses events from now on, and waits for those under way. Where some still are at `deadline`, the error says for how
    /// long they were waited for, and which hooks they wait for.
    pub(super) async fn close_gate(
        &self,
        gate: Gate,
        mut drained: Drained,
        deadline: Instant,
    ) -> Result<(), String> {
        self.dispatcher.close(gate);
        self.wait_for(&mut drained, deadline).await
    }

    /// Waits for the events under way that read hooks which others have replaced, as [`close_gate`](Self::close_gate).
    pub(super) async fn wait_for(
        &self,
        Drained(drained): &mut Drained,
        deadline: Instant,
    ) -> Result<(), String> {
        let begun = Instant::now();
        let deadline = deadline.max(begun + LAST_CHANCE);
        while let Some(last) = drained.last_mut() {
            // The sender is dropped with the old tables, so an error is what says that they are gone.
            if timeout_at(deadline, last).await.is_err() {
                break;
            }
            drained.pop();
        }
        if drained.is_empty() {
            return Ok(());
        }
        let mut why = format!("some were still under way after {:?}", begun.elapsed());
        for hook in self.dispatcher.waiting() {
            why.push('\n');
            why.push_str(&hook);
        }
        Err(why)
    }

    /// Lets events through to the hooks of everything that runs, in place of what ran before.
    pub(super) fn open_gate(
        &self,
        graph: &Graph,
        running: &Running,
        hooks: Vec<(String, PolicyOverride)>,
    ) -> Drained {
        let source = |node: &NodeId| {
            Some(HookSource {
                plugin: graph.meta(*node),
                rank: graph.rank(*node),
                instance: running.instances.get(*node)?.clone(),
            })
        };
        let sources = running.ready.iter().filter_map(source).collect();
        let drained = self.dispatcher.open(sources, hooks);
        self.dispatcher.watch();
        Drained(vec![drained])
    }
}

/// Whether a plugin that the build linked reads this section.
fn is_read_by_some(section: &str) -> bool {
    let mut linked = crate::registry::plugins().into_iter();
    linked.any(|plugin| plugin.get().section() == section)
}

/// Both, or everything that is wrong with either.
fn both<A, B>(
    a: Result<A, SettingsError>,
    b: Result<B, SettingsError>,
) -> Result<(A, B), SettingsError> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(some), Err(more)) => Err(some.and(more)),
        (Err(all), _) | (_, Err(all)) => Err(all),
    }
}
