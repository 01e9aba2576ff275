//! What is said of an edge that does not lead where it should.

use super::edge::{Edge, Fault, edge, provides};
use super::list::mark;
use super::message::Message;
use super::report::Report;
use crate::inject::{Injection, Requirement, Target};
use crate::meta::{PluginMeta, ServiceMeta};

impl Report<'_> {
    /// What is wrong with one edge, unless that is said elsewhere. `other` is who is there instead, for the faults that
    /// have somebody there.
    pub(super) const fn write_edge(
        &self,
        entry: usize,
        number: usize,
        fault: Fault,
        other: usize,
        to: &mut Message,
    ) {
        let plugin = self.list.meta(entry);
        if let Some(missing) = self.missing(entry, number) {
            if !self.is_told_elsewhere(entry, number, missing) {
                self.write_missing(entry, number, missing, to);
            }
            return;
        }
        let other = self.list.meta(other);
        match edge(plugin, number) {
            Edge::Require(requirement) => write_version(plugin, requirement, other, to),
            Edge::Inject(injection) => {
                let Target::Service(service) = injection.edge.target else {
                    return;
                };
                match fault {
                    Fault::Several => self.write_several(plugin, injection, service, to),
                    Fault::NotProviding => {
                        self.write_not_providing(plugin, injection, service, other, to)
                    }
                    _ => write_service_version(plugin, injection, service, other, to),
                }
            }
        }
    }

    /// The first that provides a service, other than `plugin` itself.
    pub(super) const fn first_provider(
        &self,
        plugin: &PluginMeta,
        service: &ServiceMeta,
    ) -> Option<&'static str> {
        let mut entry = 0;
        while entry < self.list.len() {
            let found = self.list.meta(entry);
            if provides(found, service) && !found.identity.same_type(&plugin.identity) {
                return Some(found.name());
            }
            entry += 1;
        }
        None
    }

    const fn write_several(
        &self,
        plugin: &PluginMeta,
        injection: &Injection,
        service: &ServiceMeta,
        to: &mut Message,
    ) {
        to.fault(
            "PP044",
            &[
                "plugin `",
                plugin.name(),
                "` injects service `",
                service.name(),
                "`, and ",
            ],
        );
        to.number(super::edge::providers(&self.list, self.marks, service).count);
        to.push(&[" plugins provide it: "]);
        let (mut entry, mut first) = (0, true);
        while entry < self.list.len() {
            let counts = self.marks[entry] & (mark::TWICE | mark::NAMESAKE) == 0;
            if counts && provides(self.list.meta(entry), service) {
                to.push(&[
                    if first { "`" } else { ", `" },
                    self.list.meta(entry).name(),
                    "`",
                ]);
                first = false;
            }
            entry += 1;
        }
        if let Some(name) = self.first_provider(plugin, service) {
            to.line(&[
                "help: name one, `#[inject(\"",
                name,
                "\")]`, or take all, `Vec<Arc<dyn ",
                service.type_name(),
            ]);
            to.push(&[">>`, at "]);
            to.place(&injection.location);
        }
    }

    const fn write_not_providing(
        &self,
        plugin: &PluginMeta,
        injection: &Injection,
        service: &ServiceMeta,
        other: &PluginMeta,
        to: &mut Message,
    ) {
        to.fault(
            "PP045",
            &[
                "plugin `",
                plugin.name(),
                "` injects service `",
                service.name(),
                "` of plugin `",
            ],
        );
        to.push(&[other.name(), "`, which does not provide it"]);
        match self.first_provider(plugin, service) {
            Some(name) => {
                to.line(&["help: write `#[inject(\"", name, "\")]` at "]);
                to.place(&injection.location);
            }
            None => {
                to.line(&["injected at "]);
                to.place(&injection.location);
                to.line(&[
                    "help: add `provides(dyn ",
                    service.type_name(),
                    ")` to `",
                    other.type_name(),
                    "` at ",
                ]);
                to.place(&other.identity.location);
            }
        }
    }
}

const fn write_version(
    plugin: &PluginMeta,
    requirement: &Requirement,
    other: &PluginMeta,
    to: &mut Message,
) {
    to.fault("PP046", &["plugin `", plugin.name(), "` "]);
    to.version(&plugin.version);
    to.push(&[" requires `", requirement.name, "` "]);
    to.range(&requirement.version);
    to.push(&[", and the one linked is "]);
    to.version(&other.version);
    to.line(&["required at "]);
    to.place(&requirement.location);
    to.push(&[", declared at "]);
    to.place(&other.identity.location);
    to.line(&[
        "help: link a version in that range, or widen the range: `\"",
        other.name(),
        " >=",
    ]);
    to.version(&other.version);
    to.push(&["\"`"]);
}

const fn write_service_version(
    plugin: &PluginMeta,
    injection: &Injection,
    service: &ServiceMeta,
    other: &PluginMeta,
    to: &mut Message,
) {
    to.fault("PP046", &["plugin `", plugin.name(), "` "]);
    to.version(&plugin.version);
    to.push(&[" injects service `", service.name(), "` "]);
    to.range(&injection.version);
    to.push(&[", and `", other.name(), "`, which provides it, is "]);
    to.version(&other.version);
    to.line(&["injected at "]);
    to.place(&injection.location);
    to.push(&[", declared at "]);
    to.place(&other.identity.location);
    to.line(&["help: link a version in that range, or widen the range: `version = \">="]);
    to.version(&other.version);
    to.push(&["\"`"]);
}
