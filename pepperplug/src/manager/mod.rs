//! The handle that users hold.

mod builder;
mod caught;
mod handle;
mod intercept;
mod listen;
mod phases;
mod run;
#[cfg(feature = "schema")]
mod schema;
mod settings;
mod shared;

use core::fmt;
use std::sync::Arc;

pub use self::builder::PluginManagerBuilder;
pub use self::handle::{HookInfo, PluginHandle};
use self::shared::Shared;
use crate::error::Error;
use crate::event::{Emit, EmitContext, Event, Returned, SyncEvent};
use crate::graph::NodeId;
use crate::hook::{Dispatcher, Emitting, Events, emit_sync};
use crate::inject::Providers;
use crate::introspect::{self, Description, Edges, GraphDrawing, PluginDescription, Report};
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
        Self {
            dispatcher: Arc::clone(&shared.dispatcher),
            handle: Arc::new(Handle {
                shared: Arc::new(shared),
            }),
        }
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
        let shared = self.shared();
        let node = shared.node_of::<P>().ok_or_else(not_listed::<P>)?;
        let running = shared.instances.load();
        let instance = running.get(node).ok_or_else(not_ready_yet::<P>)?;
        downcast(instance).ok_or_else(not_ready_yet::<P>)
    }

    /// A plugin, by its name.
    ///
    /// # Errors
    /// [`Error::UnknownPlugin`] when this manager has none of that name.
    pub fn get_by_name(&self, name: &str) -> Result<PluginHandle, Error> {
        let shared = self.shared();
        let Some(node) = shared.graph.named(name) else {
            let names = shared.graph.metas().map(|(_, meta)| meta.name());
            let suggestion = crate::suggest::nearest(name, names).map(str::to_owned);
            return Err(Error::UnknownPlugin {
                name: name.to_owned(),
                suggestion,
            });
        };
        Ok(self.handle_of(node))
    }

    /// The plugin that provides a service.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::SeveralProviders`], or [`Error::NotReady`] when the provider is not running.
    pub fn service<S: Service + ?Sized>(&self) -> Result<Arc<S>, Error> {
        let shared = self.shared();
        let providers = shared.providers_of(S::META);
        match providers.as_slice() {
            [] => Err(Error::NoProvider {
                service: S::META.name(),
            }),
            [one] => {
                let running = shared.instances.load();
                let found = Providers {
                    of: &providers,
                    instances: &running,
                }
                .services::<S>()
                .next();
                found.ok_or_else(|| not_ready(shared.graph.meta(one.node).name()))
            }
            several => Err(Error::SeveralProviders {
                service: S::META.name(),
                providers: several
                    .iter()
                    .map(|provider| shared.graph.meta(provider.node).name())
                    .collect(),
            }),
        }
    }

    /// All running plugins that provide a service, in the order of their names.
    #[must_use]
    pub fn services<S: Service + ?Sized>(&self) -> Vec<Arc<S>> {
        let shared = self.shared();
        let running = shared.instances.load();
        Providers {
            of: &shared.providers_of(S::META),
            instances: &running,
        }
        .services::<S>()
        .collect()
    }

    /// All plugins, in start order.
    #[must_use]
    pub fn plugins(&self) -> Vec<PluginHandle> {
        self.shared()
            .graph
            .order()
            .iter()
            .map(|node| self.handle_of(*node))
            .collect()
    }

    /// The hooks of an event, in the order in which they run. Empty unless the application runs.
    #[must_use]
    pub fn hooks_of<E: Event>(&self) -> Vec<HookInfo> {
        let slot = E::slot().untyped().index();
        let tables = self.shared().dispatcher.tables();
        let table = tables
            .iter()
            .find(|table| table.event.slot().index() == slot);
        let hooks = table.map_or(&[][..], |table| &table.hooks);
        hooks
            .iter()
            .map(|hook| HookInfo {
                plugin: hook.plugin,
                meta: hook.meta,
                policy: hook.policy.clone(),
            })
            .collect()
    }

    /// Lets a hook be called again that was taken out because it failed too often (`on_error = disable`). Whether there was
    /// one of that name.
    pub fn enable_hook(&self, plugin: &str, hook: &str) -> bool {
        self.dispatcher.put_back(plugin, hook)
    }

    /// Everything that this application is made of, as data.
    #[must_use]
    pub fn describe(&self) -> Description {
        let shared = self.shared();
        let name = |node| shared.graph.meta(node).name();
        let plugin = |node: &NodeId| {
            let providers = |at| {
                shared
                    .graph
                    .providers(*node, at)
                    .iter()
                    .map(|by| name(by.node))
                    .collect()
            };
            let injected_into = shared.injected_into(*node);
            PluginDescription::new(
                &self.handle_of(*node),
                shared.listed.candidates,
                Edges {
                    providers: &providers,
                    injected_into,
                },
            )
        };
        Description {
            plugins: shared.graph.order().iter().map(plugin).collect(),
            off: introspect::off(shared.listed.candidates),
            unlisted: introspect::unlisted(&shared.listed.unlisted),
            events: introspect::events(&shared.dispatcher.tables()),
        }
    }

    /// The graph, to be drawn.
    #[must_use]
    pub fn graph(&self) -> GraphDrawing {
        GraphDrawing::new(self.describe())
    }

    /// Why each plugin is on or off, who injects it, and the order of each event's hooks. Made to be printed.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.describe())
    }

    fn handle_of(&self, node: NodeId) -> PluginHandle {
        let shared = self.shared();
        let record = shared.records.get(node);
        PluginHandle {
            meta: shared.graph.meta(node),
            state: record.state,
            initialized_in: record.initialized_in,
            reason: record.reason,
            instance: shared.instances.load().get(node).cloned(),
        }
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
            .field("plugins", &self.shared().graph.len())
            .finish_non_exhaustive()
    }
}
