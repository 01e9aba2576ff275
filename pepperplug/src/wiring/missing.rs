//! What is said of an edge whose target is not there: once for each target, with everyone who misses it.

use super::edge::{Edge, Fault, edge, edge_count, provides};
use super::help::{nearest, write_all_off, write_off};
use super::list::{NONE, mark};
use super::message::Message;
use super::report::Report;
use super::text::same;
use crate::inject::Target;
use crate::meta::{Identity, Location, PluginMeta, ServiceMeta};

/// What is not there. Several edges may miss the same: that is one fault.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    Type(&'static Identity),
    Required(&'static str),
    Named(&'static str),
    Provider(&'static Identity),
}

impl Missing {
    /// Of those who miss the same plugin, the first says so who knows most about it.
    const fn rank(self) -> u8 {
        match self {
            Self::Type(_) => 0,
            Self::Required(_) => 1,
            Self::Named(_) | Self::Provider(_) => 2,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Type(identity) | Self::Provider(identity) => identity.name,
            Self::Required(name) | Self::Named(name) => name,
        }
    }

    const fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Type(left), Self::Type(right))
            | (Self::Provider(left), Self::Provider(right)) => left.same_type(right),
            (Self::Provider(_), _) | (_, Self::Provider(_)) => false,
            _ => same(self.name(), other.name()),
        }
    }
}

impl Report<'_> {
    pub(super) const fn missing(&self, entry: usize, number: usize) -> Option<Missing> {
        let Some((fault, _)) = self.fault(entry, number) else {
            return None;
        };
        match (fault, edge(self.list.meta(entry), number)) {
            (Fault::Unrequited, Edge::Require(requirement)) => {
                Some(Missing::Required(requirement.name))
            }
            (Fault::Unlisted, Edge::Inject(injection)) => match injection.edge.target {
                Target::Plugin(plugin) => Some(Missing::Type(&plugin.get().identity)),
                _ => None,
            },
            (Fault::NoProvider, Edge::Inject(injection)) => match injection.edge.target {
                Target::Service(service) => Some(Missing::Provider(&service.identity)),
                _ => None,
            },
            (Fault::Unnamed, Edge::Inject(injection)) => match injection.name {
                Some(name) => Some(Missing::Named(name)),
                None => None,
            },
            _ => None,
        }
    }

    /// Whether the edge of another, or an earlier one, says that the same is missing.
    pub(super) const fn is_told_elsewhere(
        &self,
        entry: usize,
        number: usize,
        missing: Missing,
    ) -> bool {
        let mut other = 0;
        while other < self.list.len() && (other <= entry || missing.rank() > 0) {
            let edges = edge_count(self.list.meta(other));
            let mut at = 0;
            while at < edges && self.marks[other] & mark::EDGE != 0 {
                if let Some(same) = self.missing(other, at) {
                    let earlier = other < entry || (other == entry && at < number);
                    let knows_more = same.rank() < missing.rank();
                    if (knows_more || (earlier && same.rank() == missing.rank()))
                        && same.is(missing)
                    {
                        return true;
                    }
                }
                at += 1;
            }
            other += 1;
        }
        false
    }

    /// Who else misses the same.
    const fn write_others(&self, entry: usize, missing: Missing, to: &mut Message) {
        const SHOWN: usize = 3;
        let (mut count, mut other) = (0, 0);
        while other < self.list.len() {
            if other != entry && self.misses(other, missing) {
                if count < SHOWN {
                    to.push(&[if count == 0 { "; also by `" } else { ", `" }]);
                    to.push(&[self.list.meta(other).name(), "`"]);
                }
                count += 1;
            }
            other += 1;
        }
        if count > SHOWN {
            to.push(&[" and "]);
            to.number(count - SHOWN);
            to.push(&[" more"]);
        }
    }

    const fn misses(&self, entry: usize, missing: Missing) -> bool {
        let edges = edge_count(self.list.meta(entry));
        let mut at = 0;
        while at < edges && self.marks[entry] & mark::EDGE != 0 {
            if let Some(same) = self.missing(entry, at) {
                if same.is(missing) {
                    return true;
                }
            }
            at += 1;
        }
        false
    }

    pub(super) const fn write_missing(
        &self,
        entry: usize,
        number: usize,
        missing: Missing,
        to: &mut Message,
    ) {
        let plugin = self.list.meta(entry);
        let (name, wanted) = (plugin.name(), missing.name());
        let (place, word) = match edge(plugin, number) {
            Edge::Inject(injection) => (&injection.location, "injected at "),
            Edge::Require(requirement) => (&requirement.location, "required at "),
        };
        match missing {
            Missing::Type(_) => {
                to.fault(
                    "PP051",
                    &[
                        "plugin `",
                        name,
                        "` injects plugin `",
                        wanted,
                        "`, which is not in the list",
                    ],
                );
            }
            Missing::Required(_) => {
                to.fault(
                    "PP042",
                    &[
                        "plugin `",
                        name,
                        "` requires plugin `",
                        wanted,
                        "`, and no plugin of this application has that name",
                    ],
                );
            }
            Missing::Named(_) => {
                to.fault(
                    "PP045",
                    &[
                        "plugin `",
                        name,
                        "` injects service `",
                        service_name(plugin, number),
                    ],
                );
                to.push(&[
                    "` of plugin `",
                    wanted,
                    "`, and no plugin of this application has that name",
                ]);
            }
            Missing::Provider(_) => {
                to.fault(
                    "PP043",
                    &[
                        "plugin `",
                        name,
                        "` injects service `",
                        wanted,
                        "`, and no plugin of this application provides it",
                    ],
                );
            }
        }
        to.line(&[word]);
        to.place(place);
        self.write_others(entry, missing, to);
        match missing {
            Missing::Type(wanted) => self.help_type(wanted, to),
            Missing::Required(wanted) => self.help_name(wanted, "\"", place, to),
            Missing::Named(wanted) => self.help_provider(plugin, number, wanted, to),
            Missing::Provider(wanted) => self.help_service(wanted, to),
        }
    }

    const fn help_type(&self, wanted: &Identity, to: &mut Message) {
        if write_off(&self.list, &[wanted.type_name], to)
            || write_off(&self.list, &[wanted.name], to)
        {
            return;
        }
        let other = self.list.named(wanted.name, wanted.hash);
        if other != NONE {
            to.line(&["another plugin of that name is: `"]);
            to.path(&self.list.meta(other).identity);
            to.push(&["`"]);
        }
        to.line(&["help: add `"]);
        to.path_from(wanted, self.list.module);
        to.push(&["` to the list"]);
    }

    const fn help_name(&self, wanted: &str, quote: &str, place: &Location, to: &mut Message) {
        if write_off(&self.list, &[wanted], to) {
            return;
        }
        if let Some(near) = nearest(&self.list, wanted) {
            to.line(&["help: write `", quote, near, quote, "` at "]);
            to.place(place);
            return;
        }
        self.help_add(&["named `", wanted, "`"], to);
    }

    const fn help_service(&self, wanted: &Identity, to: &mut Message) {
        if !write_off(&self.list, &[wanted.name, wanted.type_name], to) {
            self.help_add(&["with `provides(dyn ", wanted.type_name, ")`"], to);
        }
    }

    const fn help_add(&self, what: &[&str], to: &mut Message) {
        // Without a list, what is linked is what there is.
        let (before, after) = if self.list.candidates.is_empty() {
            (
                "help: link a plugin ",
                ": name its crate in the code, as in `use the_crate as _;`",
            )
        } else {
            ("help: add a plugin ", " to the list")
        };
        to.line(&[before]);
        to.push(what);
        to.push(&[after]);
        write_all_off(&self.list, to);
    }

    /// The provider that was meant: an entry that is off, one of a similar name, or whoever there is.
    const fn help_provider(
        &self,
        plugin: &'static PluginMeta,
        number: usize,
        wanted: &str,
        to: &mut Message,
    ) {
        if write_off(&self.list, &[wanted], to) {
            return;
        }
        let Edge::Inject(injection) = edge(plugin, number) else {
            return;
        };
        let Target::Service(service) = injection.edge.target else {
            return;
        };
        let first = match nearest(&self.list, wanted) {
            Some(near) if self.provides_by_name(near, service) => Some(near),
            _ => self.first_provider(plugin, service),
        };
        match first {
            Some(name) => {
                to.line(&["help: write `#[inject(\"", name, "\")]` at "]);
                to.place(&injection.location);
            }
            None => self.help_add(&["named `", wanted, "`"], to),
        }
    }

    const fn provides_by_name(&self, name: &str, service: &ServiceMeta) -> bool {
        let entry = self.list.named(name, crate::meta::hash_name(name));
        entry != NONE && provides(self.list.meta(entry), service)
    }
}

const fn service_name(plugin: &'static PluginMeta, number: usize) -> &'static str {
    if let Edge::Inject(injection) = edge(plugin, number) {
        if let Target::Service(service) = injection.edge.target {
            return service.name();
        }
    }
    ""
}
