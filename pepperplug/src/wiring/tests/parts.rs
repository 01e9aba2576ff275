//! Plugins, services and events by hand. Leaked, since what a build declares lives as long as the program.

use core::any::Any;

use crate::event::{Event, EventContext, EventMeta, Notify};
use crate::hook::{HookMeta, HookTarget, Named, Start, Status};
use crate::inject::{
    Construct, Edge, EdgeKind, InjectError, Injection, Provided, Requirement, SettingsType, Target,
};
use crate::meta::{Location, MetaRef, PluginMeta, ServiceMeta, hash_name};
use crate::plugin::{ImplMeta, Instance, Plugin, Shared, Vtable};
use crate::registry::EventRef;
use crate::slot::TypeSlot;
use crate::verdict::IsShared;
use crate::version::{Comparator, Op, Version, VersionReq};

/// One type that stands for all plugins: none of them is ever built.
pub(crate) struct Node;

static NODE: PluginMeta = plugin_meta("node", "NodePlugin", "node");

impl Plugin for Node {
    const SHARED: Option<Shared<Self>> = IsShared::<Self>::SHARED;
    const META: MetaRef = MetaRef::new(&NODE);
    const IMPL: ImplMeta<Self> = ImplMeta::new();

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Node> = TypeSlot::new();
        &SLOT
    }

    fn construct(_: &mut Construct<'_>) -> Result<Self, InjectError> {
        Ok(Self)
    }
}

/// A plugin as it is declared in line 7 of a file of its module.
pub(crate) const fn plugin_meta(
    name: &'static str,
    type_name: &'static str,
    module: &'static str,
) -> PluginMeta {
    PluginMeta::new(
        name,
        hash_name(name),
        type_name,
        module,
        at(7),
        Vtable::of::<Node>(),
    )
    .version(Version::new(1, 0, 0, ""))
}

pub(crate) const fn at(line: u32) -> Location {
    Location::new("src/lib.rs", line, 5)
}

pub(crate) const fn edge(kind: EdgeKind, target: Target) -> Edge {
    let mut edge = <Node as Plugin>::ARC;
    edge.kind = kind;
    edge.target = target;
    edge
}

pub(crate) const fn inject(kind: EdgeKind, target: Target, line: u32) -> Injection {
    Injection::new("field", edge(kind, target), at(line))
}

pub(crate) const fn provided(service: &'static ServiceMeta) -> Provided {
    const fn cast(_: &Instance, _: &mut dyn Any) {}
    Provided::new(service, Some(cast))
}

pub(crate) const fn settings(line: u32) -> Injection {
    Injection::new("settings", <bool as SettingsType>::EDGE, at(line))
}

pub(crate) const fn requirement(name: &'static str, range: VersionReq, line: u32) -> Requirement {
    Requirement::new(name, hash_name(name), range, at(line))
}

pub(crate) const fn service_meta(
    name: &'static str,
    type_name: &'static str,
    module: &'static str,
    line: u32,
) -> ServiceMeta {
    ServiceMeta::new(name, hash_name(name), type_name, module, at(line))
}

/// A hook on whatever event has a name that fits.
pub(crate) const fn hook_named(event: &'static str, name: &'static str, line: u32) -> HookMeta {
    fn shim<'a>(
        _: &'a Node,
        _: &'a Named,
        _: &'a EventContext<'a>,
        start: Start<'a, '_, ()>,
    ) -> Status {
        start.done(Ok(()))
    }
    HookMeta::sync_named::<Node>(event, shim, name, at(line))
}

/// A hook on an event's type.
pub(crate) const fn hook_on(event: EventRef, name: &'static str, line: u32) -> HookMeta {
    let mut hook = hook_named("", name, line);
    hook.target = HookTarget::Event(event);
    hook
}

macro_rules! events {
    ($($type:ident = $name:literal, $line:literal;)*) => {
        $(
            pub(crate) struct $type;

            impl Event for $type {
                type Mode = Notify;
                type Output = ();
                const META: &'static EventMeta =
                    &EventMeta::new($name, hash_name($name), stringify!($type), "events", at($line));

                fn slot() -> &'static TypeSlot<Self> {
                    static SLOT: TypeSlot<$type> = TypeSlot::new();
                    &SLOT
                }
            }
        )*
    };
}

events! {
    UserLogin = "user.login", 3;
    UserLogout = "user.logout", 5;
    LoginFailed = "user.login.failed", 7;
    HttpRequest = "http.request", 9;
    // A second type under a name that is taken.
    SignIn = "user.login", 11;
}

/// `>=major`.
pub(crate) fn from_major(major: u64) -> VersionReq {
    let from = Comparator::new(Op::GreaterEq, major, None, None, "");
    VersionReq::new(leak(vec![from]))
}

pub(crate) fn leak<T>(items: Vec<T>) -> &'static [T] {
    items.leak()
}

/// A plugin that is put together step by step.
pub(crate) struct Draft {
    meta: PluginMeta,
    provides: Vec<Provided>,
    injects: Vec<Injection>,
    requires: Vec<Requirement>,
    emits: Vec<&'static EventMeta>,
    hooks: Vec<HookMeta>,
}

/// The plugin `auth` is type `AuthPlugin` in crate `auth`.
pub(crate) fn plugin(name: &'static str) -> Draft {
    let (first, rest) = name.split_at(1);
    let type_name = format!("{}{rest}Plugin", first.to_uppercase()).leak();
    plugin_of(name, type_name, name)
}

pub(crate) fn plugin_of(
    name: &'static str,
    type_name: &'static str,
    module: &'static str,
) -> Draft {
    Draft {
        meta: plugin_meta(name, type_name, module),
        provides: Vec::new(),
        injects: Vec::new(),
        requires: Vec::new(),
        emits: Vec::new(),
        hooks: Vec::new(),
    }
}

impl Draft {
    pub(crate) fn line(mut self, line: u32) -> Self {
        self.meta.identity.location = at(line);
        self
    }

    pub(crate) fn version(mut self, major: u64) -> Self {
        self.meta.version = Version::new(major, 0, 0, "");
        self
    }

    pub(crate) fn section(mut self, section: &'static str) -> Self {
        self.meta.section = Some(section);
        self
    }

    pub(crate) fn provides(mut self, service: &'static ServiceMeta) -> Self {
        self.provides.push(provided(service));
        self
    }

    pub(crate) fn injects(mut self, injection: Injection) -> Self {
        self.injects.push(injection);
        self
    }

    pub(crate) fn requires(mut self, requirement: Requirement) -> Self {
        self.requires.push(requirement);
        self
    }

    pub(crate) fn emits(mut self, event: EventRef) -> Self {
        self.emits.push(event.meta());
        self
    }

    pub(crate) fn hooks(mut self, hook: HookMeta) -> Self {
        self.hooks.push(hook);
        self
    }

    pub(crate) fn done(self) -> MetaRef {
        let meta = self
            .meta
            .provides(leak(self.provides))
            .injects(leak(self.injects))
            .requires(leak(self.requires))
            .emits(leak(self.emits))
            .hooks(leak(self.hooks));
        MetaRef::new(Box::leak(Box::new(meta)))
    }
}
