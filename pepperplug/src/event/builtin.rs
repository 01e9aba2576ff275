//! The events that every manager emits itself.
//!
//! Not `Copy`: a hook takes its event by reference, and of a small type that is `Copy` clippy says to take it by value.

use super::{AsyncEvent, Event, EventMeta, Notify};
use crate::lifecycle::Reload;
use crate::meta::{Location, hash_name};
use crate::slot::TypeSlot;

/// Emitted once every plugin is ready, before [`initialize`](crate::PluginManager::initialize) returns. A hook that
/// fails, fails the start: what had started is rolled back. Each has 30 s, unless it says otherwise.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AppStartup {}

/// Emitted when a shutdown begins, before the first plugin stops. Hooks that fail are reported and stop nothing. Each has
/// 30 s, unless it says otherwise, and all together have half the time of the shutdown.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AppShutdown {}

/// Emitted when a [reload](crate::PluginManager::reload) has changed something, once that is done. Hooks that fail are
/// reported and undo nothing. Each has 30 s, unless it says otherwise, and all together have half the time of a shutdown.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AppReloaded {
    /// What has changed.
    pub reload: Reload,
}

macro_rules! builtin {
    ($type:ident, $name:literal) => {
        #[diagnostic::do_not_recommend]
        impl Event for $type {
            type Mode = Notify;
            type Output = ();
            const META: &'static EventMeta = &EventMeta::new(
                $name,
                hash_name($name),
                stringify!($type),
                module_path!(),
                Location::new(file!(), line!(), column!()),
            )
            // Starting and stopping wait for these hooks, and every wait has a bound.
            .timeout_ms(30_000);

            fn slot() -> &'static TypeSlot<Self> {
                static SLOT: TypeSlot<$type> = TypeSlot::new();
                &SLOT
            }
        }

        impl AsyncEvent for $type {}

        #[allow(
            unsafe_code,
            reason = "linkme places the entry in a section of its own"
        )]
        const _: () = {
            crate::registry::register_event!($type);
        };
    };
}

builtin!(AppStartup, "app.startup");
builtin!(AppShutdown, "app.shutdown");
builtin!(AppReloaded, "app.reloaded");

/// Their names: events that every application has.
pub(crate) const BUILTIN: [&str; 3] = [
    AppStartup::META.name(),
    AppShutdown::META.name(),
    AppReloaded::META.name(),
];
