//! The handle that users hold.

mod builder;
mod caught;
mod change;
#[cfg(all(feature = "hot-reload", feature = "loader"))]
mod config;
mod generation;
mod handle;
mod inputs;
mod intercept;
mod listen;
mod overview;
mod phases;
#[cfg(feature = "loader")]
mod register;
mod reload;
mod run;
#[cfg(feature = "schema")]
mod schema;
mod selection;
mod settings;
mod shared;
#[cfg(all(feature = "signal", any(unix, windows)))]
#[cfg_attr(docsrs, doc(cfg(feature = "signal")))]
mod signal;
#[cfg(feature = "hot-reload")]
mod watch;
mod weak;

use core::fmt;
use std::sync::Arc;

pub use self::builder::PluginManagerBuilder;
#[cfg(all(feature = "hot-reload", feature = "loader"))]
pub use self::config::PluginConfig;
use self::generation::Generation;
pub use self::handle::{HookInfo, PluginHandle};
pub use self::overview::Stats;
use self::shared::Shared;
#[cfg(feature = "hot-reload")]
pub use self::watch::HotReload;
pub use self::weak::WeakManager;
use crate::error::Error;
use crate::event::{Emit, EmitContext, Event, Returned, SyncEvent};
use crate::graph::NodeId;
use crate::hook::{Dispatcher, Emitting, Events, emit_sync};
use crate::inject::Providers;
use crate::lifecycle::Reload;
use crate::plugin::{Plugin, downcast};
use crate::service::Service;

/// Starts, connects and stops the plugins of an application. A cheap handle: clones are the same manager.
///
/// ```
/// use pepperplug::prelude::*;
///
/// #[plugin(name = "greeter")]
/// struct Greeter;
///
/// impl Greeter {
///     fn greet(&self) -> &'static str {
///         "hello"
///     }
/// }
///
/// static PLUGINS: PluginSet = plugins![Greeter];
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pepperplug::Error> {
/// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
/// manager.initialize().await?;
/// assert_eq!(manager.get::<Greeter>()?.greet(), "hello");
/// manager.shutdown().await
/// # }
/// ```
#[derive(Clone)]
pub struct PluginManager {
    handle: Arc<Handle>,
    /// That of the handle; here, since an emit is to find it at once.
    dispatcher: Arc<Dispatcher>,
}

/// What the last clone of a manager drops.
struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}

impl PluginManager {
    /// A manager of every plugin that the build linked, with no settings.
    ///
    /// Cargo links a crate only if the source names it: a dependency that only registers plugins vanishes unless
    /// something names it (`use my_plugins as _;`). A list, [`plugins![…]`](macro@crate::plugins), names them and proves the
    /// whole wiring in `cargo check`.
    ///
    /// # Errors
    /// [`Error::Wiring`] with every reason why the plugins do not fit together, and [`Error::Settings`] where one of
    /// them cannot do without settings.
    pub fn linked() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A manager to be configured.
    pub fn builder() -> PluginManagerBuilder {
        PluginManagerBuilder::default()
    }

    fn new(shared: Shared) -> Self {
        let manager = Self {
            dispatcher: Arc::clone(&shared.dispatcher),
            handle: Arc::new(Handle {
                shared: Arc::new(shared),
            }),
        };
        // It is the first and only one.
        let _ = manager.shared().manager.set(manager.downgrade());
        manager
    }

    fn shared(&self) -> &Shared {
        &self.handle.shared
    }

    /// Starts every plugin, each as soon as its own dependencies are ready. Once it has succeeded, calling it again
    /// does nothing; calls at the same time wait for the same start.
    ///
    /// # Errors
    /// [`Error::Start`] when a plugin that is not optional fails, panics or takes too long, or a hook on `app.startup`
    /// fails. Everything that had started is then stopped again, in reverse, and another call tries anew.
    /// [`Error::Stopped`] after [`shutdown`](Self::shutdown), [`Error::NoRuntime`] outside of tokio.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the start to go on, in a task of its own; call again to wait for it, or shut down to
    /// cancel it.
    pub async fn initialize(&self) -> Result<(), Error> {
        Shared::initialize(&self.handle.shared).await
    }

    /// Stops every plugin in reverse order: sends `app.shutdown`, refuses new events, waits for those under way, and
    /// calls each `cleanup` once. It keeps going past failures. Calling it again returns the same.
    ///
    /// A hook that awaits it waits for itself, until half the time of the shutdown is over: let a task of its own do so.
    ///
    /// # Errors
    /// [`Error::Shutdown`] with every plugin whose cleanup failed, panicked or took too long; the others are cleaned up
    /// all the same. [`Error::NoRuntime`] outside of tokio.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the shutdown to go on; call again to wait for it.
    pub async fn shutdown(&self) -> Result<(), Error> {
        Shared::shutdown(&self.handle.shared).await
    }

    /// Reads the settings again, and lets the application go on with them: all of it, or nothing.
    ///
    /// Everything is read and checked before anything moves. A plugin with new settings takes them in place, if it has a
    /// `reconfigure`; else it and all that have it injected are built anew beside those that run, and initialized. Then, in
    /// one step, events go to the hooks of the new ones; those under way are done with the old ones, which are cleaned up
    /// after that, in reverse. No event is lost, or seen twice, or seen by a plugin that is not initialized or is cleaned up.
    ///
    /// `app.startup` is not sent to the new plugins: what each of them needs, it does in `initialize`. Where the application
    /// does not run, its next start finds the new settings. Calls at the same time follow one another.
    ///
    /// A hook that awaits it waits for itself, until half the time of a shutdown is over: let a task of its own do so.
    ///
    /// # Errors
    /// In each case, everything runs as it did before. [`Error::Settings`] and [`Error::SettingsFile`] with everything that
    /// is wrong with the settings; [`Error::Reload`] when a plugin fails, panics or takes too long; [`Error::Stopped`] during
    /// a shutdown and after; [`Error::NoRuntime`] outside of tokio.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the reload to go on, in a task of its own.
    pub async fn reload(&self) -> Result<Reload, Error> {
        Shared::reload(&self.handle.shared).await
    }

    /// Runs the hooks of an event; what it returns is decided by the event's mode.
    ///
    /// # Errors
    /// As [`Events::emit`].
    ///
    /// # Cancel safety
    /// As [`Events::emit`].
    #[inline]
    pub fn emit<'e, T: Emit<'e, E>, E: Event>(&'e self, event: T) -> Emitting<'e, E> {
        Emitting::new(&self.dispatcher, event.lend())
    }

    /// As [`emit`](Self::emit), with a correlation id, metadata, a deadline, or a token that cancels it.
    ///
    /// # Errors
    /// As [`Events::emit_with`].
    ///
    /// # Cancel safety
    /// As [`Events::emit`].
    pub fn emit_with<'e, T: Emit<'e, E>, E: Event>(
        &'e self,
        event: T,
        context: EmitContext,
    ) -> Emitting<'e, E> {
        self.emit(event).with(context)
    }

    /// As [`emit`](Self::emit), for an event declared `sync`: no future at all.
    ///
    /// # Errors
    /// As [`Events::emit`].
    #[inline]
    pub fn emit_sync<'e, T: Emit<'e, E>, E: SyncEvent>(
        &'e self,
        event: T,
    ) -> Result<Returned<E>, Error> {
        emit_sync(&self.dispatcher, event.lend(), None)
    }

    /// As [`emit_with`](Self::emit_with), for an event declared `sync`.
    ///
    /// # Errors
    /// As [`Events::emit_sync_with`].
    pub fn emit_sync_with<'e, T: Emit<'e, E>, E: SyncEvent>(
        &'e self,
        event: T,
        context: EmitContext,
    ) -> Result<Returned<E>, Error> {
        emit_sync(&self.dispatcher, event.lend(), Some(context))
    }

    /// A handle that only emits.
    #[must_use]
    pub fn events(&self) -> Events {
        Events::new(Arc::clone(&self.shared().dispatcher))
    }

    /// A plugin, by its type.
    ///
    /// # Errors
    /// [`Error::NotListed`] when it is not one of this manager, [`Error::NotReady`] when it is not running.
    #[inline]
    pub fn get<P: Plugin>(&self) -> Result<Arc<P>, Error> {
        match self.dispatcher.plugin() {
            Some(plugin) => Ok(plugin),
            None => self.get_slowly(),
        }
    }

    #[cold]
    #[inline(never)]
    fn get_slowly<P: Plugin>(&self) -> Result<Arc<P>, Error> {
        // From now on this thread finds plugins quickly.
        crate::hook::meet_thread();
        let now = self.now();
        let node = now.node_of::<P>().ok_or_else(not_listed::<P>)?;
        let instance = now.instances.get(node).ok_or_else(not_ready_yet::<P>)?;
        downcast(instance).ok_or_else(not_ready_yet::<P>)
    }

    /// A plugin, by its name.
    ///
    /// # Errors
    /// [`Error::UnknownPlugin`] when this manager has none of that name.
    pub fn get_by_name(&self, name: &str) -> Result<PluginHandle, Error> {
        let now = self.now();
        let Some(node) = now.graph.named(name) else {
            let names = now.graph.metas().map(|(_, meta)| meta.name());
            let suggestion = crate::suggest::nearest(name, names).map(str::to_owned);
            return Err(Error::UnknownPlugin {
                name: name.to_owned(),
                suggestion,
            });
        };
        Ok(handle_of(&now, node))
    }

    /// The plugin that provides a service.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::SeveralProviders`], or [`Error::NotReady`] when the provider is not running.
    pub fn service<S: Service + ?Sized>(&self) -> Result<Arc<S>, Error> {
        let now = self.now();
        let providers = now.providers_of(S::META);
        match providers.as_slice() {
            [] => Err(Error::NoProvider {
                service: S::META.name(),
            }),
            [one] => {
                let found = Providers {
                    of: &providers,
                    instances: &now.instances,
                }
                .services::<S>()
                .next();
                found.ok_or_else(|| not_ready(now.graph.meta(one.node).name()))
            }
            several => Err(Error::SeveralProviders {
                service: S::META.name(),
                providers: several
                    .iter()
                    .map(|provider| now.graph.meta(provider.node).name())
                    .collect(),
            }),
        }
    }

    /// All running plugins that provide a service, in the order of their names.
    #[must_use]
    pub fn services<S: Service + ?Sized>(&self) -> Vec<Arc<S>> {
        let now = self.now();
        Providers {
            of: &now.providers_of(S::META),
            instances: &now.instances,
        }
        .services::<S>()
        .collect()
    }

    /// All plugins, in start order.
    #[must_use]
    pub fn plugins(&self) -> Vec<PluginHandle> {
        let now = self.now();
        let handle = |node: &NodeId| handle_of(&now, *node);
        now.graph.order().iter().map(handle).collect()
    }

    /// Lets a hook be called again that was taken out because it failed too often (`on_error = disable`). Whether there was
    /// one of that name.
    pub fn enable_hook(&self, plugin: &str, hook: &str) -> bool {
        self.dispatcher.put_back(plugin, hook)
    }

    fn now(&self) -> Arc<Generation> {
        Arc::clone(&self.shared().generation.get())
    }
}

fn handle_of(now: &Generation, node: NodeId) -> PluginHandle {
    let record = now.records.get(node);
    PluginHandle {
        meta: now.graph.meta(node),
        state: record.state,
        begun_after: record.begun_after,
        initialized_in: record.initialized_in,
        reason: record.reason,
        instance: now.instances.get(node).cloned(),
    }
}

#[cold]
fn not_listed<P: Plugin>() -> Error {
    let meta = P::META.get();
    Error::NotListed {
        plugin: meta.name(),
        path: meta.path(),
    }
}

#[cold]
fn not_ready_yet<P: Plugin>() -> Error {
    not_ready(P::META.get().name())
}

fn not_ready(plugin: &str) -> Error {
    Error::NotReady {
        plugin: plugin.to_owned(),
    }
}

impl fmt::Debug for PluginManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginManager")
            .field("plugins", &self.now().graph.len())
            .finish_non_exhaustive()
    }
}
