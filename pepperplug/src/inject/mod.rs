//! What a plugin asks for, and how its fields are filled.
//!
//! Each `#[inject]` field is an [`Injection`]: an [`Edge`] of the graph, which says what is wanted, together with the
//! function that fills a field of that type from what the manager supplies.

mod edge;
mod lazy;
mod supply;

use core::any::Any;
use core::fmt;

pub use self::edge::{Edge, EdgeKind, SettingsType, Target};
pub use self::lazy::Lazy;
pub(crate) use self::lazy::{Instances, Running};
pub use self::supply::{Construct, InjectError};
pub(crate) use self::supply::{Provider, Providers, Source};

use crate::hook::Events;
use crate::meta::{Location, ServiceMeta};
use crate::plugin::{Instance, Plugin, downcast};
use crate::service::Service;
use crate::version::VersionReq;

/// A type that a field annotated `#[inject]` may have.
#[diagnostic::on_unimplemented(
    message = "[PP020] `{Self}` cannot be injected",
    label = "not a type that a plugin can be given",
    note = "inject `Arc<P>`, `Arc<dyn Service>`, an `Option` of these, `Vec<Arc<dyn Service>>`, `Lazy<P>`, `Events`, `Settings`, or settings with `#[inject(settings)]`"
)]
pub trait Inject: Sized + 'static {
    /// The edge of a field of this type.
    #[doc(hidden)]
    const EDGE: Edge;
}

/// What can stand behind an `Arc` that is injected: a plugin, or a service's trait object.
#[diagnostic::on_unimplemented(
    message = "[PP021] `{Self}` is neither a plugin nor a service, so it cannot be injected",
    label = "not annotated with `#[plugin]` or `#[service]`"
)]
pub trait Injectable: 'static {
    #[doc(hidden)]
    const ARC: Edge;
    #[doc(hidden)]
    const OPTION: Edge;
    #[doc(hidden)]
    const VEC: Edge;
    #[doc(hidden)]
    const LAZY: Edge;
}

#[diagnostic::do_not_recommend]
impl<P: Plugin> Injectable for P {
    const ARC: Edge = <P as Plugin>::ARC;
    const OPTION: Edge = <P as Plugin>::OPTION;
    const VEC: Edge = <P as Plugin>::ARC;
    const LAZY: Edge = <P as Plugin>::LAZY;
}

#[diagnostic::do_not_recommend]
impl<T: Injectable + ?Sized> Inject for std::sync::Arc<T> {
    const EDGE: Edge = T::ARC;
}

#[diagnostic::do_not_recommend]
impl<T: Injectable + ?Sized> Inject for Option<std::sync::Arc<T>> {
    const EDGE: Edge = T::OPTION;
}

#[diagnostic::do_not_recommend]
impl<S: Service + Injectable + ?Sized> Inject for Vec<std::sync::Arc<S>> {
    const EDGE: Edge = <S as Injectable>::VEC;
}

#[diagnostic::do_not_recommend]
impl<T: Injectable + ?Sized> Inject for Lazy<T> {
    const EDGE: Edge = T::LAZY;
}

/// A plugin that is required by name: an edge without a field.
#[derive(Debug)]
pub struct Requirement {
    pub(crate) name: &'static str,
    pub(crate) hash: u64,
    pub(crate) version: VersionReq,
    pub(crate) location: Location,
}

impl Requirement {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        hash: u64,
        version: VersionReq,
        location: Location,
    ) -> Self {
        Self {
            name,
            hash,
            version,
            location,
        }
    }

    /// The required plugin.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The versions that will do.
    #[must_use]
    pub const fn version(&self) -> VersionReq {
        self.version
    }

    /// Where it is written.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.location
    }
}

/// Turns a plugin into the `Arc<dyn Service>` that it provides, and puts it into an `Option` of that type.
pub type Cast = fn(&Instance, &mut dyn Any);

fn no_cast(_: &Instance, _: &mut dyn Any) {}

/// A service that a plugin provides.
#[derive(Clone)]
pub struct Provided {
    pub(crate) service: &'static ServiceMeta,
    pub(crate) cast: Cast,
}

impl Provided {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(service: &'static ServiceMeta, cast: Option<Cast>) -> Self {
        let cast = match cast {
            Some(cast) => cast,
            // The build refuses a plugin that does not implement what it provides.
            None => no_cast,
        };
        Self { service, cast }
    }

    /// The service.
    #[must_use]
    pub const fn service(&self) -> &'static ServiceMeta {
        self.service
    }
}

impl fmt::Debug for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provided")
            .field("service", &self.service.name())
            .finish_non_exhaustive()
    }
}

/// The body of a [`Cast`]: `unsize` is the coercion from `Arc<P>` to `Arc<dyn Trait>`, which only the user's crate can
/// write.
#[doc(hidden)]
pub fn provide<P: Plugin, S: ?Sized + 'static>(
    instance: &Instance,
    out: &mut dyn Any,
    unsize: fn(std::sync::Arc<P>) -> std::sync::Arc<S>,
) {
    let plugin = downcast::<P>(instance);
    if let (Some(plugin), Some(out)) = (plugin, out.downcast_mut::<Option<std::sync::Arc<S>>>()) {
        *out = Some(unsize(plugin));
    }
}

/// One `#[inject]` field.
#[derive(Debug, Clone)]
pub struct Injection {
    pub(crate) field: &'static str,
    pub(crate) edge: Edge,
    pub(crate) location: Location,
    pub(crate) name: Option<&'static str>,
    pub(crate) version: VersionReq,
}

impl Injection {
    /// Of the plugin's settings; of a type that cannot be read, which the build refuses, an edge that leads nowhere.
    #[doc(hidden)]
    #[must_use]
    pub const fn settings(field: &'static str, edge: Option<Edge>, location: Location) -> Self {
        match edge {
            Some(edge) => Self::new(field, edge, location),
            None => Self::new(field, <Events as Inject>::EDGE, location),
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn new(field: &'static str, edge: Edge, location: Location) -> Self {
        Self {
            field,
            edge,
            location,
            name: None,
            version: VersionReq::ANY,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn version(mut self, version: VersionReq) -> Self {
        self.version = version;
        self
    }

    /// The field's name.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What is asked for.
    #[must_use]
    pub const fn edge(&self) -> &Edge {
        &self.edge
    }

    /// Where the field is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.location
    }
}
