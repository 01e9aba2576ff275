//! The order of hooks: whether `before` and `after` can all hold.

use super::analysis::Analysis;
use super::list::{NONE, mark};
use super::message::Message;
use super::pattern::{fits, is_pattern};
use super::text::{precedes, same};
use crate::hook::HookMeta;
use crate::meta::{PluginMeta, hash_name};

/// All hooks, numbered, in memory that is lent.
pub(super) struct Hooks<'a> {
    /// Hook → the entry that has it.
    entries: &'a mut [usize],
    /// Hook → its number in that plugin.
    items: &'a mut [usize],
    /// Hook → another on the same event; of a pattern, another pattern.
    next: &'a mut [usize],
    count: usize,
    /// The last hook on a pattern.
    patterns: usize,
    /// Whether any hook says `before` or `after`.
    ordered: bool,
    /// Whether a ring of patterns alone was reported; it would be one on every event that they fit.
    patterns_told: bool,
    /// Node → hook, while an event is looked at; none for the two nodes of a plugin.
    nodes: &'a mut [usize],
    /// Entry → the event, from 1, for which it has nodes.
    stamps: &'a mut [usize],
    /// Entry → the node that comes before all its hooks; the next node comes after all of them.
    plugins: &'a mut [usize],
}

impl<'a> Hooks<'a> {
    pub(super) const fn new(room: [&'a mut [usize]; 6]) -> Self {
        let [entries, items, next, nodes, stamps, plugins] = room;
        Self {
            entries,
            items,
            next,
            count: 0,
            patterns: NONE,
            ordered: false,
            patterns_told: false,
            nodes,
            stamps,
            plugins,
        }
    }

    /// Adds a hook on an event, of which `next` is another.
    pub(super) const fn add_hook(
        &mut self,
        entry: usize,
        item: usize,
        next: usize,
        ordered: bool,
    ) -> usize {
        let hook = self.count;
        self.entries[hook] = entry;
        self.items[hook] = item;
        self.next[hook] = next;
        self.count += 1;
        self.ordered |= ordered;
        hook
    }

    pub(super) const fn add_pattern(&mut self, entry: usize, item: usize, ordered: bool) {
        self.patterns = self.add_hook(entry, item, self.patterns, ordered);
    }
}

impl Analysis<'_> {
    const fn hook(&self, hook: usize) -> &'static HookMeta {
        &self.plugin_of(hook).hooks[self.hooks.items[hook]]
    }

    const fn plugin_of(&self, hook: usize) -> &'static PluginMeta {
        self.list.meta(self.hooks.entries[hook])
    }

    /// Marks the first plugin by name of each contradiction; of those that the entry `told` is the first of, says so.
    pub(super) const fn check_hook_order(&mut self, told: usize, to: &mut Message) {
        if !self.hooks.ordered {
            return;
        }
        let mut topic = 0;
        while topic < self.topics.len() {
            let event = self.topics.get(topic);
            let (hooks, ordered) = (event.hooks, event.ordered);
            if hooks != NONE {
                let name = self.hook(hooks).event();
                if ordered || self.is_ordered_by_pattern(name) {
                    self.build_event(topic + 1, name, hooks);
                    if self.graph.find_rings() {
                        self.report_event(name, told, to);
                    }
                }
            }
            topic += 1;
        }
        self.check_patterns(told, to);
    }

    /// Where no hook is on an event by its name, hooks on patterns can contradict each other all the same: read as a name,
    /// with each star for a segment, a pattern is an event that it fits.
    const fn check_patterns(&mut self, told: usize, to: &mut Message) {
        let mut hook = self.hooks.patterns;
        while hook != NONE && !self.hooks.patterns_told {
            let event = self.hook(hook).event();
            if self.is_ordered_by_pattern(event) {
                self.build_event(self.topics.len() + 1 + hook, event, NONE);
                if self.graph.find_rings() {
                    self.report_event(event, told, to);
                }
            }
            hook = self.hooks.next[hook];
        }
    }

    /// Whether a hook on a pattern that `event` fits, itself one or a name, says `before` or `after`.
    const fn is_ordered_by_pattern(&self, event: &str) -> bool {
        let mut hook = self.hooks.patterns;
        while hook != NONE {
            let meta = self.hook(hook);
            if !(meta.before.is_empty() && meta.after.is_empty()) && fits(meta.event(), event) {
                return true;
            }
            hook = self.hooks.next[hook];
        }
        false
    }

    /// The graph of one event: an edge leads from a hook to one that comes after it.
    const fn build_event(&mut self, stamp: usize, event: &str, hooks: usize) {
        self.graph.clear();
        let mut hook = hooks;
        while hook != NONE {
            self.add_hook_node(stamp, hook);
            hook = self.hooks.next[hook];
        }
        hook = self.hooks.patterns;
        while hook != NONE {
            if fits(self.hook(hook).event(), event) {
                self.add_hook_node(stamp, hook);
            }
            hook = self.hooks.next[hook];
        }
        let mut node = 0;
        while node < self.graph.len() {
            if self.hooks.nodes[node] != NONE {
                self.add_order(stamp, node);
            }
            node += 1;
        }
    }

    /// Adds a hook between the two nodes of its plugin: that way an edge to or from all hooks of a plugin is one edge.
    const fn add_hook_node(&mut self, stamp: usize, hook: usize) {
        let entry = self.hooks.entries[hook];
        if self.hooks.stamps[entry] != stamp {
            self.hooks.stamps[entry] = stamp;
            let first = self.graph.add_node();
            let last = self.graph.add_node();
            self.hooks.plugins[entry] = first;
            self.hooks.nodes[first] = NONE;
            self.hooks.nodes[last] = NONE;
        }
        let node = self.graph.add_node();
        self.hooks.nodes[node] = hook;
        self.graph.add_edge(self.hooks.plugins[entry], node);
        self.graph.add_edge(node, self.hooks.plugins[entry] + 1);
    }

    const fn add_order(&mut self, stamp: usize, node: usize) {
        let hook = self.hooks.nodes[node];
        let meta = self.hook(hook);
        let mut i = 0;
        while i < meta.before.len() {
            let other = self.plugin_on_event(stamp, hook, meta.before[i]);
            if other != NONE {
                self.graph.add_edge(node, other);
            }
            i += 1;
        }
        i = 0;
        while i < meta.after.len() {
            let other = self.plugin_on_event(stamp, hook, meta.after[i]);
            if other != NONE {
                self.graph.add_edge(other + 1, node);
            }
            i += 1;
        }
    }

    /// The node before the hooks of the plugin `name`, if it has any on this event and is not called as that of `hook`.
    const fn plugin_on_event(&self, stamp: usize, hook: usize, name: &str) -> usize {
        let entry = self.list.named(name, hash_name(name));
        if entry == NONE || self.hooks.stamps[entry] != stamp {
            return NONE;
        }
        // By name, as hooks are ordered: that two plugins share one is a fault of its own.
        let own = &self.plugin_of(hook).identity;
        if self.list.meta(entry).identity.same_name(own) {
            return NONE;
        }
        self.hooks.plugins[entry]
    }

    const fn report_event(&mut self, event: &str, told: usize, to: &mut Message) {
        let mut node = 0;
        while node < self.graph.len() {
            let hook = self.hooks.nodes[node];
            if hook != NONE {
                let component = self.graph.component(node);
                let first = self.graph.note(component);
                let leads = first == NONE
                    || precedes(
                        self.plugin_of(hook).name(),
                        self.plugin_of(self.hooks.nodes[first]).name(),
                    );
                if leads {
                    self.graph.set_note(component, node);
                }
            }
            node += 1;
        }
        node = 0;
        while node < self.graph.len() {
            if self.graph.note(self.graph.component(node)) == node
                && self.graph.find_ring(node)
                && self.is_news(node)
            {
                let entry = self.hooks.entries[self.hooks.nodes[node]];
                self.marks[entry] |= mark::HOOK;
                if entry == told {
                    self.write_contradiction(event, node, to);
                }
            }
            node += 1;
        }
    }

    /// Whether a ring was not reported on another event before.
    const fn is_news(&mut self, start: usize) -> bool {
        let mut node = start;
        loop {
            let hook = self.hooks.nodes[node];
            if hook != NONE && !is_pattern(self.hook(hook).event()) {
                return true;
            }
            node = self.graph.after(node);
            if node == start {
                let told = self.hooks.patterns_told;
                self.hooks.patterns_told = true;
                return !told;
            }
        }
    }

    /// The next hook in the ring that was found last.
    const fn hook_after(&self, mut node: usize) -> usize {
        loop {
            node = self.graph.after(node);
            if self.hooks.nodes[node] != NONE {
                return node;
            }
        }
    }

    const fn write_contradiction(&self, event: &str, start: usize, to: &mut Message) {
        let first = self.plugin_of(self.hooks.nodes[start]).name();
        to.fault(
            "PP047",
            &[
                if is_pattern(event) {
                    "hooks on events `"
                } else {
                    "hooks on event `"
                },
                event,
                "` contradict each other: ",
                first,
            ],
        );
        let mut node = start;
        let mut edges = 0;
        loop {
            node = self.hook_after(node);
            edges += 1;
            to.push(&[" before ", self.plugin_of(self.hooks.nodes[node]).name()]);
            if node == start {
                break;
            }
        }
        loop {
            let next = self.hook_after(node);
            self.write_order(self.hooks.nodes[node], self.hooks.nodes[next], to);
            node = next;
            if node == start {
                break;
            }
        }
        to.line(&[if edges == 2 {
            "help: remove one of the two"
        } else {
            "help: remove one of them"
        }]);
    }

    /// Where it is written that `hook` comes before `next`.
    const fn write_order(&self, hook: usize, next: usize, to: &mut Message) {
        let (plugin, next_plugin) = (self.plugin_of(hook).name(), self.plugin_of(next).name());
        let says_before = names(self.hook(hook).before, next_plugin);
        let (says, word, other) = if says_before {
            (hook, "before", next_plugin)
        } else {
            (next, "after", plugin)
        };
        to.line(&[]);
        to.place(&self.hook(says).location);
        let (speaker, method) = (self.plugin_of(says).name(), self.hook(says).name);
        to.push(&[
            " hook `", method, "` of `", speaker, "` says `", word, " = \"", other, "\"`",
        ]);
    }
}

const fn names(list: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < list.len() {
        if same(list[i], name) {
            return true;
        }
        i += 1;
    }
    false
}
