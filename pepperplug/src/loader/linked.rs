//! The plugins that manifests are for.

use std::collections::HashMap;

use super::manifest::Manifest;
use super::problem::{Code, LoadProblem};
use crate::meta::{MetaRef, PluginMeta};
use crate::suggest::nearest;
use crate::wiring::{Candidate, PluginSet, may_be_off};

/// As many names as a reader looks through.
const SHOWN: usize = 12;

/// The plugins of the application, and what could be among them.
pub(crate) struct Linked {
    plugins: HashMap<&'static str, &'static PluginMeta>,
    /// Sorted.
    names: Vec<&'static str>,
    candidates: &'static [Candidate],
    /// Linked, but not in the list.
    unlisted: Vec<&'static PluginMeta>,
}

impl Linked {
    /// The plugins of `set`; without one, all that the build linked.
    pub(crate) fn of(set: Option<&'static PluginSet>) -> Self {
        let linked = crate::registry::plugins();
        match set {
            Some(set) => Self::new(set.plugins(), set.candidates(), &linked),
            None => Self::new(&linked, &[], &[]),
        }
    }

    pub(super) fn new(
        plugins: &[MetaRef],
        candidates: &'static [Candidate],
        linked: &[MetaRef],
    ) -> Self {
        let plugins: HashMap<_, _> = plugins
            .iter()
            .map(|plugin| (plugin.get().name(), plugin.get()))
            .collect();
        let mut names: Vec<_> = plugins.keys().copied().collect();
        names.sort_unstable();
        let unlisted = linked.iter().map(|plugin| plugin.get());
        let unlisted = unlisted.filter(|plugin| !plugins.contains_key(plugin.name()));
        Self {
            unlisted: unlisted.collect(),
            names,
            candidates,
            plugins,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'static PluginMeta> {
        self.plugins.get(name).copied()
    }

    /// All plugins, by name.
    pub(super) fn plugins(&self) -> impl Iterator<Item = &'static PluginMeta> {
        self.names.iter().map(|name| self.plugins[name])
    }

    /// What is wrong with a manifest for a plugin that is not there.
    pub(super) fn missing(&self, manifest: &Manifest) -> LoadProblem {
        let name = manifest.name();
        let problem = |text: String| {
            LoadProblem::new(Code::NotLinked, text)
                .at(manifest.place_of("name"))
                .of_plugin(name)
        };
        let is_off = |candidate: &&Candidate| {
            !candidate.on() && may_be_off(core::slice::from_ref(*candidate), name)
        };
        if let Some(off) = self.candidates.iter().find(is_off) {
            return problem(format!("plugin `{name}` is not in this build")).help(format!(
                "{} (it adds `{}`)",
                switch(off),
                off.path()
            ));
        }
        if let Some(unlisted) = self.unlisted.iter().find(|plugin| plugin.name() == name) {
            let feature = unlisted
                .enabled_by()
                .map(|feature| format!(", under the feature `{feature}`"));
            return problem(format!(
                "plugin `{name}` is linked, but not in the list of plugins"
            ))
            .help(format!(
                "add `{}` to `plugins![…]`{}",
                unlisted.path(),
                feature.unwrap_or_default()
            ));
        }
        let problem = problem(format!("no plugin is named `{name}`"));
        match nearest(name, self.names.iter().copied()) {
            Some(meant) => problem.help(format!("write `{meant}`")),
            None if self.names.is_empty() => problem.note("this application has no plugins"),
            None => problem.note(format!(
                "the plugins of this application are {}",
                list(&self.names, SHOWN)
            )),
        }
    }
}

/// As many of `names` as a reader looks through, and how many more there are.
pub(super) fn list(names: &[&str], shown: usize) -> String {
    let first = names.iter().take(shown).map(|name| format!("`{name}`"));
    let first = first.collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(shown) {
        Some(more @ 1..) => format!("{first} and {more} more"),
        _ => first,
    }
}

fn switch(off: &Candidate) -> String {
    match off.feature() {
        Some(feature) => format!("enable the feature `{feature}`"),
        None => format!("build with `cfg({})`", off.cfg()),
    }
}
