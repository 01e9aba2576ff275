//! What is said of the entries that the analysis has marked. Nothing here runs for a sound list, so nothing is kept for it:
//! what is needed is found anew.

use super::edge::{Edge, Fault, Verdict, edge, edge_count, judge};
use super::help::has_words;
use super::list::{List, Mark, mark};
use super::message::Message;
use super::ring::{Step, closes, write_ring};
use super::text::{same, same_crate};
use crate::inject::Target;
use crate::meta::PluginMeta;

/// A list and what was found out about it.
#[derive(Clone, Copy)]
pub(super) struct Report<'a> {
    pub(super) list: List<'a>,
    pub(super) marks: &'a [Mark],
    pub(super) rings: &'a [usize],
}

impl<'a> Report<'a> {
    /// All that is wrong with one entry, but for the order of its hooks.
    pub(super) const fn write_entry(&self, entry: usize, to: &mut Message) {
        let marks = self.marks[entry];
        if marks & mark::NAMESAKE != 0 {
            self.write_namesake(entry, to);
        }
        if marks & mark::SECTION != 0 {
            self.write_section(entry, to);
        }
        if marks & mark::UNKNOWN != 0 {
            self.write_unknown(entry, to);
        }
        if marks & mark::EDGE != 0 {
            let plugin = self.list.meta(entry);
            let mut number = 0;
            while number < edge_count(plugin) {
                if let Some((fault, other)) = self.fault(entry, number) {
                    self.write_edge(entry, number, fault, other, to);
                }
                number += 1;
            }
        }
    }

    /// What is wrong with an edge, and who is there instead. A service that shares its name with another is reported as
    /// that, and an edge to it is not at fault.
    pub(super) const fn fault(&self, entry: usize, number: usize) -> Option<(Fault, usize)> {
        let plugin = self.list.meta(entry);
        if self.is_clashing(entry, number) {
            return None;
        }
        match judge(&self.list, self.marks, plugin, number) {
            Verdict::Wrong(fault, other) => Some((fault, other)),
            _ => None,
        }
    }

    const fn write_namesake(&self, entry: usize, to: &mut Message) {
        let plugin = self.list.meta(entry);
        let other = self
            .list
            .meta(self.list.named(plugin.name(), plugin.identity.hash));
        to.fault("PP040", &["two plugins are named `", plugin.name(), "`: `"]);
        to.path(&other.identity);
        to.push(&["` and `"]);
        to.path(&plugin.identity);
        to.push(&["`"]);
        to.line(&["declared at "]);
        to.place(&other.identity.location);
        to.push(&[" and "]);
        to.place(&plugin.identity.location);
        let attribute = if is_function(plugin) {
            "hook(…, "
        } else {
            "plugin("
        };
        to.line(&[
            "help: give this one another name: `#[",
            attribute,
            "name = \"",
        ]);
        write_other_name(plugin, to);
        to.push(&["\")]` at "]);
        to.place(&plugin.identity.location);
    }

    const fn write_section(&self, entry: usize, to: &mut Message) {
        let plugin = self.list.meta(entry);
        let mut first = 0;
        while first < entry {
            let other = self.list.meta(first);
            if super::analysis::reads_settings(other) && same(other.section(), plugin.section()) {
                break;
            }
            first += 1;
        }
        let other = self.list.meta(first);
        let (name, other_name) = (plugin.name(), other.name());
        to.fault(
            "PP049",
            &[
                "plugins `",
                other_name,
                "` and `",
                name,
                "` both read the settings section `",
            ],
        );
        to.push(&[plugin.section(), "`"]);
        to.line(&["declared at "]);
        to.place(&other.identity.location);
        to.push(&[" and "]);
        to.place(&plugin.identity.location);
        // The one that took the other's name gives way.
        let gives_way = if same(plugin.section(), name) {
            other
        } else {
            plugin
        };
        to.line(&[
            "help: give `",
            gives_way.name(),
            "` a section of its own: `#[plugin(settings = \"",
        ]);
        to.push(&[gives_way.name(), "\")]` at "]);
        to.place(&gives_way.identity.location);
    }

    /// The ring that an entry is the first of. `also_typed` includes those that the plugin's own crate reports.
    pub(super) const fn write_ring_of(&self, entry: usize, also_typed: bool, to: &mut Message) {
        const SHOWN: usize = 24;
        let start = self.list.metas[entry];
        let mut steps = [Step {
            from: start,
            edge: 0,
            to: start,
        }; SHOWN];
        let (mut length, mut at, mut typed) = (0, entry, true);
        loop {
            let next = self.rings[at];
            let step = self.step(at, next);
            typed &= is_typed(&step);
            if length < SHOWN {
                steps[length] = step;
            }
            length += 1;
            at = next;
            if at == entry {
                break;
            }
        }
        if also_typed || !typed || !closes(start.get()) {
            let count = if length < SHOWN { length } else { SHOWN };
            write_ring(to, &steps, count, length);
        }
    }

    const fn step(&self, from: usize, to: usize) -> Step {
        let plugin = self.list.meta(from);
        let mut number = 0;
        while number < edge_count(plugin) {
            if self.leads(from, number, to) {
                break;
            }
            number += 1;
        }
        Step {
            from: self.list.metas[from],
            edge: number,
            to: self.list.metas[to],
        }
    }

    /// Whether an edge makes `from` wait for `to`.
    const fn leads(&self, from: usize, number: usize, to: usize) -> bool {
        let plugin = self.list.meta(from);
        let service = match edge(plugin, number) {
            Edge::Inject(_) if self.is_clashing(from, number) => return false,
            Edge::Inject(injection) if !injection.edge.kind.orders() => return false,
            Edge::Inject(injection) => match injection.edge.target {
                Target::Service(service) => Some(service),
                _ => None,
            },
            Edge::Require(_) => None,
        };
        match (judge(&self.list, self.marks, plugin, number), service) {
            (Verdict::To(entry), _) => entry == to,
            (Verdict::ToAll, Some(service)) => super::edge::provides(self.list.meta(to), service),
            _ => false,
        }
    }
}

/// Whether a plugin stands for a hook function: functions begin with a small letter.
const fn is_function(plugin: &PluginMeta) -> bool {
    matches!(
        plugin.identity.type_name.as_bytes(),
        [b'a'..=b'z' | b'_', ..]
    )
}

/// A typed edge inside one crate, as [`check_ring`](super::check_ring) follows them.
const fn is_typed(step: &Step) -> bool {
    let typed = match edge(step.from.get(), step.edge) {
        Edge::Inject(injection) => matches!(injection.edge.target, Target::Plugin(_)),
        Edge::Require(_) => false,
    };
    typed && same_crate(step.from.get().module(), step.to.get().module())
}

/// A name that is free, most likely: that of the crate, with the plugin's own unless it is in there.
const fn write_other_name(plugin: &PluginMeta, to: &mut Message) {
    let module = plugin.module().as_bytes();
    let mut end = 0;
    while end < module.len() && module[end] != b':' {
        end += 1;
    }
    let Some(name) = part_of(module, 0, end) else {
        return;
    };
    if same(name, plugin.name()) {
        to.push(&["…"]);
        return;
    }
    let mut from = 0;
    while from < end {
        let dash = module[from] == b'_';
        let mut part_end = from + 1;
        while part_end < end && !dash && module[part_end] != b'_' {
            part_end += 1;
        }
        match part_of(module, from, part_end) {
            Some(part) if !dash => to.push(&[part]),
            _ => to.push(&["-"]),
        }
        from = part_end;
    }
    if !has_words(name, plugin.name()) {
        to.push(&["-", plugin.name()]);
    }
}

/// `text[from..to]`, which is not `const`.
const fn part_of(text: &[u8], from: usize, to: usize) -> Option<&str> {
    let (_, rest) = text.split_at(from);
    let (part, _) = rest.split_at(to - from);
    match core::str::from_utf8(part) {
        Ok(part) => Some(part),
        Err(_) => None,
    }
}
