//! How a description is made of what a manager knows.

use super::description::{
    DecidedBy, InjectionDescription, OffDescription, PluginDescription, UnlistedDescription, Why,
};
use crate::inject::{EdgeKind, Injection, Requirement, Target};
use crate::manager::PluginHandle;
use crate::meta::PluginMeta;
use crate::wiring::Candidate;

/// What the manager knows of one plugin's edges; it resolves them, this module words them.
pub(crate) struct Edges<'a> {
    pub(crate) providers: &'a dyn Fn(usize) -> Vec<&'static str>,
    pub(crate) injected_into: Vec<&'static str>,
}

impl PluginDescription {
    pub(crate) fn new(handle: &PluginHandle, candidates: &[Candidate], edges: Edges<'_>) -> Self {
        let meta = handle.meta();
        let injects = meta.injections().iter().enumerate();
        let provided = meta.provided().iter();
        Self {
            name: meta.name(),
            version: meta.declared_version().to_string(),
            description: meta.describe(),
            path: meta.path(),
            location: meta.location().to_string(),
            why: Why::on(meta, candidates),
            optional: meta.is_optional(),
            state: handle.state(),
            reason: handle.reason().map(str::to_owned),
            begun_after: handle.begun_after().map(|after| after.as_secs_f64()),
            initialized_in: handle.initialized_in().map(|took| took.as_secs_f64()),
            ready_after: handle.ready_after().map(|after| after.as_secs_f64()),
            requires: meta.required().iter().map(Requirement::name).collect(),
            provides: provided.map(|provided| provided.service().name()).collect(),
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
        Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings => {
            return None;
        }
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

impl Why {
    /// A list's entry is a path, of which only the last segment is known to be the type: a hook's is the function's name.
    fn on(meta: &PluginMeta, candidates: &[Candidate]) -> Self {
        let is_this = |candidate: &&Candidate| {
            let last = candidate.path().rsplit("::").next().unwrap_or_default();
            candidate.on() && (last == meta.type_name() || last == meta.name())
        };
        let (by, word) = match candidates.is_empty() {
            true => (DecidedBy::Linked, "linked"),
            false => (DecidedBy::Listed, "listed"),
        };
        let condition = match candidates.iter().find(is_this) {
            Some(candidate) => Condition::of(candidate),
            None => meta.enabled_by().map(Condition::Feature),
        };
        match condition {
            None => Self {
                by,
                feature: None,
                text: word.to_owned(),
            },
            Some(condition) => condition.why(|condition| format!("{word}, {condition} is on")),
        }
    }

    fn off(candidate: &Candidate) -> Self {
        let condition = Condition::of(candidate).unwrap_or(Condition::Other(""));
        condition.why(|condition| format!("{condition} is not on"))
    }
}

/// What an entry of the list hangs on.
#[derive(Clone, Copy)]
enum Condition {
    Feature(&'static str),
    Other(&'static str),
}

impl Condition {
    fn of(candidate: &Candidate) -> Option<Self> {
        match (candidate.feature(), candidate.cfg()) {
            (Some(feature), _) => Some(Self::Feature(feature)),
            (None, "") => None,
            (None, cfg) => Some(Self::Other(cfg)),
        }
    }

    fn why(self, text: impl FnOnce(&str) -> String) -> Why {
        match self {
            Self::Feature(feature) => Why {
                by: DecidedBy::Feature,
                feature: Some(feature),
                text: text(&format!("feature `{feature}`")),
            },
            Self::Other(cfg) => Why {
                by: DecidedBy::Condition,
                feature: None,
                text: text(&format!("`{cfg}`")),
            },
        }
    }
}

pub(crate) fn off(candidates: &[Candidate]) -> Vec<OffDescription> {
    let off = candidates.iter().filter(|candidate| !candidate.on());
    off.map(|candidate| OffDescription {
        path: candidate.path(),
        cfg: candidate.cfg(),
        why: Why::off(candidate),
    })
    .collect()
}

/// A plugin that somebody disables.
pub(crate) fn disabled(plugin: &PluginMeta, by: DecidedBy, place: &str) -> OffDescription {
    OffDescription {
        path: plugin.name(),
        cfg: "",
        why: Why {
            by,
            feature: None,
            text: format!("disabled {place}"),
        },
    }
}

pub(crate) fn unlisted(unlisted: &[&'static PluginMeta]) -> Vec<UnlistedDescription> {
    let describe = |meta: &&'static PluginMeta| UnlistedDescription {
        name: meta.name(),
        path: meta.path(),
    };
    unlisted.iter().map(describe).collect()
}
