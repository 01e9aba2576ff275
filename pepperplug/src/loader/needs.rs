//! Who cannot be without whom.

use core::fmt;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::linked::Linked;
use crate::inject::Target;
use crate::meta::{Location, PluginMeta, ServiceMeta};

/// That a plugin cannot be without another.
pub(super) struct Need {
    pub(super) plugin: &'static str,
    how: How,
    location: Location,
}

#[derive(Clone, Copy)]
enum How {
    Requires,
    Injects,
    Service(&'static str),
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.plugin)?;
        match self.how {
            How::Requires => f.write_str("requires it")?,
            How::Injects => f.write_str("injects it")?,
            How::Service(service) => write!(f, "injects its service `{service}`")?,
        }
        write!(f, " at {}", self.location)
    }
}

/// The plugins, and who provides what.
pub(super) struct Needs<'a> {
    linked: &'a Linked,
    /// Hash of a service's name → who provides it.
    providers: HashMap<u64, Vec<&'static PluginMeta>>,
}

impl<'a> Needs<'a> {
    pub(super) fn of(linked: &'a Linked) -> Self {
        let mut providers: HashMap<u64, Vec<&'static PluginMeta>> = HashMap::new();
        for plugin in linked.plugins() {
            for provided in plugin.provided() {
                let of = providers.entry(provided.service.identity.hash).or_default();
                of.push(plugin);
            }
        }
        Self { linked, providers }
    }

    /// The plugins that are disabled although others need them, with all who do. What such a plugin needs in turn is needed
    /// too.
    pub(super) fn needed(
        &self,
        is_disabled: impl Fn(&str) -> bool,
    ) -> BTreeMap<&'static str, Vec<Need>> {
        let mut needed: BTreeMap<&'static str, Vec<Need>> = BTreeMap::new();
        let mut running: Vec<_> = self
            .linked
            .plugins()
            .filter(|plugin| !is_disabled(plugin.name()))
            .collect();
        let mut seen = HashSet::new();
        while let Some(plugin) = running.pop() {
            for (target, how, location) in self.unmet(plugin, &is_disabled) {
                needed.entry(target.name()).or_default().push(Need {
                    plugin: plugin.name(),
                    how,
                    location,
                });
                if seen.insert(target.name()) {
                    running.push(target);
                }
            }
        }
        for by in needed.values_mut() {
            by.sort_by_key(|need| need.plugin);
        }
        needed
    }

    /// The disabled plugins that `plugin` cannot be without.
    fn unmet(
        &self,
        plugin: &'static PluginMeta,
        is_disabled: &impl Fn(&str) -> bool,
    ) -> Vec<(&'static PluginMeta, How, Location)> {
        let mut unmet = Vec::new();
        for requirement in plugin.required() {
            unmet.extend(
                self.linked
                    .get(requirement.name())
                    .map(|target| (target, How::Requires, requirement.location())),
            );
        }
        for injection in plugin.injections() {
            if !injection.edge().kind().demands() {
                continue;
            }
            let location = injection.location();
            match injection.edge().target() {
                Target::Plugin(target) => {
                    let target = self.linked.get(target.get().name());
                    unmet.extend(target.map(|target| (target, How::Injects, location)));
                }
                Target::Service(service) => {
                    let providers = self.providers(service, injection.name);
                    // One that is left will do.
                    if providers
                        .iter()
                        .all(|provider| is_disabled(provider.name()))
                    {
                        let how = How::Service(service.name());
                        unmet.extend(providers.into_iter().map(|target| (target, how, location)));
                    }
                }
                _ => {}
            }
        }
        unmet.retain(|(target, ..)| is_disabled(target.name()));
        unmet
    }

    fn providers(&self, service: &ServiceMeta, name: Option<&str>) -> Vec<&'static PluginMeta> {
        let all = self.providers.get(&service.identity.hash);
        let all = all.into_iter().flatten().copied();
        all.filter(|provider| {
            let provides = provider
                .provided()
                .iter()
                .any(|provided| provided.service.identity.same_type(&service.identity));
            provides && name.is_none_or(|name| provider.name() == name)
        })
        .collect()
    }
}
