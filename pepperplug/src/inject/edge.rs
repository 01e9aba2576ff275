//! An edge of the graph: what is wanted, how strongly, and how a field takes it.

use core::any::Any;
use core::fmt;

use serde::de::DeserializeOwned;

use super::Inject;
use super::lazy::Lazy;
use super::supply::Source;
use crate::hook::Events;
use crate::manager::WeakManager;
use crate::meta::{MetaRef, ServiceMeta};
use crate::plugin::Plugin;
use crate::service::Service;
use crate::settings::{Checked, Described, Section, Settings, SettingsMeta};

/// What an edge points at.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Target {
    /// A plugin, by its type.
    Plugin(MetaRef),
    /// Whoever provides a service.
    Service(&'static ServiceMeta),
    /// The handle that emits events: not a plugin.
    Events,
    /// The handle of the manager: not a plugin.
    Manager,
    /// The plugin's own settings: not a plugin.
    Settings(SettingsMeta),
    /// The settings of the whole application: not a plugin.
    AllSettings,
}

/// How strongly the target is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdgeKind {
    /// It must be there, and be ready first.
    One,
    /// It may be missing; where it is there, it is ready first.
    Optional,
    /// All there are; they are ready first.
    Many,
    /// It must be there, but is looked up on first use, so it orders nothing and may close a ring.
    Lazy,
}

impl EdgeKind {
    /// Whether the target must be ready before the plugin begins.
    #[must_use]
    pub const fn orders(self) -> bool {
        !matches!(self, Self::Lazy)
    }

    /// Whether the application cannot be without a target.
    #[must_use]
    pub const fn demands(self) -> bool {
        matches!(self, Self::One | Self::Lazy)
    }
}

/// Moves what `source` has for the injection at a position into `out`, an `Option` of the field's type; left `None`, the
/// edge was not met.
type Fill = fn(source: &mut Source<'_>, at: usize, out: &mut dyn Any);

/// An edge of the graph.
#[derive(Clone, Copy)]
pub struct Edge {
    pub(crate) kind: EdgeKind,
    pub(crate) target: Target,
    pub(super) fill: Fill,
}

impl Edge {
    /// That of settings whose type can do more than be read.
    #[doc(hidden)]
    #[must_use]
    pub const fn settings(
        edge: Option<Self>,
        checked: Option<Checked>,
        described: Option<Described>,
    ) -> Option<Self> {
        match edge {
            Some(Self {
                kind,
                target: Target::Settings(settings),
                fill,
            }) => Some(Self {
                kind,
                target: Target::Settings(settings.with(checked, described)),
                fill,
            }),
            other => other,
        }
    }

    /// How strongly the target is wanted.
    #[must_use]
    pub const fn kind(&self) -> EdgeKind {
        self.kind
    }

    /// What it points at.
    #[must_use]
    pub const fn target(&self) -> Target {
        self.target
    }

    /// The same edge to another plugin of the same type: for graphs of many plugins and few types.
    #[doc(hidden)]
    #[must_use]
    pub const fn to(mut self, plugin: MetaRef) -> Self {
        self.target = Target::Plugin(plugin);
        self
    }

    pub(crate) const fn plugin_arc<P: Plugin>() -> Self {
        Self {
            kind: EdgeKind::One,
            target: Target::Plugin(P::META),
            fill: fill_plugin::<P>,
        }
    }

    pub(crate) const fn plugin_option<P: Plugin>() -> Self {
        Self {
            kind: EdgeKind::Optional,
            target: Target::Plugin(P::META),
            fill: fill_plugin_option::<P>,
        }
    }

    pub(crate) const fn plugin_lazy<P: Plugin>() -> Self {
        Self {
            kind: EdgeKind::Lazy,
            target: Target::Plugin(P::META),
            fill: fill_lazy_plugin::<P>,
        }
    }

    pub(crate) const fn service_arc<S: Service + ?Sized>() -> Self {
        Self {
            kind: EdgeKind::One,
            target: Target::Service(S::META),
            fill: fill_service::<S>,
        }
    }

    pub(crate) const fn service_option<S: Service + ?Sized>() -> Self {
        Self {
            kind: EdgeKind::Optional,
            target: Target::Service(S::META),
            fill: fill_service_option::<S>,
        }
    }

    pub(crate) const fn service_vec<S: Service + ?Sized>() -> Self {
        Self {
            kind: EdgeKind::Many,
            target: Target::Service(S::META),
            fill: fill_service_vec::<S>,
        }
    }

    pub(crate) const fn service_lazy<S: Service + ?Sized>() -> Self {
        Self {
            kind: EdgeKind::Lazy,
            target: Target::Service(S::META),
            fill: fill_lazy_service::<S>,
        }
    }
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edge")
            .field("kind", &self.kind)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Inject for Events {
    const EDGE: Edge = Edge {
        kind: EdgeKind::One,
        target: Target::Events,
        fill: fill_events,
    };
}

#[diagnostic::do_not_recommend]
impl Inject for WeakManager {
    const EDGE: Edge = Edge {
        kind: EdgeKind::One,
        target: Target::Manager,
        fill: fill_manager,
    };
}

#[diagnostic::do_not_recommend]
impl Inject for Settings {
    const EDGE: Edge = Edge {
        kind: EdgeKind::One,
        target: Target::AllSettings,
        fill: fill_all_settings,
    };
}

/// A type that `#[inject(settings)]` can read a plugin's section into.
#[diagnostic::on_unimplemented(
    message = "[PP025] `{Self}` cannot be read from settings",
    label = "does not implement `serde::Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`; it must also be `Send` and own its data"
)]
pub trait SettingsType: Sized + 'static {
    #[doc(hidden)]
    const EDGE: Edge;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + 'static> SettingsType for T {
    const EDGE: Edge = Edge {
        kind: EdgeKind::One,
        target: Target::Settings(SettingsMeta::new(Section::parse::<T>)),
        fill: fill_settings::<T>,
    };
}

/// Puts `value` into `out`, which the caller made an `Option` of the same type.
fn put<T: 'static>(out: &mut dyn Any, value: T) {
    if let Some(out) = out.downcast_mut::<Option<T>>() {
        *out = Some(value);
    }
}

fn fill_plugin<P: Plugin>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    if let Some(plugin) = source.providers(at).first_plugin::<P>() {
        put(out, plugin);
    }
}

fn fill_plugin_option<P: Plugin>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    put(out, source.providers(at).first_plugin::<P>());
}

fn fill_service<S: Service + ?Sized>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    if let Some(service) = source.providers(at).services::<S>().next() {
        put(out, service);
    }
}

fn fill_service_option<S: Service + ?Sized>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    put(out, source.providers(at).services::<S>().next());
}

fn fill_service_vec<S: Service + ?Sized>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    put(
        out,
        source.providers(at).services::<S>().collect::<Vec<_>>(),
    );
}

fn fill_lazy_plugin<P: Plugin>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    if let Some(later) = source.later(at) {
        put(out, Lazy::<P>::new(later, |found| found.first_plugin()));
    }
}

fn fill_lazy_service<S: Service + ?Sized>(source: &mut Source<'_>, at: usize, out: &mut dyn Any) {
    if let Some(later) = source.later(at) {
        put(out, Lazy::<S>::new(later, |found| found.services().next()));
    }
}

fn fill_events(source: &mut Source<'_>, _: usize, out: &mut dyn Any) {
    put(out, source.events.clone());
}

fn fill_manager(source: &mut Source<'_>, _: usize, out: &mut dyn Any) {
    put(out, source.manager.clone());
}

fn fill_all_settings(source: &mut Source<'_>, _: usize, out: &mut dyn Any) {
    put(out, source.all_settings.clone());
}

fn fill_settings<T: 'static>(source: &mut Source<'_>, _: usize, out: &mut dyn Any) {
    if let Some(settings) = source.settings.take() {
        if let Ok(settings) = settings.downcast::<T>() {
            put(out, *settings);
        }
    }
}
