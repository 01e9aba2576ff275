//! Plugins made at run time: one Rust type under many names, wired as a test draws it.

use std::sync::Arc;

use crate::hook::HookMeta;
use crate::inject::{Edge, EdgeKind, Injection, Provided, Requirement, Target, provide};
use crate::meta::{Location, MetaRef, PluginMeta, ServiceMeta, hash_name};
use crate::plugin::{Plugin, Vtable};
use crate::service::Service;
use crate::version::{Comparator, Op, Version, VersionReq};

const HERE: Location = Location::new(file!(), line!(), column!());

/// What one plugin asks for; plugins and services by their number in the sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Arc(usize),
    Option(usize),
    Lazy(usize),
    /// By name, from a major version on.
    Requires(usize, u64),
    Service(usize),
    /// The provider of that name, among several.
    NamedService(usize, usize),
    ServiceOption(usize),
    ServiceLazy(usize),
    ServiceMany(usize),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct PluginSketch {
    pub(crate) name: String,
    pub(crate) major: u64,
    pub(crate) optional: bool,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) provides: Vec<usize>,
    pub(crate) wants: Vec<Want>,
}

impl PluginSketch {
    pub(crate) fn new(name: &str, wants: &[Want]) -> Self {
        Self {
            name: name.to_owned(),
            wants: wants.to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn provides(mut self, service: usize) -> Self {
        self.provides.push(service);
        self
    }
}

/// The service that stands for all services of a sketch.
pub(crate) trait Part: Send + Sync {
    fn number(&self) -> usize;
}

static PART: ServiceMeta = service_meta("part");

const fn service_meta(name: &'static str) -> ServiceMeta {
    ServiceMeta::new(name, hash_name(name), "Part", module_path!(), HERE)
}

impl Service for dyn Part {
    const META: &'static ServiceMeta = &PART;
}

/// The metadata of plugin number `n` at place `n`. Leaked, since what a build declares lives as long as the program.
/// Each plugin is given what `own` asks for before anything else, and has the same `hooks`.
pub(crate) fn metas<P: Plugin + Part>(
    sketch: &[PluginSketch],
    own: &[Edge],
    hooks: &'static [HookMeta],
    vtable: impl Fn(usize) -> Vtable,
) -> Vec<MetaRef> {
    let names: Vec<&'static str> = sketch
        .iter()
        .map(|plugin| &*plugin.name.clone().leak())
        .collect();
    // An edge is resolved by name and type, so a bare namesake is as good a target as the plugin itself, and it is
    // there before the plugins of a ring are.
    let targets: Vec<MetaRef> = (0..)
        .zip(&names)
        .map(|(number, name)| leak(bare::<P>(name, vtable(number))))
        .collect();
    let declare = |(number, plugin): (usize, &PluginSketch)| {
        let mut meta = bare::<P>(names[number], vtable(number))
            .hooks(hooks)
            .version(Version::new(plugin.major, 0, 0, ""))
            .injects(injections::<P>(plugin, own, &targets).leak())
            .requires(requirements(plugin, &names).leak())
            .provides(provided::<P>(plugin).leak());
        meta.optional = plugin.optional;
        meta.timeout_ms = plugin.timeout_ms;
        leak(meta)
    };
    sketch.iter().enumerate().map(declare).collect()
}

fn leak(meta: PluginMeta) -> MetaRef {
    MetaRef::new(Box::leak(Box::new(meta)))
}

fn bare<P: Plugin>(name: &'static str, vtable: Vtable) -> PluginMeta {
    PluginMeta::new(
        name,
        hash_name(name),
        core::any::type_name::<P>(),
        module_path!(),
        HERE,
        vtable,
    )
}

fn injections<P: Plugin>(
    plugin: &PluginSketch,
    own: &[Edge],
    targets: &[MetaRef],
) -> Vec<Injection> {
    let own = own.iter().map(|edge| Injection::new("own", *edge, HERE));
    let wanted = plugin.wants.iter().filter_map(|want| {
        let (mut edge, target) = match *want {
            Want::Arc(to) => (P::ARC, Target::Plugin(targets[to])),
            Want::Option(to) => (P::OPTION, Target::Plugin(targets[to])),
            Want::Lazy(to) => (P::LAZY, Target::Plugin(targets[to])),
            Want::Service(of) | Want::NamedService(of, _) => (<dyn Part>::ARC, service(of)),
            Want::ServiceOption(of) => (<dyn Part>::OPTION, service(of)),
            Want::ServiceLazy(of) => (<dyn Part>::LAZY, service(of)),
            Want::ServiceMany(of) => (<dyn Part>::VEC, service(of)),
            Want::Requires(..) => return None,
        };
        edge.target = target;
        let injection = Injection::new("wanted", edge, HERE);
        Some(match *want {
            Want::NamedService(_, by) => injection.name(targets[by].get().name()),
            _ => injection,
        })
    });
    own.chain(wanted).collect()
}

/// One of the services, all of which are the one trait under many names.
fn service(number: usize) -> Target {
    Target::Service(service_numbered(number))
}

fn service_numbered(number: usize) -> &'static ServiceMeta {
    Box::leak(Box::new(service_meta(format!("part-{number}").leak())))
}

fn requirements(plugin: &PluginSketch, names: &[&'static str]) -> Vec<Requirement> {
    let requirement = |want: &Want| {
        let Want::Requires(to, major) = *want else {
            return None;
        };
        let from = [Comparator::new(Op::GreaterEq, major, None, None, "")];
        let version = VersionReq::new(Box::leak(Box::new(from)));
        let name = names[to];
        Some(Requirement::new(name, hash_name(name), version, HERE))
    };
    plugin.wants.iter().filter_map(requirement).collect()
}

fn provided<P: Plugin + Part>(plugin: &PluginSketch) -> Vec<Provided> {
    let provided = |number: &usize| {
        Provided::new(
            service_numbered(*number),
            Some(|instance, out| {
                provide::<P, dyn Part>(instance, out, |plugin| -> Arc<dyn Part> { plugin });
            }),
        )
    };
    plugin.provides.iter().map(provided).collect()
}

impl Want {
    pub(crate) fn kind(self) -> Option<EdgeKind> {
        match self {
            Self::Arc(_) | Self::Service(_) | Self::NamedService(..) => Some(EdgeKind::One),
            Self::Option(_) | Self::ServiceOption(_) => Some(EdgeKind::Optional),
            Self::Lazy(_) | Self::ServiceLazy(_) => Some(EdgeKind::Lazy),
            Self::ServiceMany(_) => Some(EdgeKind::Many),
            Self::Requires(..) => None,
        }
    }

    /// Whether what it asks for must be settled first.
    pub(crate) fn orders(self) -> bool {
        self.kind() != Some(EdgeKind::Lazy)
    }

    /// Whether a plugin that asks for it cannot start without it.
    pub(crate) fn needs(self) -> bool {
        matches!(self.kind(), None | Some(EdgeKind::One))
    }
}
