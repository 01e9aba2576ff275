//! Manifests against the plugins that are there, and against each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::linked::{Linked, list};
use super::loaded::LoadedManifests;
use super::manifest::Manifest;
use super::needs::Needs;
use super::problem::{Code, LoadProblem};

/// Takes out what does not hold, and says why.
pub(super) fn validate(loaded: LoadedManifests, linked: &Linked) -> LoadedManifests {
    let LoadedManifests {
        manifests,
        mut problems,
    } = loaded;
    let mut holding = Vec::with_capacity(manifests.len());
    for manifest in manifests {
        match misfit(&manifest, linked) {
            None => holding.push(manifest),
            Some(problem) => problems.push(problem),
        }
    }
    without_doubles(&mut holding, &mut problems);
    without_needed(&mut holding, &mut problems, linked);
    LoadedManifests {
        manifests: holding,
        problems,
    }
}

/// Why a manifest is for none of the plugins.
pub(super) fn misfit(manifest: &Manifest, linked: &Linked) -> Option<LoadProblem> {
    let Some(plugin) = linked.get(manifest.name()) else {
        return Some(linked.missing(manifest));
    };
    let (name, version) = (plugin.name(), plugin.declared_version());
    let range = manifest.version()?;
    if manifest.takes(&version) {
        return None;
    }
    let text = format!("plugin `{name}` is {version}, and this is for `{range}`");
    let problem = LoadProblem::new(Code::Version, text)
        .at(manifest.place_of("version"))
        .of_plugin(name)
        .note(format!("declared at {}", plugin.location()))
        .help(format!(
            "link a version in that range, or widen the range: `>={version}`"
        ));
    Some(problem)
}

/// Of several manifests for one plugin none holds: nobody can say which is meant.
fn without_doubles(manifests: &mut Vec<Manifest>, problems: &mut Vec<LoadProblem>) {
    let mut by_name: BTreeMap<&str, Vec<&Manifest>> = BTreeMap::new();
    for manifest in &*manifests {
        by_name.entry(manifest.name()).or_default().push(manifest);
    }
    let mut doubles = HashSet::new();
    for (name, same) in by_name {
        let [first, others @ ..] = same.as_slice() else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        let text = format!("{} manifests are for plugin `{name}`", same.len());
        let mut problem = LoadProblem::new(Code::Double, text)
            .at(first.place_of("name"))
            .of_plugin(name);
        for other in others {
            problem = problem.note(format!("also {}", other.place_of("name")));
        }
        problems.push(problem.help("put what they say into one of them, and remove the others"));
        doubles.insert(name.to_owned());
    }
    manifests.retain(|manifest| !doubles.contains(manifest.name()));
}

/// What another plugin needs cannot be disabled.
fn without_needed(manifests: &mut Vec<Manifest>, problems: &mut Vec<LoadProblem>, linked: &Linked) {
    let disabled: HashMap<&str, &Manifest> = manifests
        .iter()
        .filter(|manifest| !manifest.is_enabled())
        .map(|manifest| (manifest.name(), manifest))
        .collect();
    if disabled.is_empty() {
        return;
    }
    let needed = Needs::of(linked).needed(|name| disabled.contains_key(name));
    for (name, by) in &needed {
        let Some(manifest) = disabled.get(name) else {
            continue;
        };
        problems.push(needed_problem(manifest, by));
    }
    manifests.retain(|manifest| manifest.is_enabled() || !needed.contains_key(manifest.name()));
}

/// As many of those who need a plugin as a reader wants to know.
const SHOWN: usize = 4;

fn needed_problem(manifest: &Manifest, by: &[super::needs::Need]) -> LoadProblem {
    let name = manifest.name();
    let mut needers: Vec<&str> = by.iter().map(|need| need.plugin).collect();
    needers.dedup();
    let verb = if needers.len() == 1 { "needs" } else { "need" };
    let needers = list(&needers, SHOWN);
    let text = format!("plugin `{name}` cannot be disabled: {needers} {verb} it");
    let mut problem = LoadProblem::new(Code::Needed, text)
        .at(manifest.place_of("enabled"))
        .of_plugin(name);
    for need in by.iter().take(SHOWN) {
        problem = problem.note(need.to_string());
    }
    if let Some(more @ 1..) = by.len().checked_sub(SHOWN) {
        problem = problem.note(format!("and {more} more"));
    }
    problem.help(format!("write `enabled = true`, or disable {needers} too"))
}
