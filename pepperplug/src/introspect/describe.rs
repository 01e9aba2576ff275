//! A snapshot of a manager as plain data, for tools to serialize and for the drawings and the report to print.

use serde::Serialize;

use std::sync::Arc;

use crate::hook::{HookMeta, Table, TableHook};
use crate::inject::{EdgeKind, Injection, Target};
use crate::lifecycle::PluginState;
use crate::manager::PluginHandle;
use crate::meta::PluginMeta;
use crate::wiring::Candidate;

/// Everything that an application is made of.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The plugins, in start order.
    pub plugins: Vec<PluginDescription>,
    /// The entries of the list that this build leaves out.
    pub off: Vec<OffDescription>,
    /// The plugins that are linked, but not in the list: forgotten, perhaps.
    pub unlisted: Vec<UnlistedDescription>,
    /// The events that have hooks, by name. Empty unless the application runs.
    pub events: Vec<EventDescription>,
}

/// One plugin.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PluginDescription {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// What it says of itself; empty where it says nothing.
    pub description: &'static str,
    /// The type.
    pub path: String,
    /// Where the type is declared.
    pub location: String,
    /// Why it is part of the application.
    pub why: String,
    /// Whether the application may start without it.
    pub optional: bool,
    /// Where it is in its life.
    #[serde(serialize_with = "as_text")]
    pub state: PluginState,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
    /// How long it took to build and initialize it, in seconds.
    pub initialized_in: Option<f64>,
    /// The plugins that it requires by name.
    pub requires: Vec<&'static str>,
    /// The services that it provides.
    pub provides: Vec<&'static str>,
    /// The events that it says it emits.
    pub emits: Vec<&'static str>,
    /// What is injected into it.
    pub injects: Vec<InjectionDescription>,
    /// The plugins that it is injected into.
    pub injected_into: Vec<&'static str>,
}

/// One injected field.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct InjectionDescription {
    /// The field.
    pub field: &'static str,
    /// How strongly it is wanted: `one`, `optional`, `many` or `lazy`.
    pub kind: &'static str,
    /// The service, where the field asks for one.
    pub service: Option<&'static str>,
    /// The plugins that meet it.
    pub by: Vec<&'static str>,
}

/// An entry of the list that this build leaves out.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct OffDescription {
    /// The entry as it is written.
    pub path: &'static str,
    /// The condition that does not hold.
    pub cfg: &'static str,
}

/// A plugin that is linked, but not in the list.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UnlistedDescription {
    /// Its name.
    pub name: &'static str,
    /// The type, as the list would name it.
    pub path: String,
}

/// One event and its hooks, in the order in which they run.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct EventDescription {
    /// The event's name.
    pub name: &'static str,
    /// Its mode: `notify`, `collect`, `first` or `transform`.
    pub mode: &'static str,
    /// Its hooks, in order.
    pub hooks: Vec<HookDescription>,
}

/// One hook in its place.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct HookDescription {
    /// The plugin that declares it.
    pub plugin: &'static str,
    /// Its method's name.
    pub hook: &'static str,
    /// Its priority: higher runs first.
    pub priority: i32,
    /// Whether it is no longer called, since it has failed too often for `on_error = disable`.
    pub disabled: bool,
    /// What put it behind the hook above it.
    pub because: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_text<S: serde::Serializer>(state: &PluginState, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(state)
}

/// What the manager knows of one plugin's edges; it resolves them, this module words them.
pub(crate) struct Edges<'a> {
    pub(crate) providers: &'a dyn Fn(usize) -> Vec<&'static str>,
    pub(crate) injected_into: Vec<&'static str>,
}

impl PluginDescription {
    pub(crate) fn new(handle: &PluginHandle, candidates: &[Candidate], edges: Edges<'_>) -> Self {
        let meta = handle.meta();
        let injects = meta.injections().iter().enumerate();
        Self {
            name: meta.name(),
            version: meta.declared_version().to_string(),
            description: meta.describe(),
            path: meta.path(),
            location: meta.location().to_string(),
            why: why_on(meta.type_name(), meta.name(), candidates),
            optional: meta.is_optional(),
            state: handle.state(),
            reason: handle.reason().map(str::to_owned),
            initialized_in: handle.initialized_in().map(|took| took.as_secs_f64()),
            requires: meta
                .required()
                .iter()
                .map(crate::inject::Requirement::name)
                .collect(),
            provides: meta
                .provided()
                .iter()
                .map(|provided| provided.service().name())
                .collect(),
            emits: meta.emitted().iter().map(|event| event.name()).collect(),
            injects: injects
                .filter_map(|(at, injection)| describe(injection, (edges.providers)(at)))
                .collect(),
            injected_into: edges.injected_into,
        }
    }
}

/// An injection of a plugin or a service; the others are no edges of the graph.
fn describe(injection: &Injection, by: Vec<&'static str>) -> Option<InjectionDescription> {
    let service = match injection.edge().target() {
        Target::Plugin(_) => None,
        Target::Service(service) => Some(service.name()),
        Target::Events | Target::Settings(_) | Target::AllSettings => return None,
    };
    let kind = match injection.edge().kind() {
        EdgeKind::One => "one",
        EdgeKind::Optional => "optional",
        EdgeKind::Many => "many",
        EdgeKind::Lazy => "lazy",
    };
    Some(InjectionDescription {
        field: injection.field(),
        kind,
        service,
        by,
    })
}

/// A list's entry is a path, of which only the last segment is known to be the type: a hook's is the function's name.
fn why_on(type_name: &str, name: &str, candidates: &[Candidate]) -> String {
    let is_this = |candidate: &&Candidate| {
        let last = candidate.path().rsplit("::").next().unwrap_or_default();
        candidate.on() && (last == type_name || last == name)
    };
    match candidates.iter().find(is_this) {
        None if candidates.is_empty() => "linked".to_owned(),
        None => "listed".to_owned(),
        Some(candidate) if candidate.cfg().is_empty() => "listed".to_owned(),
        Some(candidate) => format!("listed, {} is on", condition(candidate.cfg())),
    }
}

/// `feature = "cache"` as people say it.
pub(super) fn condition(cfg: &str) -> String {
    match cfg
        .strip_prefix("feature = \"")
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(feature) if !feature.contains('"') => format!("feature `{feature}`"),
        _ => format!("`{cfg}`"),
    }
}

pub(crate) fn off(candidates: &[Candidate]) -> Vec<OffDescription> {
    let off = candidates.iter().filter(|candidate| !candidate.on());
    off.map(|candidate| OffDescription {
        path: candidate.path(),
        cfg: candidate.cfg(),
    })
    .collect()
}

pub(crate) fn unlisted(unlisted: &[&'static PluginMeta]) -> Vec<UnlistedDescription> {
    let describe = |meta: &&'static PluginMeta| UnlistedDescription {
        name: meta.name(),
        path: meta.path(),
    };
    unlisted.iter().map(describe).collect()
}

pub(crate) fn events(tables: &[Arc<Table>]) -> Vec<EventDescription> {
    let mut events: Vec<EventDescription> = tables
        .iter()
        .map(|table| EventDescription {
            name: table.event.meta().name(),
            mode: table.event.meta().mode().name(),
            hooks: hooks(&table.all_hooks()),
        })
        .collect();
    events.sort_by_key(|event| event.name);
    events
}

fn hooks(hooks: &[Arc<TableHook>]) -> Vec<HookDescription> {
    let above = core::iter::once(None).chain(hooks.iter().map(|hook| Some(&**hook)));
    hooks
        .iter()
        .zip(above)
        .map(|(hook, above)| HookDescription {
            plugin: hook.plugin,
            hook: hook.meta.name(),
            priority: hook.meta.declared_priority(),
            disabled: hook.is_disabled(),
            because: because(hook.plugin, &hook.meta, above),
        })
        .collect()
}

/// What decided between a hook and the one above it.
fn because(plugin: &str, hook: &HookMeta, above: Option<&TableHook>) -> String {
    let priority = hook.declared_priority();
    let Some(above) = above else {
        return format!("priority {priority}");
    };
    if hook.after.contains(&above.plugin) {
        return format!("after `{}`", above.plugin);
    }
    if above.meta.before.contains(&plugin) {
        return format!("`{}` comes before it", above.plugin);
    }
    if above.meta.declared_priority() != priority {
        return format!("priority {priority}");
    }
    if above.plugin == plugin {
        "name of the method".to_owned()
    } else {
        "start order of the plugins".to_owned()
    }
}
