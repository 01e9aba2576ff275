#![doc = include_str!("docs/tour.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "cli")]
#[cfg_attr(docsrs, doc(cfg(feature = "cli")))]
pub mod cli;
mod error;
pub mod errors;
mod event;
mod feature_sets;
mod graph;
mod hook;
mod inject;
mod introspect;
mod lifecycle;
#[cfg(feature = "loader")]
mod loader;
mod location;
mod manager;
mod meta;
mod plugin;
pub mod plugins;
pub mod promises;
mod registry;
#[cfg(feature = "resources")]
pub mod resources;
pub mod rules;
mod service;
mod settings;
mod slot;
mod suggest;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod verdict;
mod version;
mod wiring;

#[doc = include_str!("docs/macros/event.md")]
pub use pepperplug_macros::event;
#[doc = include_str!("docs/macros/hook.md")]
pub use pepperplug_macros::hook;
#[doc = include_str!("docs/macros/init.md")]
pub use pepperplug_macros::init;
#[doc = include_str!("docs/macros/inject.md")]
pub use pepperplug_macros::inject;
#[doc = include_str!("docs/macros/plugin.md")]
pub use pepperplug_macros::plugin;
#[doc = include_str!("docs/macros/plugins.md")]
pub use pepperplug_macros::plugins;
#[doc = include_str!("docs/macros/service.md")]
pub use pepperplug_macros::service;

pub use crate::error::{BoxError, EmitError, Error};
pub use crate::event::{
    AppReloaded, AppShutdown, AppStartup, CancellationToken, Collect, CorrelationId, DataError,
    Emit, EmitContext, Event, EventContext, EventMeta, EventMode, First, Mode, Notify, Returned,
    SyncEvent, Transform,
};
pub use crate::feature_sets::{FeatureSets, FeatureSetsError};
pub use crate::hook::{
    Emitting, EventPattern, Events, HookError, HookFailure, HookMeta, HookOptions, HookOutcome,
    HookPolicy, HookResult, HookResultKind, HookTarget, Next, OnError, PolicyOrigin, PolicyValue,
    Subscription,
};
pub use crate::inject::{Edge, EdgeKind, Injection, Lazy, Provided, Requirement, Target};
pub use crate::introspect::{
    DecidedBy, Description, EventDescription, GraphDrawing, HookDescription, InjectionDescription,
    OffDescription, PluginDescription, PolicyDescription, Report, UnlistedDescription, Why,
};
pub use crate::lifecycle::{
    Phase, PluginState, Reload, ReloadError, ShutdownError, StartError, Timeouts,
};
#[cfg(feature = "loader")]
#[cfg_attr(docsrs, doc(cfg(feature = "loader")))]
pub use crate::loader::{
    DiscoveredFiles, LoadError, LoadProblem, LoadedManifests, LoaderConfig, Manifest, PluginLoader,
};
#[cfg(feature = "hot-reload")]
#[cfg_attr(docsrs, doc(cfg(feature = "hot-reload")))]
pub use crate::manager::HotReload;
#[cfg(all(feature = "hot-reload", feature = "loader"))]
#[cfg_attr(docsrs, doc(cfg(all(feature = "hot-reload", feature = "loader"))))]
pub use crate::manager::PluginConfig;
pub use crate::manager::{
    HookInfo, PluginHandle, PluginManager, PluginManagerBuilder, Stats, WeakManager,
};
pub use crate::meta::{Location, PluginMeta, ServiceMeta};
pub use crate::plugin::Plugin;
pub use crate::service::Service;
#[cfg(feature = "secrets")]
pub use crate::settings::Secret;
pub use crate::settings::{
    SectionDescription, SettingDescription, Settings, SettingsBuilder, SettingsDescription,
    SettingsError, SettingsPlace, SettingsProblem,
};
pub use crate::version::{Comparator, Op, Version, VersionReq};
pub use crate::wiring::{Candidate, PluginSet};

/// What most programs need: `use pepperplug::prelude::*;`.
pub mod prelude {
    pub use crate::{
        EventContext, Events, Lazy, PluginManager, PluginSet, Settings, event, hook, inject,
        plugin, plugins, service,
    };
    pub use std::sync::Arc;
}

#[doc(hidden)]
pub use crate::event::{Lent, SinkOf};
#[doc(hidden)]
pub use crate::hook::{Ask, Errors, Gather, Sink};

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
