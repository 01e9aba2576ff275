//! What all handles of one manager share.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::phases::Phase;
use crate::error::Error;
use crate::event::LAST_CHANCE;
use crate::graph::{Graph, NodeId};
use crate::hook::{Dispatcher, Gate, HookSource, PolicyOverride};
use crate::inject::{Instances, Provider};
use crate::lifecycle::{Records, Running, Threads, Timeouts};
use crate::meta::{PluginMeta, ServiceMeta};
use crate::plugin::{AnySettings, Plugin};
use crate::settings::{HOOKS, PLUGINS, PluginSwitch, Settings, SettingsError};
use crate::wiring::{Candidate, may_be_off};

/// What a running application is stopped with: its plugins, and what wakes when the last event under way is done.
pub(super) type Started = (Running, oneshot::Receiver<()>);

/// What the list of plugins says besides the plugins that are on.
pub(super) struct Listed {
    /// All its entries, those that are off included; none where there is no list.
    pub(super) candidates: &'static [Candidate],
    /// The plugins that are linked, but not in the list.
    pub(super) unlisted: Vec<&'static PluginMeta>,
}

pub(super) struct Shared {
    pub(super) graph: Arc<Graph>,
    /// Index of a plugin's type → its node: a look-up by type is a load and a bounds check.
    by_slot: Box<[Option<NodeId>]>,
    pub(super) listed: Listed,
    pub(super) records: Arc<Records>,
    pub(super) dispatcher: Arc<Dispatcher>,
    pub(super) instances: ArcSwap<Instances>,
    pub(super) settings: Settings,
    pub(super) timeouts: Timeouts,
    /// Other than those of the runtime: for tests, whose paused clock asks for a single thread.
    pub(super) threads: Option<Threads>,
    pub(super) phase: watch::Sender<Phase>,
    /// Turns true when the application is to stop, and stays so: no start begins any more, and one under way ends.
    pub(super) stopping: watch::Sender<bool>,
    running: Mutex<Option<Started>>,
}

impl Shared {
    pub(super) fn new(
        graph: Graph,
        listed: Listed,
        settings: Settings,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            records: Arc::new(Records::new(graph.len())),
            by_slot: by_slot(&graph),
            graph: Arc::new(graph),
            listed,
            dispatcher: Arc::new(Dispatcher::new()),
            instances: ArcSwap::from_pointee(Instances::new(0)),
            settings,
            timeouts,
            threads: None,
            phase: watch::Sender::new(Phase::Idle),
            stopping: watch::Sender::new(false),
            running: Mutex::new(None),
        }
    }

    pub(super) fn threads(&self) -> Threads {
        self.threads.unwrap_or_else(Threads::of_this_runtime)
    }

    /// The node of a plugin type; none where this manager does not have it.
    #[inline]
    pub(super) fn node_of<P: Plugin>(&self) -> Option<NodeId> {
        *self.by_slot.get(P::slot().untyped().index())?
    }

    /// Every plugin's settings, parsed and checked, by node.
    pub(super) fn read_settings(&self) -> Result<Vec<(NodeId, AnySettings)>, Error> {
        let wanted = self.graph.with_settings().iter();
        let wanted =
            wanted.map(|(node, settings)| (*node as usize, self.graph.meta(*node), *settings));
        // The same file serves builds with other features: what a plugin that is switched off would read stays unread.
        let is_off = |section: &str| may_be_off(self.listed.candidates, section);
        let read = crate::settings::read_all(&self.settings, wanted, is_off);
        let read = both(read, self.read_switches());
        let ((read, _), overrides) = both(read, self.read_hooks()).map_err(Error::Settings)?;
        self.dispatcher.set_overrides(overrides);
        Ok(read
            .into_iter()
            .filter_map(|(node, value)| Some((NodeId::try_from(node).ok()?, value)))
            .collect())
    }

    /// Whether the section of a plugin has that name.
    fn has_section(&self, name: &str) -> bool {
        let mut sections = self.graph.with_settings().iter();
        sections.any(|(node, _)| self.graph.meta(*node).section() == name)
    }

    /// What the settings say of which plugins are part of the application, unless a plugin's section has that name.
    fn read_switches(&self) -> Result<Vec<PluginSwitch>, SettingsError> {
        if self.has_section(PLUGINS) {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = self.graph.metas().map(|(_, meta)| meta.name()).collect();
        let is_off = |name: &str| may_be_off(self.listed.candidates, name);
        crate::settings::read_plugins(&self.settings, &names, is_off)
    }

    /// What the settings say of hooks, unless a plugin's section has that name.
    fn read_hooks(&self) -> Result<Vec<(String, PolicyOverride)>, SettingsError> {
        if self.has_section(HOOKS) {
            return Ok(Vec::new());
        }
        let events = self.dispatcher.known_events();
        let names: Vec<_> = events.iter().map(|event| event.meta().name()).collect();
        crate::settings::read_hooks(&self.settings, &names)
    }

    pub(super) fn providers_of(&self, service: &ServiceMeta) -> Vec<Provider> {
        let provides = |(node, meta): (NodeId, &'static PluginMeta)| {
            let provided = meta
                .provides
                .iter()
                .find(|p| p.service.identity.same_type(&service.identity))?;
            Some(Provider {
                node,
                cast: Some(provided.cast),
            })
        };
        self.graph.metas().filter_map(provides).collect()
    }

    /// The plugins that `node` is injected into, by name.
    pub(super) fn injected_into(&self, node: NodeId) -> Vec<&'static str> {
        let takes = |(from, meta): &(NodeId, &'static PluginMeta)| {
            (0..meta.injects.len()).any(|at| {
                self.graph
                    .providers(*from, at)
                    .iter()
                    .any(|by| by.node == node)
            })
        };
        self.graph
            .metas()
            .filter(takes)
            .map(|(_, meta)| meta.name())
            .collect()
    }

    /// Keeps what the running application is stopped with.
    pub(super) fn keep(&self, started: Started) {
        // A plain assignment: a panic elsewhere leaves nothing half done.
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
    }

    /// Takes it: whoever gets it is the one that stops the application.
    pub(super) fn take(&self) -> Option<Started> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.take()
    }

    /// Refuses events and lets go of the plugins: the last step of whatever ends, and the only one where a runtime ends
    /// before the others were done. The tables go first, since only `Instances` meets a plugin that panics in that.
    pub(super) fn let_go(&self, gate: Gate) {
        self.dispatcher.close(gate);
        self.instances.store(Arc::new(Instances::new(0)));
        drop(self.take());
    }

    /// Refuses events from now on, and waits for those under way. Where some still are at `deadline`, the error says for how
    /// long they were waited for, and which hooks they wait for.
    pub(super) async fn close_gate(
        &self,
        gate: Gate,
        drained: oneshot::Receiver<()>,
        deadline: Instant,
    ) -> Result<(), String> {
        self.dispatcher.close(gate);
        let begun = Instant::now();
        let deadline = deadline.max(begun + LAST_CHANCE);
        // The sender is dropped with the old tables, so an error is what says that they are gone.
        if timeout_at(deadline, drained).await.is_ok() {
            return Ok(());
        }
        let mut why = format!("some were still under way after {:?}", begun.elapsed());
        for hook in self.dispatcher.waiting() {
            why.push('\n');
            why.push_str(&hook);
        }
        Err(why)
    }

    /// Lets events through to the hooks of everything that runs.
    pub(super) fn open_gate(&self, running: &Running) -> oneshot::Receiver<()> {
        let sources: Vec<HookSource> = running
            .ready
            .iter()
            .filter_map(|node| {
                let plugin = self.graph.meta(*node);
                let instance = running.instances.get(*node)?.clone();
                Some(HookSource {
                    plugin,
                    rank: self.graph.rank(*node),
                    instance,
                })
            })
            .collect();
        let drained = self.dispatcher.open(sources);
        self.dispatcher.watch();
        drained
    }
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

fn by_slot(graph: &Graph) -> Box<[Option<NodeId>]> {
    let mut nodes = Vec::with_capacity(graph.len());
    for (node, meta) in graph.metas() {
        let slot = (meta.vtable.slot)().index();
        if nodes.len() <= slot {
            nodes.resize(slot + 1, None);
        }
        nodes[slot] = Some(node);
    }
    nodes.into()
}
