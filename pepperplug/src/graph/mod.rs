//! From metadata to an order: who is injected into whom, and who starts when. Pure and synchronous.

mod by_name;
mod free;
mod names;
mod rows;
mod sort;

use core::ops::Range;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

pub(crate) use self::free::Free;
use self::names::Names;
use self::rows::Rows;
use crate::inject::{EdgeKind, Injection, Provider, Target};
use crate::meta::{Identity, MetaRef, PluginMeta};
use crate::settings::SettingsMeta;

/// The place of a plugin in the graph.
pub(crate) type NodeId = u32;

/// The plugins of an application and the edges between them. Nodes are sorted by name, so that nothing depends on the
/// order in which the linker or a list gave them.
#[derive(Debug)]
pub(crate) struct Graph {
    metas: Vec<&'static PluginMeta>,
    /// The first injection of each in `injections`.
    first_injections: Vec<u32>,
    /// One entry an injection, all nodes' in a row: its range in `providers`.
    injections: Vec<Range<u32>>,
    providers: Vec<Provider>,
    /// Each node's ordering dependencies, all nodes' in a row.
    dependencies: Rows,
    /// The other way round.
    dependents: Rows,
    order: Vec<NodeId>,
    ranks: Vec<u32>,
    names: Names,
    /// Those that are given settings.
    with_settings: Vec<(NodeId, SettingsMeta)>,
}

/// A dependency, and whether the dependent cannot be without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) node: NodeId,
    pub(crate) needed: bool,
}

/// The plugins do not form a graph: something is missing, double, or in a ring. The wiring check says what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAGraph;

impl Graph {
    /// Resolves every edge and orders the plugins: each after all that it depends on, and by name among those that are
    /// free.
    pub(crate) fn build(plugins: &[MetaRef]) -> Result<Self, NotAGraph> {
        let metas = by_name::sorted(plugins.iter().map(|plugin| plugin.get()));
        let index = Index::of(&metas)?;
        let mut resolved = Resolved::with_capacity(&index);
        let mut first_injections = Vec::with_capacity(metas.len());
        for (node, meta) in (0..).zip(&metas) {
            first_injections.push(to_u32(resolved.injections.len()));
            resolved.add(node, meta, &index)?;
        }
        let dependents = resolved.dependencies.transposed();
        let order = sort::order(&resolved.dependencies, &dependents).ok_or(NotAGraph)?;
        let mut ranks = vec![0; metas.len()];
        for (rank, node) in order.iter().enumerate() {
            ranks[*node as usize] = to_u32(rank);
        }
        let Resolved {
            injections,
            providers,
            dependencies,
            with_settings,
        } = resolved;
        let names = index.names;
        Ok(Self {
            metas,
            first_injections,
            injections,
            providers,
            dependencies,
            dependents,
            order,
            ranks,
            names,
            with_settings,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.metas.len()
    }

    pub(crate) fn meta(&self, node: NodeId) -> &'static PluginMeta {
        self.metas[node as usize]
    }

    pub(crate) fn metas(&self) -> impl Iterator<Item = (NodeId, &'static PluginMeta)> {
        (0..).zip(self.metas.iter().copied())
    }

    /// The start order.
    pub(crate) fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// A node's place in the start order.
    pub(crate) fn rank(&self, node: NodeId) -> u32 {
        self.ranks[node as usize]
    }

    /// What must be settled before `node` begins.
    pub(crate) fn dependencies(&self, node: NodeId) -> &[Dependency] {
        self.dependencies.row(node)
    }

    /// What waits for `node`; `needed` says whether it cannot be without it.
    pub(crate) fn dependents(&self, node: NodeId) -> &[Dependency] {
        self.dependents.row(node)
    }

    /// Who meets the injection at position `at` of `node`.
    pub(crate) fn providers(&self, node: NodeId, at: usize) -> &[Provider] {
        let first = self.first_injections[node as usize] as usize;
        let range = &self.injections[first + at];
        &self.providers[range.start as usize..range.end as usize]
    }

    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.names
            .get(name, crate::meta::hash_name(name), &self.metas)
    }

    /// The node of a plugin type.
    pub(crate) fn node_of(&self, plugin: &Identity) -> Option<NodeId> {
        self.names.node_of(plugin, &self.metas)
    }

    /// Those that are given settings, and of which type.
    pub(crate) fn with_settings(&self) -> &[(NodeId, SettingsMeta)] {
        &self.with_settings
    }
}

fn to_u32(count: usize) -> u32 {
    // More than 4 billion plugins do not fit an address space: each has a static.
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The macros' hashes are good as they are.
#[derive(Debug, Default, Clone, Copy)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// Who is called what, and who provides what.
struct Index<'m> {
    names: Names,
    services: ByHash<Vec<Provider>>,
    /// How many there are in all.
    injections: usize,
    metas: &'m [&'static PluginMeta],
}

impl<'m> Index<'m> {
    fn of(metas: &'m [&'static PluginMeta]) -> Result<Self, NotAGraph> {
        let names = Names::of(metas).ok_or(NotAGraph)?;
        let mut services: ByHash<Vec<Provider>> = ByHash::default();
        let mut injections = 0;
        for (node, meta) in (0..).zip(metas) {
            injections += meta.injects.len();
            for provided in meta.provides {
                let providers = services.entry(provided.service.identity.hash).or_default();
                // One plugin may say it twice, since a service may have an alias.
                if providers.last().is_none_or(|last| last.node != node) {
                    providers.push(Provider {
                        node,
                        cast: Some(provided.cast),
                    });
                }
            }
        }
        Ok(Self {
            names,
            services,
            injections,
            metas,
        })
    }

    fn named(&self, name: &str, hash: u64) -> Option<NodeId> {
        self.names.get(name, hash, self.metas)
    }

    /// Appends those of a service's providers that `injection` asks for; an error where it asks for what they are not.
    fn choose(
        &self,
        injection: &Injection,
        all: &[Provider],
        to: &mut Vec<Provider>,
    ) -> Result<(), NotAGraph> {
        let chosen = match injection.name {
            // A range is that of one plugin: there is none on all providers.
            None if injection.edge.kind == EdgeKind::Many => {
                to.extend_from_slice(all);
                return Ok(());
            }
            None => all,
            Some(name) => match self.named(name, crate::meta::hash_name(name)) {
                None => return Ok(()),
                Some(node) => {
                    let of_name = all.iter().position(|provider| provider.node == node);
                    let at = of_name.ok_or(NotAGraph)?;
                    &all[at..=at]
                }
            },
        };
        let in_range = |provider: &Provider| {
            let version = &self.metas[provider.node as usize].version;
            injection.version.matches(version)
        };
        if !chosen.iter().all(in_range) {
            return Err(NotAGraph);
        }
        to.extend_from_slice(chosen);
        Ok(())
    }

    /// Appends who meets `injection`; an error where that is too few or too many.
    fn resolve(&self, injection: &Injection, to: &mut Vec<Provider>) -> Result<(), NotAGraph> {
        let kind = injection.edge.kind;
        let before = to.len();
        match injection.edge.target {
            Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings => {
                return Ok(());
            }
            Target::Plugin(target) => {
                if let Some(node) = self.names.node_of(&target.get().identity, self.metas) {
                    to.push(Provider { node, cast: None });
                }
            }
            Target::Service(service) => {
                let all = self
                    .services
                    .get(&service.identity.hash)
                    .map_or(&[][..], Vec::as_slice);
                self.choose(injection, all, to)?;
            }
        }
        match (kind, to.len() - before) {
            (EdgeKind::One | EdgeKind::Lazy, 1)
            | (EdgeKind::Optional, 0 | 1)
            | (EdgeKind::Many, _) => Ok(()),
            _ => Err(NotAGraph),
        }
    }
}

struct Resolved {
    injections: Vec<Range<u32>>,
    providers: Vec<Provider>,
    dependencies: Rows,
    with_settings: Vec<(NodeId, SettingsMeta)>,
}

impl Resolved {
    /// Room for what most graphs have: one provider an injection.
    fn with_capacity(index: &Index<'_>) -> Self {
        let (metas, injections) = (index.metas, index.injections);
        Self {
            injections: Vec::with_capacity(injections),
            providers: Vec::with_capacity(injections),
            dependencies: Rows::with_capacity(metas.len(), injections),
            with_settings: Vec::new(),
        }
    }

    fn add(
        &mut self,
        node: NodeId,
        meta: &'static PluginMeta,
        index: &Index<'_>,
    ) -> Result<(), NotAGraph> {
        let mut settings = None;
        for injection in meta.injects {
            if let Target::Settings(of) = injection.edge.target {
                settings.get_or_insert(of);
            }
            let start = to_u32(self.providers.len());
            index.resolve(injection, &mut self.providers)?;
            self.injections.push(start..to_u32(self.providers.len()));
            if injection.edge.kind.orders() {
                let needed = injection.edge.kind.demands();
                for provider in &self.providers[start as usize..] {
                    self.dependencies.items.push(Dependency {
                        node: provider.node,
                        needed,
                    });
                }
            }
        }
        for requirement in meta.requires {
            let node = index
                .named(requirement.name, requirement.hash)
                .ok_or(NotAGraph)?;
            if !requirement
                .version
                .matches(&index.metas[node as usize].version)
            {
                return Err(NotAGraph);
            }
            self.dependencies
                .items
                .push(Dependency { node, needed: true });
        }
        self.with_settings.extend(settings.map(|of| (node, of)));
        self.dependencies.end_row();
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
