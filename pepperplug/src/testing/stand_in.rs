//! What stands in for the plugins of an application: their declarations, changed, and plugins that were never declared.
//!
//! A declaration is `'static`, so what is made here stays for the life of the process: some hundred bytes for each plugin
//! that a test replaces or makes fail. The plugins themselves do not.

use core::any::{Any, type_name};
use std::sync::Arc;

use crate::inject::{Construct, InjectError, Injection, Provided, Target};
use crate::meta::{Location, PluginMeta, ServiceMeta, hash_name};
use crate::plugin::{Instance, Vtable};
use crate::service::Service;
use crate::slot::Slot;
use crate::version::VersionReq;

/// The module that stand-ins of services are in.
pub(super) const MODULE: &str = "pepperplug::testing";

/// A plugin that comes ready made.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) meta: &'static PluginMeta,
    /// The service that it was given as, if it was.
    pub(super) service: Option<&'static ServiceMeta>,
    pub(super) instance: Instance,
}

/// A service without a plugin.
struct Holder<S: ?Sized>(Arc<S>);

pub(super) fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_all<T>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}

fn not_built(_: &mut Construct<'_>) -> Result<Instance, InjectError> {
    Err(InjectError::Unmet("of a plugin that is given"))
}

/// A plugin whose value is `instance`: with its hooks and services, but nobody builds it, so it asks for nothing.
pub(super) fn of_plugin(declared: &PluginMeta, instance: Instance) -> Given {
    let mut meta = declared.clone();
    meta.injects = &[];
    meta.requires = &[];
    meta.vtable.construct = not_built;
    meta.vtable.initialize = None;
    meta.vtable.cleanup = None;
    Given {
        meta: leak(meta),
        service: None,
        instance,
    }
}

/// A plugin that provides `service` and is nothing else. `number` tells apart those of one service, from 1.
pub(super) fn of_service<S: Service + ?Sized>(
    service: Arc<S>,
    number: usize,
    given_at: Location,
) -> Given {
    let name: &'static str = match number {
        1 => format!("{} (given)", S::META.name()),
        more => format!("{} (given, {more})", S::META.name()),
    }
    .leak();
    let vtable = Vtable {
        construct: not_built,
        initialize: None,
        cleanup: None,
        reconfigure: None,
        reconfigure_takes: None,
        slot: no_type,
    };
    let meta = PluginMeta::new(
        name,
        hash_name(name),
        type_name::<S>(),
        MODULE,
        given_at,
        vtable,
    );
    let provided = Provided::new(S::META, Some(hand_out::<S>));
    Given {
        meta: leak(meta.provides(leak_all(vec![provided]))),
        service: Some(S::META),
        instance: Arc::new(Holder(service)),
    }
}

/// No plugin's type has it, so nobody finds a holder by its type.
fn no_type() -> &'static Slot {
    static SLOT: Slot = Slot::new();
    &SLOT
}

fn hand_out<S: Service + ?Sized>(instance: &Instance, out: &mut dyn Any) {
    let holder = instance.downcast_ref::<Holder<S>>();
    if let (Some(Holder(service)), Some(out)) = (holder, out.downcast_mut::<Option<Arc<S>>>()) {
        *out = Some(Arc::clone(service));
    }
}

/// `declared`, in an application where `services` come from whoever was given for them, and from nobody else.
pub(super) fn among_given(
    declared: &'static PluginMeta,
    services: &[&'static ServiceMeta],
) -> &'static PluginMeta {
    let is_given = |service: &ServiceMeta| is_one_of(service, services);
    let named = |injection: &Injection| match injection.edge.target {
        Target::Service(service) => injection.name.is_some() && is_given(service),
        _ => false,
    };
    let provides = |provided: &Provided| is_given(provided.service);
    if !declared.injects.iter().any(named) && !declared.provides.iter().any(provides) {
        return declared;
    }
    let mut meta = declared.clone();
    let injects = declared.injects.iter().map(|injection| {
        let mut injection = injection.clone();
        if named(&injection) {
            // Of no plugin of that name, and of no version.
            injection.name = None;
            injection.version = VersionReq::ANY;
        }
        injection
    });
    meta.injects = leak_all(injects.collect());
    let provided = declared.provides.iter().filter(|it| !provides(it));
    meta.provides = leak_all(provided.cloned().collect());
    leak(meta)
}

pub(super) fn is_one_of(service: &ServiceMeta, services: &[&'static ServiceMeta]) -> bool {
    let same = |other: &&ServiceMeta| service.identity.same_type(&other.identity);
    services.iter().any(same)
}
