//! From metadata to an order: who is injected into whom, and who starts when. Pure and synchronous.

mod sort;

use core::ops::Range;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use crate::inject::{EdgeKind, Injection, Provider, Target};
use crate::meta::{Identity, MetaRef, PluginMeta};

/// The place of a plugin in the graph.
pub(crate) type NodeId = u32;

/// The plugins of an application and the edges between them. Nodes are sorted by name, so that nothing depends on the
/// order in which the linker or a list gave them.
#[derive(Debug)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    /// One entry an injection, all nodes' in a row: its range in `providers`.
    injections: Vec<Range<u32>>,
    providers: Vec<Provider>,
    /// Each node's ordering dependencies, all nodes' in a row.
    dependencies: Rows,
    /// The other way round.
    dependents: Rows,
    order: Vec<NodeId>,
    ranks: Vec<u32>,
    names: ByHash<NodeId>,
}

#[derive(Debug)]
struct Node {
    meta: &'static PluginMeta,
    /// The first of its injections in `Graph::injections`.
    first_injection: u32,
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
        let mut metas: Vec<&'static PluginMeta> =
            plugins.iter().map(|plugin| plugin.get()).collect();
        metas.sort_unstable_by_key(|meta| meta.name());
        let index = Index::of(&metas)?;
        let mut resolved = Resolved::default();
        let mut nodes = Vec::with_capacity(metas.len());
        for meta in &metas {
            nodes.push(Node {
                meta,
                first_injection: to_u32(resolved.injections.len()),
            });
            resolved.add(meta, &index)?;
        }
        let dependents = resolved.dependencies.transposed(nodes.len());
        let order = sort::order(&resolved.dependencies, &dependents).ok_or(NotAGraph)?;
        let mut ranks = vec![0; nodes.len()];
        for (rank, node) in order.iter().enumerate() {
            ranks[*node as usize] = to_u32(rank);
        }
        let Resolved {
            injections,
            providers,
            dependencies,
        } = resolved;
        Ok(Self {
            nodes,
            injections,
            providers,
            dependencies,
            dependents,
            order,
            ranks,
            names: index.names,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn meta(&self, node: NodeId) -> &'static PluginMeta {
        self.nodes[node as usize].meta
    }

    pub(crate) fn metas(&self) -> impl Iterator<Item = (NodeId, &'static PluginMeta)> {
        (0..).zip(self.nodes.iter().map(|node| node.meta))
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
        let first = self.nodes[node as usize].first_injection as usize;
        let range = &self.injections[first + at];
        &self.providers[range.start as usize..range.end as usize]
    }

    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        let node = *self.names.get(&crate::meta::hash_name(name))?;
        (self.meta(node).name() == name).then_some(node)
    }

    /// The node of a plugin type.
    pub(crate) fn node_of(&self, plugin: &Identity) -> Option<NodeId> {
        let node = *self.names.get(&plugin.hash)?;
        self.meta(node).identity.same_type(plugin).then_some(node)
    }
}

fn to_u32(count: usize) -> u32 {
    // More than 4 billion plugins do not fit an address space: each has a static.
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Rows of different lengths in one allocation.
#[derive(Debug, Default)]
struct Rows {
    /// The end of each row.
    ends: Vec<u32>,
    items: Vec<Dependency>,
}

impl Rows {
    fn end_row(&mut self) {
        self.ends.push(to_u32(self.items.len()));
    }

    fn row(&self, node: NodeId) -> &[Dependency] {
        let node = node as usize;
        let start = if node == 0 {
            0
        } else {
            self.ends[node - 1] as usize
        };
        &self.items[start..self.ends[node] as usize]
    }

    /// The same edges from the other end, each row in ascending order.
    fn transposed(&self, count: usize) -> Self {
        let mut ends = vec![0u32; count];
        for item in &self.items {
            ends[item.node as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            // First the start of each row; filling moves it to the end.
            total += core::mem::replace(end, total);
        }
        let mut items = vec![
            Dependency {
                node: 0,
                needed: false
            };
            self.items.len()
        ];
        for from in 0..to_u32(count) {
            for to in self.row(from) {
                let end = &mut ends[to.node as usize];
                items[*end as usize] = Dependency {
                    node: from,
                    needed: to.needed,
                };
                *end += 1;
            }
        }
        Self { ends, items }
    }
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
struct Index {
    names: ByHash<NodeId>,
    services: ByHash<Vec<Provider>>,
    metas: Vec<&'static PluginMeta>,
}

impl Index {
    fn of(metas: &[&'static PluginMeta]) -> Result<Self, NotAGraph> {
        let mut names =
            ByHash::with_capacity_and_hasher(metas.len(), BuildHasherDefault::default());
        let mut services: ByHash<Vec<Provider>> = ByHash::default();
        for (node, meta) in (0..).zip(metas) {
            match names.entry(meta.identity.hash) {
                Entry::Vacant(free) => free.insert(node),
                // Two of one name, or two names of one hash: neither can be told apart.
                Entry::Occupied(_) => return Err(NotAGraph),
            };
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
            metas: metas.to_vec(),
        })
    }

    fn named(&self, name: &str, hash: u64) -> Option<NodeId> {
        let node = *self.names.get(&hash)?;
        (self.metas[node as usize].name() == name).then_some(node)
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
            Target::Events | Target::Settings(_) => return Ok(()),
            Target::Plugin(target) => {
                let target = &target.get().identity;
                let node = self.named(target.name, target.hash);
                let found =
                    node.filter(|node| self.metas[*node as usize].identity.same_type(target));
                to.extend(found.map(|node| Provider { node, cast: None }));
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

#[derive(Default)]
struct Resolved {
    injections: Vec<Range<u32>>,
    providers: Vec<Provider>,
    dependencies: Rows,
}

impl Resolved {
    fn add(&mut self, meta: &'static PluginMeta, index: &Index) -> Result<(), NotAGraph> {
        for injection in meta.injects {
            let start = to_u32(self.providers.len());
            index.resolve(injection, &mut self.providers)?;
            self.injections.push(start..to_u32(self.providers.len()));
            if injection.edge.kind.orders() {
                let needed = injection.edge.kind.demands();
                let providers = &self.providers[start as usize..];
                self.dependencies
                    .items
                    .extend(providers.iter().map(|p| Dependency {
                        node: p.node,
                        needed,
                    }));
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
        self.dependencies.end_row();
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
