//! The rules as one would say them, over the plain data of a [`World`]. A fault is its code, the names in backticks of its
//! first lines, and the line of the place that it points at.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{EVENTS, Hook, Inject, Kind, On, SERVICES, To, World};
use crate::hook::EventPattern;
use crate::inject::EdgeKind;

/// Places in the list.
type Entry = usize;

/// What comes of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Leads(Vec<Entry>),
    Missing(Missing),
    Wrong(String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Type(usize),
    Required(&'static str),
    Named(&'static str),
    Provider(usize),
}

/// What one plugin misses: where, and the words for it.
struct Miss {
    entry: Entry,
    what: Missing,
    line: u32,
    names: Vec<&'static str>,
}

/// What the rules find in the order of hooks.
#[derive(Debug, Default)]
pub(super) struct Contradictions {
    /// Event and first plugin.
    pub(super) sure: Vec<(&'static str, &'static str)>,
    /// Those of patterns alone, which would be the same on other events, so that one is enough.
    pub(super) of_patterns: Vec<(&'static str, &'static str)>,
    /// Those among which there is one of patterns alone: it may be that which is told.
    pub(super) maybe: Vec<(&'static str, &'static str)>,
}

pub(super) struct Oracle<'a> {
    world: &'a World,
}

impl Contradictions {
    pub(super) fn has_patterns(&self) -> bool {
        !(self.maybe.is_empty() && self.of_patterns.is_empty())
    }
}

impl<'a> Oracle<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self { world }
    }

    fn entries(&self) -> impl Iterator<Item = Entry> + use<> {
        0..self.world.list.len()
    }

    /// Those that are not listed before.
    fn alive(&self) -> impl Iterator<Item = Entry> {
        self.entries().filter(|entry| !self.is_twice(*entry))
    }

    fn kind(&self, entry: Entry) -> &'a Kind {
        &self.world.plugins[self.world.list[entry]]
    }

    pub(super) fn name(&self, entry: Entry) -> &'static str {
        self.kind(entry).name
    }

    fn is_twice(&self, entry: Entry) -> bool {
        self.world.list[..entry].contains(&self.world.list[entry])
    }

    pub(super) fn named(&self, name: &str) -> Option<Entry> {
        self.alive().find(|entry| self.name(*entry) == name)
    }

    fn is_namesake(&self, entry: Entry) -> bool {
        self.named(self.name(entry)) != Some(entry)
    }

    fn is_shared(&self, entry: Entry) -> bool {
        let mut later = self.alive().filter(|other| *other > entry);
        later.any(|other| self.name(other) == self.name(entry))
    }

    /// The services that are used, those of providers first.
    fn used_services(&self) -> Vec<usize> {
        let provided = self
            .alive()
            .flat_map(|entry| self.kind(entry).provides.iter().copied());
        let injected = self.alive().flat_map(|entry| {
            self.kind(entry)
                .injects
                .iter()
                .filter_map(|inject| match inject.to {
                    To::Service(service) => Some(service),
                    To::Plugin(_) => None,
                })
        });
        provided.chain(injected).collect()
    }

    /// The events that are used by their types, those that somebody emits first.
    fn used_events(&self) -> Vec<usize> {
        let emitted = self
            .alive()
            .flat_map(|entry| self.kind(entry).emits.iter().copied());
        let hooks = self.alive().flat_map(|entry| self.kind(entry).hooks.iter());
        let hooked = hooks.filter_map(|hook| match hook.on {
            On::Event(event) => Some(event),
            On::Name(_) => None,
        });
        emitted.chain(hooked).collect()
    }

    /// The type that a service's name stands for: the first.
    fn is_first_service(&self, service: usize) -> bool {
        let used = self.used_services();
        let first = used
            .iter()
            .find(|other| SERVICES[**other].0 == SERVICES[service].0);
        first == Some(&service)
    }

    fn is_first_event(&self, event: usize) -> bool {
        let used = self.used_events();
        let first = used
            .iter()
            .find(|other| EVENTS[**other].0 == EVENTS[event].0);
        first == Some(&event)
    }

    fn providers(&self, service: usize) -> Vec<Entry> {
        let provides = |entry: &Entry| self.kind(*entry).provides.contains(&service);
        self.alive().filter(provides).collect()
    }

    fn require(&self, entry: Entry, name: &'static str, least: u64, line: u32) -> Verdict {
        let Some(found) = self.named(name) else {
            return Verdict::Missing(Missing::Required(name));
        };
        if !self.is_shared(found) && self.kind(found).version < least {
            return Verdict::Wrong(format!("PP046 {} {name} @{line}", self.name(entry)));
        }
        Verdict::Leads(vec![found])
    }

    fn inject(&self, entry: Entry, inject: &Inject) -> Verdict {
        let demands = matches!(inject.kind, EdgeKind::One | EdgeKind::Lazy);
        match inject.to {
            To::Plugin(plugin) => {
                let found = self.alive().find(|other| self.world.list[*other] == plugin);
                match found {
                    None if demands => Verdict::Missing(Missing::Type(plugin)),
                    found => Verdict::Leads(found.into_iter().collect()),
                }
            }
            // One name for two services is the fault, not what comes of it.
            To::Service(service) if !self.is_first_service(service) => Verdict::Leads(Vec::new()),
            To::Service(service) => self.inject_service(entry, inject, service, demands),
        }
    }

    fn inject_service(
        &self,
        entry: Entry,
        inject: &Inject,
        service: usize,
        demands: bool,
    ) -> Verdict {
        let (plugin, line) = (self.name(entry), inject.line);
        let (name, _) = SERVICES[service];
        let all = self.providers(service);
        let found = match inject.from {
            Some(from) => match self.named(from) {
                None if demands => return Verdict::Missing(Missing::Named(from)),
                None => return Verdict::Leads(Vec::new()),
                Some(found) if all.contains(&found) => found,
                // A namesake may provide it.
                Some(found) if self.is_shared(found) => return Verdict::Leads(Vec::new()),
                Some(_) => return Verdict::Wrong(format!("PP045 {plugin} {name} {from} @{line}")),
            },
            None if inject.kind == EdgeKind::Many => return Verdict::Leads(all),
            None => {
                let counted = || all.iter().filter(|entry| !self.is_namesake(**entry));
                if counted().count() > 1 {
                    let names: Vec<_> = counted().map(|entry| self.name(*entry)).collect();
                    let names = names.join(" ");
                    return Verdict::Wrong(format!("PP044 {plugin} {name} {names} @{line}"));
                }
                match all.first() {
                    None if demands => return Verdict::Missing(Missing::Provider(service)),
                    None => return Verdict::Leads(Vec::new()),
                    Some(found) => *found,
                }
            }
        };
        if !self.is_shared(found) && self.kind(found).version < inject.least {
            let found = self.name(found);
            return Verdict::Wrong(format!("PP046 {plugin} {name} {found} @{line}"));
        }
        Verdict::Leads(vec![found])
    }

    /// Everything that the entry injects and requires: the verdict, whether it orders, where, and its names in a message.
    fn edges(&self, entry: Entry) -> Vec<(Verdict, bool, u32, Vec<&'static str>)> {
        let (kind, name) = (self.kind(entry), self.name(entry));
        let injects = kind.injects.iter().map(|inject| {
            let names = match (inject.to, inject.from) {
                (To::Plugin(plugin), _) => vec![name, self.world.plugins[plugin].name],
                (To::Service(service), None) => vec![name, SERVICES[service].0],
                (To::Service(service), Some(from)) => vec![name, SERVICES[service].0, from],
            };
            let orders = inject.kind != EdgeKind::Lazy;
            (self.inject(entry, inject), orders, inject.line, names)
        });
        let requires = kind.requires.iter().map(|require| {
            let verdict = self.require(entry, require.name, require.least, require.line);
            (verdict, true, require.line, vec![name, require.name])
        });
        injects.chain(requires).collect()
    }

    /// Whether what stands in this line makes `from` wait for `to`.
    pub(super) fn waits(&self, from: Entry, line: u32, to: Entry) -> bool {
        self.edges(from).iter().any(|(verdict, orders, at, _)| {
            *orders && *at == line && matches!(verdict, Verdict::Leads(all) if all.contains(&to))
        })
    }

    /// All faults but those in the order of hooks. A ring is told by its first plugin alone.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for entry in self.alive() {
            let wrong = self
                .edges(entry)
                .into_iter()
                .filter_map(|edge| match edge.0 {
                    Verdict::Wrong(fault) => Some(fault),
                    _ => None,
                });
            faults.extend(wrong);
        }
        faults.extend(self.missing());
        faults.extend(self.doubles());
        faults.extend(self.sections());
        faults.extend(self.clashes());
        faults.extend(self.unknown_events());
        faults.extend(self.rings().into_iter().map(|name| format!("PP041 {name}")));
        faults.sort();
        faults
    }

    fn missing(&self) -> Vec<String> {
        let mut all: Vec<Miss> = Vec::new();
        for entry in self.alive() {
            for (verdict, _, line, names) in self.edges(entry) {
                if let Verdict::Missing(what) = verdict {
                    all.push(Miss {
                        entry,
                        what,
                        line,
                        names,
                    });
                }
            }
        }
        let told = |miss: &&Miss| {
            let first = all.iter().find(|other| other.what == miss.what);
            let better =
                |other: &Miss| self.is_same(&other.what, &miss.what) && other.what < miss.what;
            first.is_some_and(|first| (first.entry, first.line) == (miss.entry, miss.line))
                && !all.iter().any(better)
        };
        all.iter()
            .filter(told)
            .map(|miss| self.tell(miss, &all))
            .collect()
    }

    /// Whether one plugin would end both.
    fn is_same(&self, left: &Missing, right: &Missing) -> bool {
        match (left, right) {
            (Missing::Provider(_), _)
            | (_, Missing::Provider(_))
            | (Missing::Type(_), Missing::Type(_)) => left == right,
            _ => self.wanted(left) == self.wanted(right),
        }
    }

    fn wanted(&self, missing: &Missing) -> &'static str {
        match missing {
            Missing::Type(plugin) => self.world.plugins[*plugin].name,
            Missing::Required(name) | Missing::Named(name) => name,
            Missing::Provider(service) => SERVICES[*service].0,
        }
    }

    fn tell(&self, miss: &Miss, all: &[Miss]) -> String {
        let code = match miss.what {
            Missing::Type(_) => "PP051",
            Missing::Required(_) => "PP042",
            Missing::Named(_) => "PP045",
            Missing::Provider(_) => "PP043",
        };
        let others: BTreeSet<Entry> = all
            .iter()
            .filter(|other| self.is_same(&other.what, &miss.what) && other.entry != miss.entry)
            .map(|other| other.entry)
            .collect();
        let mut words = vec![code.to_owned()];
        words.extend(miss.names.iter().copied().map(str::to_owned));
        words.extend(
            others
                .iter()
                .take(3)
                .map(|entry| self.name(*entry).to_owned()),
        );
        if others.len() > 3 {
            words.push(format!("+{}", others.len() - 3));
        }
        words.push(format!("@{}", miss.line));
        words.join(" ")
    }

    fn doubles(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for entry in self.entries() {
            let name = self.name(entry);
            let first = self.named(name).expect("it is listed itself");
            if self.is_twice(entry) {
                faults.push(format!("PP050 {name}"));
            } else if first != entry {
                let path = |entry: Entry| self.world.path(self.world.list[entry]);
                faults.push(format!("PP040 {name} {} {}", path(first), path(entry)));
            }
        }
        faults
    }

    fn sections(&self) -> Vec<String> {
        let mut first: BTreeMap<&str, Entry> = BTreeMap::new();
        let mut faults = Vec::new();
        for entry in self.alive().filter(|entry| self.kind(*entry).reads) {
            let section = self.kind(entry).section();
            let reader = *first.entry(section).or_insert(entry);
            // Of two plugins of one name, the name is the fault.
            if reader != entry && !self.is_namesake(entry) {
                let (reader, name) = (self.name(reader), self.name(entry));
                faults.push(format!("PP049 {reader} {name} {section}"));
            }
        }
        faults
    }

    fn unknown_events(&self) -> Vec<String> {
        let used = self.used_events();
        let is_known = |name: &str| used.iter().any(|event| EVENTS[*event].0 == name);
        let mut faults = Vec::new();
        for entry in self.alive() {
            for hook in &self.kind(entry).hooks {
                if let On::Name(name) = hook.on {
                    if !name.contains('*') && !name.starts_with("app.") && !is_known(name) {
                        faults.push(format!("PP054 method {} {name}", self.name(entry)));
                    }
                }
            }
        }
        faults
    }

    fn clashes(&self) -> Vec<String> {
        let mut faults = BTreeSet::new();
        for service in self
            .used_services()
            .into_iter()
            .filter(|it| !self.is_first_service(*it))
        {
            let (name, type_name) = SERVICES[service];
            let same_name = |other: &usize| SERVICES[*other].0 == name;
            let first = self
                .used_services()
                .into_iter()
                .find(same_name)
                .expect("this one");
            let first = SERVICES[first].1;
            faults.insert(format!(
                "PP053 {name} services::{first} services::{type_name}"
            ));
        }
        for event in self
            .used_events()
            .into_iter()
            .filter(|it| !self.is_first_event(*it))
        {
            let (name, type_name) = EVENTS[event];
            let same_name = |other: &usize| EVENTS[*other].0 == name;
            let first = self
                .used_events()
                .into_iter()
                .find(same_name)
                .expect("this one");
            let first = EVENTS[first].1;
            faults.insert(format!("PP052 {name} events::{first} events::{type_name}"));
        }
        faults.into_iter().collect()
    }

    /// The first plugin by name of all those that wait for each other.
    fn rings(&self) -> Vec<&'static str> {
        let count = self.world.list.len();
        let mut waits = vec![vec![false; count]; count];
        for from in self.alive() {
            for (verdict, orders, ..) in self.edges(from) {
                if let (Verdict::Leads(all), true) = (verdict, orders) {
                    for to in all {
                        waits[from][to] = true;
                    }
                }
            }
        }
        components(&waits)
            .into_iter()
            .filter_map(|ring| ring.into_iter().map(|entry| self.name(entry)).min())
            .collect()
    }

    /// The hooks of an event that have a say in its order: entry and hook.
    fn hooks_on(&self, event: &str) -> Vec<(Entry, &'a Hook)> {
        let all = self.alive().flat_map(|entry| {
            let hooks = self.kind(entry).hooks.iter();
            hooks.map(move |hook| (entry, hook))
        });
        all.filter(|(_, hook)| match hook.on {
            On::Event(of) => EVENTS[of].0 == event && self.is_first_event(of),
            On::Name(pattern) => EventPattern::new(pattern).matches(event),
        })
        .collect()
    }

    /// Whether one of the two says that the first comes before the second.
    fn comes_before(&self, (left, first): (Entry, &Hook), (right, second): (Entry, &Hook)) -> bool {
        let says =
            |names: &[&str], other: Entry| names.iter().any(|it| self.named(it) == Some(other));
        self.name(left) != self.name(right)
            && (says(&first.before, right) || says(&second.after, left))
    }

    pub(super) fn contradictions(&self) -> Contradictions {
        let mut found = Contradictions::default();
        let hooks = self.alive().flat_map(|entry| self.kind(entry).hooks.iter());
        let events: BTreeSet<&str> = hooks.map(Hook::event).collect();
        for event in events {
            // Whatever its patterns stand for, some event fits it.
            let hooks = self.hooks_on(&event.replace("**", "some").replace('*', "some"));
            for ring in self.hook_rings(&hooks) {
                let patterns: Vec<_> = ring
                    .iter()
                    .map(|at| hooks[*at])
                    .filter(|(_, hook)| hook.event().contains('*'))
                    .collect();
                let names = ring.iter().map(|at| self.name(hooks[*at].0));
                let first = names.min().expect("a ring has hooks");
                let among = if patterns.len() == ring.len() {
                    &mut found.of_patterns
                } else if self.hook_rings(&patterns).is_empty() {
                    &mut found.sure
                } else {
                    &mut found.maybe
                };
                among.push((event, first));
            }
        }
        found
    }

    fn hook_rings(&self, hooks: &[(Entry, &Hook)]) -> Vec<Vec<usize>> {
        let row = |left| {
            hooks
                .iter()
                .map(|right| self.comes_before(left, *right))
                .collect()
        };
        components(&hooks.iter().map(|left| row(*left)).collect::<Vec<_>>())
    }

    /// The entries whose hook stands in this line.
    pub(super) fn hook_at(&self, line: u32) -> Option<(Entry, &'a Hook)> {
        self.alive().find_map(|entry| {
            let mut hooks = self.kind(entry).hooks.iter();
            Some((entry, hooks.find(|hook| hook.line == line)?))
        })
    }

    pub(super) fn is_hook_on(&self, hook: &Hook, event: &str) -> bool {
        self.hooks_on(&event.replace("**", "some").replace('*', "some"))
            .iter()
            .any(|(_, other)| other.line == hook.line)
    }

    pub(super) fn has_namesakes(&self) -> bool {
        self.alive().any(|entry| self.is_namesake(entry))
    }
}

/// The nodes that reach themselves, those together that reach each other.
pub(super) fn components(edges: &[Vec<bool>]) -> Vec<Vec<usize>> {
    let reach = reachable(edges);
    let nodes = 0..edges.len();
    let mut found: BTreeSet<Vec<usize>> = BTreeSet::new();
    for node in nodes.clone().filter(|node| reach[*node][*node]) {
        let mutual = |other: &usize| reach[node][*other] && reach[*other][node];
        found.insert(nodes.clone().filter(mutual).collect());
    }
    found.into_iter().collect()
}

/// Whether there is a way of at least one edge: Warshall.
pub(super) fn reachable(edges: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let mut reach = edges.to_vec();
    for over in 0..edges.len() {
        for from in 0..edges.len() {
            for to in 0..edges.len() {
                let by_way = reach[from][over] && reach[over][to];
                reach[from][to] |= by_way;
            }
        }
    }
    reach
}
