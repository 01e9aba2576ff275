//! One edge: whether it is met, and by whom.

use super::list::{List, Mark, NONE, mark};
use crate::inject::{EdgeKind, Injection, Requirement, Target};
use crate::meta::{PluginMeta, ServiceMeta};

/// What is wrong with an edge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The injected plugin is not in the list.
    Unlisted,
    /// No plugin has the required name.
    Unrequited,
    /// No plugin has the name that an injected service is to come from.
    Unnamed,
    /// The plugin of that name does not provide the service.
    NotProviding,
    /// Nobody provides the service.
    NoProvider,
    /// Several provide it, and one is asked for.
    Several,
    /// The version is outside the range.
    Version,
}

/// Where an edge leads.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    /// To nobody, and that is well.
    Nowhere,
    /// To this entry.
    To(usize),
    /// To all providers of the service.
    ToAll,
    /// It does not lead where it should; the entry, where there is one, is who is there instead.
    Wrong(Fault, usize),
}

/// Who provides a service.
#[derive(Clone, Copy)]
pub(super) struct Providers {
    /// The first one's entry.
    pub(super) first: usize,
    last: usize,
    /// How many there are. Namesakes do not count unless there is nobody else: their name is the fault to mend.
    pub(super) count: usize,
}

impl Providers {
    pub(super) const NONE: Self = Self {
        first: NONE,
        last: NONE,
        count: 0,
    };

    /// Counts one more; false where it is counted already, since one plugin may say it twice.
    pub(super) const fn add(&mut self, entry: usize, marks: Mark) -> bool {
        if self.last == entry {
            return false;
        }
        self.last = entry;
        if self.first == NONE {
            self.first = entry;
        }
        if marks & mark::NAMESAKE == 0 {
            self.count += 1;
        }
        true
    }
}

/// The edges of a plugin by number: first what it injects, then what it requires.
pub(super) enum Edge {
    Inject(&'static Injection),
    Require(&'static Requirement),
}

pub(super) const fn edge_count(plugin: &PluginMeta) -> usize {
    plugin.injects.len() + plugin.requires.len()
}

pub(super) const fn edge(plugin: &'static PluginMeta, number: usize) -> Edge {
    let injects = plugin.injects.len();
    if number < injects {
        Edge::Inject(&plugin.injects[number])
    } else {
        Edge::Require(&plugin.requires[number - injects])
    }
}

pub(super) const fn judge_requirement(
    list: &List<'_>,
    marks: &[Mark],
    requirement: &Requirement,
) -> Verdict {
    let entry = list.named(requirement.name, requirement.hash);
    if entry == NONE {
        return Verdict::Wrong(Fault::Unrequited, NONE);
    }
    // Which of two namesakes is meant, nobody can say.
    let known = marks[entry] & mark::SHARED == 0;
    if known && !requirement.version.matches(&list.meta(entry).version) {
        return Verdict::Wrong(Fault::Version, entry);
    }
    Verdict::To(entry)
}

pub(super) const fn judge_plugin(list: &List<'_>, kind: EdgeKind, target: &PluginMeta) -> Verdict {
    match list.of_type(&target.identity) {
        NONE if kind.demands() => Verdict::Wrong(Fault::Unlisted, NONE),
        NONE => Verdict::Nowhere,
        // The version was compared where it is written: the range and the plugin's type are both known there.
        entry => Verdict::To(entry),
    }
}

pub(super) const fn judge_service(
    list: &List<'_>,
    marks: &[Mark],
    injection: &Injection,
    service: &ServiceMeta,
    providers: Providers,
) -> Verdict {
    let kind = injection.edge.kind;
    let entry = match injection.name {
        Some(name) => match named_provider(list, marks, name, service) {
            Verdict::To(entry) => entry,
            Verdict::Wrong(Fault::Unnamed, _) if !kind.demands() => return Verdict::Nowhere,
            other => return other,
        },
        None if matches!(kind, EdgeKind::Many) => return Verdict::ToAll,
        None if providers.first == NONE && kind.demands() => {
            return Verdict::Wrong(Fault::NoProvider, NONE);
        }
        None if providers.first == NONE => return Verdict::Nowhere,
        None if providers.count > 1 => return Verdict::Wrong(Fault::Several, providers.first),
        None => providers.first,
    };
    let known = marks[entry] & mark::SHARED == 0;
    if known && !injection.version.matches(&list.meta(entry).version) {
        return Verdict::Wrong(Fault::Version, entry);
    }
    Verdict::To(entry)
}

const fn named_provider(
    list: &List<'_>,
    marks: &[Mark],
    name: &str,
    service: &ServiceMeta,
) -> Verdict {
    let entry = list.named(name, crate::meta::hash_name(name));
    if entry == NONE {
        return Verdict::Wrong(Fault::Unnamed, NONE);
    }
    if provides(list.meta(entry), service) {
        Verdict::To(entry)
    } else if marks[entry] & mark::SHARED != 0 {
        // Its namesake may provide it; that they share a name is the fault to mend.
        Verdict::Nowhere
    } else {
        Verdict::Wrong(Fault::NotProviding, entry)
    }
}

/// Whether the plugin provides the service.
pub(super) const fn provides(plugin: &PluginMeta, service: &ServiceMeta) -> bool {
    let mut i = 0;
    while i < plugin.provides.len() {
        if plugin.provides[i]
            .service
            .identity
            .same_type(&service.identity)
        {
            return true;
        }
        i += 1;
    }
    false
}

/// All providers of a service, found one by one. The analysis counts them as it goes; this is for when something is to be
/// said about them.
pub(super) const fn providers(list: &List<'_>, marks: &[Mark], service: &ServiceMeta) -> Providers {
    let mut found = Providers::NONE;
    let mut entry = 0;
    while entry < list.len() {
        if marks[entry] & mark::TWICE == 0 && provides(list.meta(entry), service) {
            found.add(entry, marks[entry]);
        }
        entry += 1;
    }
    found
}

/// Where an edge leads, found without the analysis' tables. `Target::Events` and settings lead nowhere.
pub(super) const fn judge(
    list: &List<'_>,
    marks: &[Mark],
    plugin: &'static PluginMeta,
    number: usize,
) -> Verdict {
    match edge(plugin, number) {
        Edge::Require(requirement) => judge_requirement(list, marks, requirement),
        Edge::Inject(injection) => match injection.edge.target {
            Target::Plugin(target) => judge_plugin(list, injection.edge.kind, target.get()),
            Target::Service(service) => {
                let found = providers(list, marks, service);
                judge_service(list, marks, injection, service, found)
            }
            Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings => {
                Verdict::Nowhere
            }
        },
    }
}
