//! The rules over a whole list, in about linear time: each entry gets its marks, and each ring is laid down.

use super::edge::{
    Edge, Verdict, edge, edge_count, judge_plugin, judge_requirement, judge_service,
};
use super::graph::Graph;
use super::hooks::Hooks;
use super::list::{List, Mark, NONE, mark};
use super::message::Message;
use super::text::precedes;
use super::topics::{Role, Topics, Use, declared};
use crate::hook::{HookMeta, HookTarget};
use crate::inject::{Injection, Target};
use crate::meta::{PluginMeta, ServiceMeta, hash_name};

/// What is analysed, what comes of it, and the memory that it takes.
pub(super) struct Analysis<'a> {
    pub(super) list: List<'a>,
    /// Entry → what was found out.
    pub(super) marks: &'a mut [Mark],
    /// Entry → the next one in its ring, for entries of a ring that is to be reported.
    pub(super) rings: &'a mut [usize],
    pub(super) topics: Topics<'a>,
    /// Nodes are the entries, then the services that somebody provides: an edge to all providers leads to the service.
    pub(super) graph: Graph<'a>,
    pub(super) hooks: Hooks<'a>,
}

/// How much room the analysis needs: nodes, edges, topics and hooks are each fewer.
pub(super) const fn room_for(list: &List<'_>) -> usize {
    let mut room = list.len() + 1;
    let mut entry = 0;
    while entry < list.len() {
        let plugin = list.meta(entry);
        // One more for the section that it may read. A hook takes two nodes beside its own, for its plugin.
        room += plugin.provides.len()
            + plugin.injects.len()
            + plugin.requires.len()
            + plugin.emits.len()
            + 3 * plugin.hooks.len()
            + 1;
        let mut hook = 0;
        while hook < plugin.hooks.len() {
            room += plugin.hooks[hook].before.len() + plugin.hooks[hook].after.len();
            hook += 1;
        }
        entry += 1;
    }
    room
}

impl Analysis<'_> {
    pub(super) const fn run(&mut self) {
        self.gather();
        let mut entry = 0;
        while entry < self.list.len() {
            if self.marks[entry] & mark::TWICE == 0 {
                self.check_names(entry);
                self.follow_edges(entry);
            }
            entry += 1;
        }
        if self.graph.find_rings() {
            self.lay_rings();
        }
        self.check_hook_order(NONE, &mut Message::new());
    }

    /// Says what is wrong with the order of hooks, as far as the entry `told` is the first of those concerned.
    pub(super) const fn tell_hook_order(&mut self, told: usize, to: &mut Message) {
        self.gather();
        self.check_hook_order(told, to);
    }

    /// Notes who provides, hooks and reads what.
    const fn gather(&mut self) {
        let mut entry = 0;
        while entry < self.list.len() {
            self.graph.add_node();
            self.rings[entry] = NONE;
            entry += 1;
        }
        entry = 0;
        while entry < self.list.len() {
            if self.marks[entry] & mark::TWICE == 0 {
                let plugin = self.list.meta(entry);
                self.gather_services(entry, plugin);
                self.gather_emits(entry, plugin);
                self.gather_section(entry, plugin);
            }
            entry += 1;
        }
        entry = 0;
        while entry < self.list.len() {
            if self.marks[entry] & mark::TWICE == 0 {
                self.gather_hooks(entry, self.list.meta(entry));
            }
            entry += 1;
        }
    }

    const fn gather_services(&mut self, entry: usize, plugin: &PluginMeta) {
        let mut item = 0;
        while item < plugin.provides.len() {
            let service = plugin.provides[item].service;
            let by = Use {
                role: Role::Provides,
                entry,
                item,
            };
            let topic = self.topic_of(service.identity.hash, by);
            if topic != NONE {
                self.add_provider(topic, entry);
            }
            item += 1;
        }
    }

    /// The topic that `by` names; none where it names another type, which is marked.
    const fn topic_of(&mut self, hash: u64, by: Use) -> usize {
        let (topic, known) = self.topics.find_or_add(hash, by);
        if known {
            let first = declared(&self.list, self.topics.get(topic).first);
            if let (Some(first), Some(named)) = (first, declared(&self.list, by)) {
                if !named.same_declaration(first) {
                    self.marks[by.entry] |= mark::CLASH;
                    return NONE;
                }
            }
        }
        topic
    }

    const fn add_provider(&mut self, topic: usize, entry: usize) {
        let mark = self.marks[entry];
        let service = self.topics.get_mut(topic);
        if !service.providers.add(entry, mark) {
            return;
        }
        if service.node == NONE {
            service.node = self.graph.add_node();
        }
        self.graph.add_edge(service.node, entry);
    }

    const fn gather_emits(&mut self, entry: usize, plugin: &PluginMeta) {
        let mut item = 0;
        while item < plugin.emits.len() {
            let role = Role::Emits;
            let by = Use { role, entry, item };
            self.topic_of(plugin.emits[item].identity.hash, by);
            item += 1;
        }
    }

    const fn gather_hooks(&mut self, entry: usize, plugin: &PluginMeta) {
        let mut item = 0;
        while item < plugin.hooks.len() {
            let hook = &plugin.hooks[item];
            let topic = match hook.target {
                HookTarget::Event(event) => self.topic_of(
                    event.meta().identity.hash,
                    Use {
                        role: Role::Hooks,
                        entry,
                        item,
                    },
                ),
                HookTarget::Named(name) if super::pattern::is_pattern(name) => NONE,
                HookTarget::Named(name) => self.topic_of(
                    hash_name(name),
                    Use {
                        role: Role::HooksByName,
                        entry,
                        item,
                    },
                ),
            };
            self.note_hook(topic, entry, item, hook);
            item += 1;
        }
    }

    const fn note_hook(&mut self, topic: usize, entry: usize, item: usize, hook: &HookMeta) {
        let ordered = !hook.before.is_empty() || !hook.after.is_empty();
        if topic == NONE {
            let by_pattern = matches!(hook.target, HookTarget::Named(_));
            if by_pattern {
                self.hooks.add_pattern(entry, item, ordered);
            }
            return;
        }
        let event = self.topics.get_mut(topic);
        event.ordered |= ordered;
        event.hooks = self.hooks.add_hook(entry, item, event.hooks, ordered);
    }

    const fn gather_section(&mut self, entry: usize, plugin: &PluginMeta) {
        if !reads_settings(plugin) {
            return;
        }
        let hash = match plugin.section {
            Some(section) => hash_name(section),
            None => plugin.identity.hash,
        };
        let (_, known) = self.topics.find_or_add(
            hash,
            Use {
                role: Role::Reads,
                entry,
                item: 0,
            },
        );
        // Of two plugins of one name, the name is the fault to mend.
        let namesake = self.marks[entry] & mark::NAMESAKE != 0;
        if known && !namesake {
            self.marks[entry] |= mark::SECTION;
        }
    }

    /// Judges what an entry injects and requires, and adds what orders it to the graph.
    const fn follow_edges(&mut self, entry: usize) {
        let plugin = self.list.meta(entry);
        let mut number = 0;
        while number < edge_count(plugin) {
            match edge(plugin, number) {
                Edge::Require(requirement) => {
                    let verdict = judge_requirement(&self.list, self.marks, requirement);
                    self.follow(entry, verdict, true, NONE);
                }
                Edge::Inject(injection) => match injection.edge.target {
                    Target::Plugin(target) => {
                        let verdict = judge_plugin(&self.list, injection.edge.kind, target.get());
                        self.follow(entry, verdict, injection.edge.kind.orders(), NONE);
                    }
                    Target::Service(service) => {
                        self.follow_service(entry, number, injection, service)
                    }
                    Target::Events
                    | Target::Manager
                    | Target::Settings(_)
                    | Target::AllSettings => {}
                },
            }
            number += 1;
        }
    }

    const fn follow_service(
        &mut self,
        entry: usize,
        item: usize,
        injection: &Injection,
        service: &ServiceMeta,
    ) {
        let by = Use {
            role: Role::Injects,
            entry,
            item,
        };
        let topic = self.topic_of(service.identity.hash, by);
        if topic == NONE {
            return;
        }
        let found = self.topics.get(topic);
        let verdict = judge_service(&self.list, self.marks, injection, service, found.providers);
        self.follow(entry, verdict, injection.edge.kind.orders(), found.node);
    }

    const fn follow(&mut self, entry: usize, verdict: Verdict, orders: bool, service: usize) {
        match verdict {
            Verdict::Wrong(..) => self.marks[entry] |= mark::EDGE,
            Verdict::To(to) if orders => self.graph.add_edge(entry, to),
            Verdict::ToAll if orders && service != NONE => self.graph.add_edge(entry, service),
            Verdict::To(_) | Verdict::ToAll | Verdict::Nowhere => {}
        }
    }

    /// Of each component that is a ring, marks the first entry by name, and lays down the shortest ring through it.
    const fn lay_rings(&mut self) {
        let mut entry = 0;
        while entry < self.list.len() {
            let component = self.graph.component(entry);
            let first = self.graph.note(component);
            if first == NONE || precedes(self.list.meta(entry).name(), self.list.meta(first).name())
            {
                self.graph.set_note(component, entry);
            }
            entry += 1;
        }
        entry = 0;
        while entry < self.list.len() {
            let first = self.graph.note(self.graph.component(entry)) == entry;
            if first && self.graph.find_ring(entry) {
                self.marks[entry] |= mark::RING;
                self.lay_ring(entry);
            }
            entry += 1;
        }
    }

    /// Lays a ring down without the services that it leads through.
    const fn lay_ring(&mut self, start: usize) {
        let mut from = start;
        let mut node = self.graph.after(start);
        loop {
            if node < self.list.len() {
                self.rings[from] = node;
                from = node;
            }
            if node == start {
                return;
            }
            node = self.graph.after(node);
        }
    }
}

/// Whether a plugin reads a section of the settings at all.
pub(super) const fn reads_settings(plugin: &PluginMeta) -> bool {
    let mut i = 0;
    while i < plugin.injects.len() {
        if matches!(plugin.injects[i].edge.target, Target::Settings(_)) {
            return true;
        }
        i += 1;
    }
    false
}
