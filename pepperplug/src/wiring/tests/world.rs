//! Random lists of plugins, as plain data; the metadata is made from it, and so is what a naive oracle expects.
//!
//! In a list of thirty something would always be wrong. So each aspect is, most of the time, made sound, and all of them
//! are in many of the lists.

use proptest::prelude::*;

use super::parts::*;
use crate::hook::HookMeta;
use crate::inject::{EdgeKind, Injection, Target};
use crate::meta::{MetaRef, PluginMeta, ServiceMeta};
use crate::registry::EventRef;
use crate::version::VersionReq;

/// Plugins that can be listed; a plugin's own name unless it takes another's.
pub(super) const NAMES: [&str; 30] = [
    "admin", "api", "audit", "auth", "billing", "blobs", "cache", "chat", "clock", "config",
    "crypto", "database", "dns", "export", "feeds", "geo", "health", "http", "import", "jobs",
    "keys", "limits", "logs", "mail", "metrics", "pages", "queue", "search", "sessions", "users",
];

/// Names that no plugin has.
const NOBODY: [&str; 3] = ["nobody", "cahce", "zz"];

/// Name and type; the last two share a name with others. Services, events, sections and plugins may share names.
pub(super) const SERVICES: [(&str, &str); 6] = [
    ("cache", "Cache"),
    ("store", "Store"),
    ("user.login", "Login"),
    ("auth", "Auth"),
    ("cache", "OtherCache"),
    ("store", "OtherStore"),
];

/// Name and type; the last shares its name with the first.
pub(super) const EVENTS: [(&str, &str); 5] = [
    ("user.login", "UserLogin"),
    ("user.logout", "UserLogout"),
    ("user.login.failed", "LoginFailed"),
    ("http.request", "HttpRequest"),
    ("user.login", "SignIn"),
];

/// Names and patterns that hooks are on without a type.
const BY_NAME: [&str; 9] = [
    "app.startup",
    "user.login",
    "http.request",
    "order.paid",
    "user.*",
    "user.**",
    "**",
    "*.request",
    "http.*",
];

#[derive(Debug, Clone)]
pub(super) struct World {
    /// All plugins that the build knows.
    pub(super) plugins: Vec<Kind>,
    /// Those that are listed.
    pub(super) list: Vec<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) version: u64,
    pub(super) reads: bool,
    pub(super) section: Option<&'static str>,
    pub(super) provides: Vec<usize>,
    pub(super) injects: Vec<Inject>,
    pub(super) requires: Vec<Require>,
    pub(super) emits: Vec<usize>,
    pub(super) hooks: Vec<Hook>,
}

#[derive(Debug, Clone)]
pub(super) struct Inject {
    pub(super) kind: EdgeKind,
    pub(super) to: To,
    /// The plugin that the service is to come from.
    pub(super) from: Option<&'static str>,
    pub(super) least: u64,
    /// Tells this place from all others.
    pub(super) line: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum To {
    Plugin(usize),
    Service(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Require {
    pub(super) name: &'static str,
    pub(super) least: u64,
    pub(super) line: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) on: On,
    pub(super) before: Vec<&'static str>,
    pub(super) after: Vec<&'static str>,
    pub(super) line: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum On {
    Event(usize),
    Name(&'static str),
}

impl Kind {
    pub(super) fn section(&self) -> &'static str {
        self.section.unwrap_or(self.name)
    }
}

impl Hook {
    pub(super) fn event(&self) -> &'static str {
        match self.on {
            On::Event(event) => EVENTS[event].0,
            On::Name(name) => name,
        }
    }
}

/// Which aspects are sound.
#[derive(Debug, Clone, Copy)]
struct Calm {
    names: bool,
    list: bool,
    edges: bool,
    services: bool,
    versions: bool,
    sections: bool,
    hooks: bool,
}

fn calm() -> impl Strategy<Value = Calm> {
    let mostly = || prop::bool::weighted(0.75);
    (prop::array::uniform6(mostly()), any::<bool>()).prop_map(
        |([names, list, edges, services, versions, sections], hooks)| Calm {
            names,
            list,
            edges,
            services,
            versions,
            sections,
            hooks,
        },
    )
}

/// What is decided of one plugin by chance alone; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
struct Raw {
    name: usize,
    version: u64,
    reads: bool,
    section: Option<usize>,
    provides: Vec<usize>,
    injects: Vec<RawInject>,
    requires: Vec<(usize, u64)>,
    emits: Vec<usize>,
    hooks: Vec<RawHook>,
}

/// How, whether a plugin or a service, which, from whom, and the least version.
type RawInject = (EdgeKind, bool, usize, Option<usize>, u64);

/// The event, by type or by name, and whom it comes before and after.
type RawHook = (Result<usize, usize>, Vec<usize>, Vec<usize>);

fn raw() -> impl Strategy<Value = Raw> {
    let kind = prop::sample::select(vec![
        EdgeKind::One,
        EdgeKind::One,
        EdgeKind::Optional,
        EdgeKind::Many,
        EdgeKind::Lazy,
    ]);
    let inject = (
        kind,
        prop::bool::weighted(0.6),
        0..100_usize,
        prop::option::weighted(0.4, 0..100_usize),
        0..5_u64,
    );
    let on = prop_oneof![(0..100_usize).prop_map(Ok), (0..100_usize).prop_map(Err),];
    let others = || prop::collection::vec(0..100_usize, 0..2);
    (
        0..100_usize,
        1..5_u64,
        any::<bool>(),
        prop::option::weighted(0.3, 0..100_usize),
        prop::collection::vec(0..100_usize, 0..3),
        prop::collection::vec(inject, 0..4),
        prop::collection::vec((0..100_usize, 0..5_u64), 0..2),
        prop::collection::vec(0..100_usize, 0..2),
        prop::collection::vec((on, others(), others()), 0..3),
    )
        .prop_map(
            |(name, version, reads, section, provides, injects, requires, emits, hooks)| Raw {
                name,
                version,
                reads,
                section,
                provides,
                injects,
                requires,
                emits,
                hooks,
            },
        )
}

pub(super) fn world() -> impl Strategy<Value = World> {
    // Short lists too, where things meet more often.
    let count = prop_oneof![0..8_usize, 0..30_usize];
    count
        .prop_flat_map(|count| {
            (
                calm(),
                prop::collection::vec(raw(), count),
                prop::collection::vec(0..30_usize, 0..=count),
                Just((0..count).collect::<Vec<_>>()).prop_shuffle(),
            )
        })
        .prop_map(|(calm, raws, chosen, all)| build(calm, &raws, &chosen, all))
}

fn build(calm: Calm, raws: &[Raw], chosen: &[usize], mut list: Vec<usize>) -> World {
    if !calm.list {
        // Some are missing, some are there twice.
        let chosen = chosen.iter().map(|at| at % raws.len());
        list.truncate(raws.len() / 2);
        list.extend(chosen);
    }
    let builder = Builder {
        calm,
        names: (0..)
            .zip(raws)
            .map(|(at, raw)| name_of(calm, at, raw))
            .collect(),
    };
    let mut lines = 100..;
    let plugins = (0..)
        .zip(raws)
        .map(|(at, raw)| builder.kind(at, raw, &mut lines))
        .collect();
    World { plugins, list }
}

fn name_of(calm: Calm, at: usize, raw: &Raw) -> &'static str {
    if calm.names || raw.name % 4 > 0 {
        NAMES[at]
    } else {
        NAMES[raw.name % NAMES.len()]
    }
}

struct Builder {
    calm: Calm,
    names: Vec<&'static str>,
}

impl Builder {
    fn kind(&self, at: usize, raw: &Raw, lines: &mut impl Iterator<Item = u32>) -> Kind {
        let mut line = || lines.next().expect("numbers do not end");
        let injects = raw.injects.iter();
        let requires = raw.requires.iter();
        Kind {
            name: self.names[at],
            version: raw.version,
            reads: raw.reads,
            section: raw
                .section
                .filter(|_| !self.calm.sections)
                .map(|section| NAMES[section % 8]),
            provides: self.provides(at, raw),
            injects: injects
                .filter_map(|inject| self.inject(at, inject, line()))
                .collect(),
            requires: requires
                .filter_map(|(to, least)| {
                    Some(Require {
                        name: self.other(at, *to)?,
                        least: self.least(*least),
                        line: line(),
                    })
                })
                .collect(),
            emits: raw.emits.iter().map(|event| self.event(*event)).collect(),
            hooks: raw
                .hooks
                .iter()
                .map(|hook| self.hook(at, hook, line()))
                .collect(),
        }
    }

    fn provides(&self, at: usize, raw: &Raw) -> Vec<usize> {
        // Where all is well a service is of one plugin, which says so more than once for all we know.
        let sound = |service: &usize| !self.calm.services || *service == at;
        raw.provides
            .iter()
            .map(|service| {
                if self.calm.services {
                    service % 4
                } else {
                    service % SERVICES.len()
                }
            })
            .filter(sound)
            .collect()
    }

    fn inject(
        &self,
        at: usize,
        (kind, plugin, to, from, least): &RawInject,
        line: u32,
    ) -> Option<Inject> {
        let calm = self.calm.edges;
        let mut inject = Inject {
            kind: *kind,
            to: To::Plugin(0),
            from: None,
            least: 0,
            line,
        };
        if *plugin {
            let choice = if calm { at } else { self.names.len() };
            if choice == 0 {
                return None;
            }
            inject.to = To::Plugin(to % choice);
            if *kind == EdgeKind::Many {
                inject.kind = EdgeKind::One;
            }
        } else {
            let choice = if self.calm.services {
                4
            } else {
                SERVICES.len()
            };
            let service = to % choice;
            // Nobody may provide it, and then it must be one that can be missing.
            if self.calm.services && matches!(kind, EdgeKind::One | EdgeKind::Lazy) {
                inject.kind = EdgeKind::Optional;
            }
            if calm && service >= at {
                return None;
            }
            inject.to = To::Service(service);
            inject.from = from
                .filter(|_| !self.calm.services)
                .and_then(|from| self.other(at, from));
            inject.least = self.least(*least);
        }
        Some(inject)
    }

    /// The name of another plugin; where all is well, of one that comes before.
    fn other(&self, at: usize, to: usize) -> Option<&'static str> {
        if self.calm.edges {
            (at > 0).then(|| self.names[to % at])
        } else {
            let all = self.names.len() + NOBODY.len();
            let to = to % all;
            Some(
                self.names
                    .get(to)
                    .copied()
                    .unwrap_or(NOBODY[all - 1 - to.max(self.names.len())]),
            )
        }
    }

    fn least(&self, least: u64) -> u64 {
        if self.calm.versions {
            least.min(1)
        } else {
            least
        }
    }

    /// Where all is well no two events share a name.
    fn event(&self, event: usize) -> usize {
        event % (EVENTS.len() - usize::from(self.calm.hooks))
    }

    fn hook(&self, at: usize, (on, before, after): &RawHook, line: u32) -> Hook {
        let calm = self.calm.hooks;
        let on = match on {
            Ok(event) => On::Event(self.event(*event)),
            Err(name) => On::Name(BY_NAME[name % BY_NAME.len()]),
        };
        let name = |other: usize| self.names[other % self.names.len()];
        let later = |other: usize| at + 1 + other % 5;
        let before = before.iter().filter_map(|other| {
            if calm {
                self.names.get(later(*other)).copied()
            } else {
                Some(name(*other))
            }
        });
        let after = after.iter().filter_map(|other| {
            if calm {
                (at > 0).then(|| self.names[*other % at])
            } else {
                Some(name(*other))
            }
        });
        Hook {
            on,
            before: before.collect(),
            after: after.collect(),
            line,
        }
    }
}

impl World {
    /// The listed plugins as metadata. An edge leads to a plugin's identity, so each has a stand-in to point at.
    pub(super) fn metas(&self) -> Vec<MetaRef> {
        let services: &'static [ServiceMeta] = leak(
            SERVICES
                .iter()
                .map(|(name, type_name)| service_meta(name, type_name, "services", 1))
                .collect(),
        );
        let plain: Vec<MetaRef> = (0..)
            .zip(&self.plugins)
            .map(|(at, kind)| draft(at, kind).done())
            .collect();
        let full: Vec<MetaRef> = (0..)
            .zip(&self.plugins)
            .map(|(at, kind)| {
                let mut draft = draft(at, kind);
                for service in &kind.provides {
                    draft = draft.provides(&services[*service]);
                }
                for inject in &kind.injects {
                    draft = draft.injects(injection(inject, &plain, services));
                }
                if kind.reads {
                    draft = draft.injects(settings(1));
                }
                for require in &kind.requires {
                    draft = draft.requires(requirement(
                        require.name,
                        range(require.least),
                        require.line,
                    ));
                }
                for event in &kind.emits {
                    draft = draft.emits(TYPES[*event]);
                }
                for hook in &kind.hooks {
                    draft = draft.hooks(hook_meta(hook));
                }
                draft.done()
            })
            .collect();
        self.list.iter().map(|plugin| full[*plugin]).collect()
    }

    /// The path of a plugin's type.
    pub(super) fn path(&self, plugin: usize) -> String {
        let meta: &PluginMeta = draft(plugin, &self.plugins[plugin]).done().get();
        format!("{}::{}", meta.module(), meta.type_name())
    }
}

/// Several plugins of one crate, and several of one type's name in different crates.
fn draft(at: usize, kind: &Kind) -> Draft {
    let module = ["one", "two::deep", "three"][at % 3];
    let type_name: &'static str = format!("Plugin{}", at / 3).leak();
    let draft = plugin_of(kind.name, type_name, module).version(kind.version);
    match kind.section {
        Some(section) => draft.section(section),
        None => draft,
    }
}

fn injection(inject: &Inject, plugins: &[MetaRef], services: &'static [ServiceMeta]) -> Injection {
    let target = match inject.to {
        To::Plugin(plugin) => Target::Plugin(plugins[plugin]),
        To::Service(service) => Target::Service(&services[service]),
    };
    let injection =
        super::parts::inject(inject.kind, target, inject.line).version(range(inject.least));
    match inject.from {
        Some(name) => injection.name(name),
        None => injection,
    }
}

fn range(least: u64) -> VersionReq {
    if least == 0 {
        VersionReq::ANY
    } else {
        from_major(least)
    }
}

const TYPES: [EventRef; 5] = [
    EventRef::of::<UserLogin>(),
    EventRef::of::<UserLogout>(),
    EventRef::of::<LoginFailed>(),
    EventRef::of::<HttpRequest>(),
    EventRef::of::<SignIn>(),
];

fn hook_meta(hook: &Hook) -> HookMeta {
    let meta = match hook.on {
        On::Event(event) => hook_on(TYPES[event], "method", hook.line),
        On::Name(name) => hook_named(name, "method", hook.line),
    };
    meta.before(leak(hook.before.clone()))
        .after(leak(hook.after.clone()))
}
