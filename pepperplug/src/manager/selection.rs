//! Which of the plugins that an application could have are part of it.

use crate::error::Error;
use crate::graph::Graph;
use crate::inject::{Injection, Requirement, Target};
use crate::introspect::DecidedBy;
use crate::meta::{MetaRef, PluginMeta};
use crate::wiring::Candidate;

/// What somebody says of whether a plugin is part of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    pub(super) plugin: String,
    pub(super) enabled: bool,
    pub(super) by: DecidedBy,
    /// Where it says so, after "disabled".
    pub(super) place: String,
}

/// A plugin that is disabled.
#[derive(Debug, Clone)]
pub(super) struct Off {
    pub(super) meta: &'static PluginMeta,
    pub(super) by: DecidedBy,
    /// Where it says so, after "disabled".
    pub(super) place: String,
}

/// All plugins, by whether they are part of the application.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) on: Vec<MetaRef>,
    pub(super) off: Vec<Off>,
}

impl Selection {
    /// All are on that nobody switches off. Of several who speak of one plugin, the last one holds.
    pub(super) fn of(all: &[MetaRef], switches: &[Switch]) -> Self {
        let mut selection = Self::default();
        for plugin in all {
            let meta = plugin.get();
            let said = switches.iter().rfind(|switch| switch.plugin == meta.name());
            match said.filter(|switch| !switch.enabled) {
                None => selection.on.push(*plugin),
                Some(Switch { by, place, .. }) => selection.off.push(Off {
                    meta,
                    by: *by,
                    place: place.clone(),
                }),
            }
        }
        selection
    }

    /// The graph of those that are on.
    ///
    /// # Errors
    /// Whoever needs one that is off; else what is wrong with their wiring.
    pub(super) fn graph(&self, candidates: &[Candidate]) -> Result<Graph, Error> {
        Graph::build(&self.on).map_err(|_| {
            let missing: Vec<String> = self.on.iter().flat_map(|meta| self.missing(meta)).collect();
            if missing.is_empty() {
                Error::Wiring(crate::wiring::problems(&self.on, candidates, &[]))
            } else {
                Error::Disabled(missing)
            }
        })
    }

    /// What a plugin needs of those that are off.
    fn missing(&self, plugin: &MetaRef) -> Vec<String> {
        let meta = plugin.get();
        let required = meta.requires.iter().filter_map(|on| self.required(on));
        let demands = |injection: &&Injection| injection.edge.kind.demands();
        let injected = meta.injects.iter().filter(demands);
        let injected = injected.filter_map(|injection| self.injected(injection));
        let word = |(verb, off): (String, &Off)| {
            let (name, other) = (meta.name(), off.meta.name());
            format!(
                "[PP261] plugin `{name}` {verb}, which is disabled {}: disable `{name}` as well, or enable `{other}`",
                off.place
            )
        };
        required.chain(injected).map(word).collect()
    }

    fn required(&self, on: &Requirement) -> Option<(String, &Off)> {
        let off = self.off.iter().find(|off| off.meta.name() == on.name)?;
        Some((format!("requires `{}`", on.name), off))
    }

    fn injected(&self, injection: &Injection) -> Option<(String, &Off)> {
        let field = injection.field;
        match injection.edge.target {
            Target::Plugin(target) => {
                let identity = &target.get().identity;
                let off = (self.off.iter()).find(|off| off.meta.identity.same_type(identity))?;
                let name = off.meta.name();
                Some((format!("injects plugin `{name}` as `{field}`"), off))
            }
            Target::Service(service) => {
                let provides = |meta: &PluginMeta| {
                    let mut provided = meta.provides.iter();
                    let is_it = provided.any(|p| p.service.identity.same_type(&service.identity));
                    is_it && injection.name.is_none_or(|name| name == meta.name())
                };
                if self.on.iter().any(|plugin| provides(plugin.get())) {
                    return None;
                }
                let off = self.off.iter().find(|off| provides(off.meta))?;
                let (service, by) = (service.name(), off.meta.name());
                let verb = format!("injects service `{service}` as `{field}` from plugin `{by}`");
                Some((verb, off))
            }
            Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings => None,
        }
    }
}
