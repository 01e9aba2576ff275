//! Plugins that depend on each other in a ring: what is said of it, and the check that each plugin's own crate makes.

use super::message::Message;
use super::text::{precedes, same_crate};
use crate::inject::{EdgeKind, Injection, Target};
use crate::meta::{MetaRef, PluginMeta};

use super::edge::{Edge, edge};

/// How far the walk of one plugin goes. Each plugin of a crate makes its own, so in a large crate the bound is what keeps
/// them cheap; `plugins![…]` finds the rings that lie beyond.
const REACH: usize = 64;

/// Slots of the walk's table: four times as many, so that a look-up is one comparison, nearly always.
const SLOTS: usize = 4 * REACH;

/// The message for a ring of typed injections inside one crate, at its first plugin by name. Rings that need a service or
/// a requirement to close, `plugins![…]` finds; typed ones cannot lead through several crates.
#[must_use]
pub const fn check_ring(meta: MetaRef) -> Option<Message> {
    let start = meta.get();
    if !has_neighbour(start) || !closes(start) {
        return None;
    }
    let walk = walk(start, start, Some(start.name()));
    let mut steps = [Step {
        from: meta,
        edge: 0,
        to: meta,
    }; REACH];
    let count = walk.steps_to(walk.end, meta, &mut steps);
    let mut message = Message::new();
    write_ring(&mut message, &steps, count, count);
    Some(message)
}

/// Whether `check_ring` reports a ring at this plugin.
pub(super) const fn closes(start: &'static PluginMeta) -> bool {
    if !walk(start, start, Some(start.name())).arrived {
        return false;
    }
    // Reported once: not here if the ring, or one that hangs together with it, has an earlier plugin.
    let all = walk_all(start);
    let mut i = 0;
    while i < all.count {
        let other = all.found[i].get();
        if precedes(other.name(), start.name()) && walk(other, start, None).arrived {
            return false;
        }
        i += 1;
    }
    true
}

/// What a plugin waits for by its type, if that is what the edge says.
const fn neighbour(plugin: &PluginMeta, item: usize) -> Option<MetaRef> {
    let edge = &plugin.injects[item].edge;
    match edge.target {
        Target::Plugin(target) if edge.kind.orders() => Some(target),
        _ => None,
    }
}

/// Whether there is anything to walk to: most plugins inject from other crates only, and a ring is reported at its first
/// plugin by name, so the way there leads to one that comes after it. That spares half of the plugins their walk.
const fn has_neighbour(plugin: &PluginMeta) -> bool {
    let mut item = 0;
    while item < plugin.injects.len() {
        if let Some(target) = neighbour(plugin, item) {
            let target = target.get();
            if !precedes(target.name(), plugin.name())
                && same_crate(plugin.module(), target.module())
            {
                return true;
            }
        }
        item += 1;
    }
    false
}

/// A breadth-first walk over the typed edges inside a crate.
struct Walk {
    found: [MetaRef; REACH],
    /// From where, and by which edge, each was found.
    from: [usize; REACH],
    edges: [usize; REACH],
    count: usize,
    /// Hashes of the names that were seen; 0 for none. Of two names of one hash one is missed, and left to `plugins![…]`.
    seen: [u64; SLOTS],
    seen_count: usize,
    /// Whether the target was reached, and from which plugin, by which edge.
    arrived: bool,
    end: usize,
    end_edge: usize,
}

/// Walks from `start` until an edge leads to `target`, through plugins that come after `after` by name only.
const fn walk(start: &'static PluginMeta, target: &PluginMeta, after: Option<&str>) -> Walk {
    go(start, Some(target), after)
}

const fn walk_all(start: &'static PluginMeta) -> Walk {
    go(start, None, None)
}

const fn go(start: &'static PluginMeta, target: Option<&PluginMeta>, after: Option<&str>) -> Walk {
    let first = MetaRef::new(start);
    let mut walk = Walk {
        found: [first; REACH],
        from: [0; REACH],
        edges: [0; REACH],
        count: 1,
        seen: [0; SLOTS],
        seen_count: 0,
        arrived: false,
        end: 0,
        end_edge: 0,
    };
    let mut at = 0;
    while at < walk.count {
        let plugin = walk.found[at].get();
        let mut item = 0;
        while item < plugin.injects.len() {
            if let Some(next) = neighbour(plugin, item) {
                if let Some(target) = target {
                    if next.get().identity.hash == target.identity.hash
                        && next.get().identity.same_declaration(&target.identity)
                    {
                        walk.arrived = true;
                        walk.end = at;
                        walk.end_edge = item;
                        return walk;
                    }
                }
                if !walk.visit(next, at, item, start, after) {
                    return walk;
                }
            }
            item += 1;
        }
        at += 1;
    }
    walk
}

impl Walk {
    /// Takes a plugin in, unless it was seen before or is out of bounds; false when the walk is as far as it goes.
    const fn visit(
        &mut self,
        next: MetaRef,
        from: usize,
        edge: usize,
        start: &PluginMeta,
        after: Option<&str>,
    ) -> bool {
        let plugin = next.get();
        let hash = plugin.identity.hash;
        let mut slot = hash as usize % SLOTS;
        while self.seen[slot] != 0 {
            if self.seen[slot] == hash {
                return true;
            }
            slot = (slot + 1) % SLOTS;
        }
        if self.count == REACH || self.seen_count == SLOTS / 2 {
            return false;
        }
        self.seen[slot] = hash;
        self.seen_count += 1;
        let in_bounds = match after {
            Some(name) => precedes(name, plugin.name()),
            None => true,
        };
        if in_bounds && same_crate(start.module(), plugin.module()) {
            self.found[self.count] = next;
            self.from[self.count] = from;
            self.edges[self.count] = edge;
            self.count += 1;
        }
        true
    }

    /// The way from the start to `end` and over the last edge to `target`; returns its length.
    const fn steps_to(&self, end: usize, target: MetaRef, steps: &mut [Step; REACH]) -> usize {
        let mut count = 1;
        let mut at = end;
        while at != 0 {
            at = self.from[at];
            count += 1;
        }
        let (mut to, mut edge, mut step) = (target, self.end_edge, count);
        at = end;
        while step > 0 {
            step -= 1;
            steps[step] = Step {
                from: self.found[at],
                edge,
                to,
            };
            to = self.found[at];
            edge = self.edges[at];
            at = self.from[at];
        }
        count
    }
}

/// One edge of a ring.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) from: MetaRef,
    /// Its number among the edges of `from`.
    pub(super) edge: usize,
    pub(super) to: MetaRef,
}

/// Says that there is a ring: its path, where each edge is written, and which to make lazy. `count` of its `length` steps
/// are given.
pub(super) const fn write_ring(to: &mut Message, steps: &[Step], count: usize, length: usize) {
    let first = steps[0].from.get().name();
    if length == 1 {
        to.fault(
            "PP041",
            &["plugin `", first, "` depends on itself: ", first],
        );
    } else {
        to.fault(
            "PP041",
            &["plugins depend on each other in a ring: ", first],
        );
    }
    let mut i = 0;
    while i < count {
        to.push(&[" -> ", steps[i].to.get().name()]);
        i += 1;
    }
    if count < length {
        to.push(&[" -> … -> ", first, " ("]);
        to.number(length);
        to.push(&[" plugins)"]);
    }
    i = 0;
    while i < count {
        write_step(to, &steps[i]);
        i += 1;
    }
    write_remedy(to, steps, count, length);
}

const fn write_step(to: &mut Message, step: &Step) {
    let target = step.to.get();
    to.line(&[]);
    match edge(step.from.get(), step.edge) {
        Edge::Require(requirement) => {
            to.place(&requirement.location);
            to.push(&[" requires `", target.name(), "`"]);
        }
        Edge::Inject(injection) => {
            to.place(&injection.location);
            match injection.edge.target {
                Target::Service(service) => {
                    to.push(&[
                        " injects service `",
                        service.name(),
                        "`, which `",
                        target.name(),
                        "` provides",
                    ]);
                }
                _ => to.push(&[" injects `", target.name(), "`"]),
            }
        }
    }
}

/// The last edge that can be made lazy is the one to change: the plugin at the end of the path is the likeliest to have
/// been meant as the more basic one.
const fn write_remedy(to: &mut Message, steps: &[Step], count: usize, length: usize) {
    if length == 1 {
        return write_remedy_of_one(to, &steps[0]);
    }
    let mut i = count;
    let mut injected = None;
    while i > 0 {
        i -= 1;
        if let Edge::Inject(injection) = edge(steps[i].from.get(), steps[i].edge) {
            if matches!(injection.edge.kind, EdgeKind::One) {
                to.line(&["help: make one edge lazy: `"]);
                write_lazy(to, injection);
                to.push(&["` at "]);
                to.place(&injection.location);
                return;
            }
            if injected.is_none() {
                injected = Some(injection);
            }
        }
    }
    match injected {
        Some(injection) => {
            to.line(&["help: remove one of these edges, or make one lazy: `"]);
            write_lazy(to, injection);
            let many = matches!(injection.edge.kind, EdgeKind::Many);
            let instead = if many { "Vec" } else { "Option" };
            to.push(&["` in place of the `", instead, "` at "]);
            to.place(&injection.location);
        }
        None => to.line(&["help: remove one of these requirements"]),
    }
}

const fn write_lazy(to: &mut Message, injection: &Injection) {
    match injection.edge.target {
        Target::Plugin(target) => to.push(&["Lazy<", target.get().type_name(), ">"]),
        Target::Service(service) => to.push(&["Lazy<dyn ", service.type_name(), ">"]),
        Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings => {}
    }
}

/// Nothing is gained by being lazy about oneself.
const fn write_remedy_of_one(to: &mut Message, step: &Step) {
    let plugin = step.from.get();
    match edge(plugin, step.edge) {
        Edge::Require(_) => {
            to.line(&["help: remove `\"", plugin.name(), "\"` from its `requires`"])
        }
        Edge::Inject(injection) => match injection.edge.target {
            Target::Service(service) => to.line(&[
                "help: remove the field, or let another plugin alone provide `",
                service.name(),
                "`",
            ]),
            _ => to.line(&[
                "help: remove the field: a method of `",
                plugin.type_name(),
                "` has it as `self`",
            ]),
        },
    }
}
