//! Putting a test's application together.

use core::future::Future;
use std::sync::Arc;

use super::closure::Closure;
use super::fault::{Asked, Place, put_into};
use super::log::HookLog;
use super::manager::TestManager;
use super::stand_in::{Given, among_given, of_plugin, of_service};
use crate::error::Error;
use crate::hook::Fault;
use crate::lifecycle::Phase;
use crate::manager::{PluginManager, PluginManagerBuilder};
use crate::meta::{Location, MetaRef, PluginMeta, ServiceMeta};
use crate::plugin::Plugin;
use crate::service::Service;
use crate::settings::Settings;
use crate::wiring::PluginSet;

/// Says what an application that is to be tested is made of. From [`TestManager::only`].
#[derive(Debug)]
#[must_use = "nothing is built before `start` or `build`"]
pub struct TestManagerBuilder {
    named: Vec<MetaRef>,
    given: Vec<Given>,
    among: Option<&'static PluginSet>,
    faults: Vec<Asked>,
    inner: PluginManagerBuilder,
}

impl TestManagerBuilder {
    pub(super) fn new(plugin: MetaRef) -> Self {
        Self {
            named: vec![plugin],
            given: Vec::new(),
            among: None,
            faults: Vec::new(),
            inner: PluginManager::builder(),
        }
    }

    /// Adds a plugin, and what it needs: one that is optional for the others, one of several that provide a service, or
    /// whose hooks are to be called.
    pub fn plugin<P: Plugin>(mut self) -> Self {
        self.named.push(P::META);
        self
    }

    /// Puts a plugin that is ready made in the place of that type. It is taken as it is, neither initialized nor cleaned
    /// up, and what its type injects or requires is not part of the test. Its hooks are called, and what it provides is
    /// provided. The last one of a type counts.
    pub fn with<P: Plugin + Send + Sync>(mut self, plugin: P) -> Self {
        let given = of_plugin(P::META.get(), Arc::new(plugin));
        let is_other = |other: &Given| !(other.meta.identity).same_type(&given.meta.identity);
        self.given.retain(is_other);
        self.given.push(given);
        self
    }

    /// Provides a service without a plugin: whoever injects it gets this, also who names a plugin to get it from, and no
    /// plugin of the test provides it beside. Several of one service go together where all of them are injected, as a
    /// `Vec`.
    ///
    /// Write `.with_service::<dyn Cache>(Arc::new(Mock::default()))`. To look at the mock afterwards keep a clone of the `Arc`.
    #[track_caller]
    pub fn with_service<S: Service + ?Sized>(mut self, service: Arc<S>) -> Self {
        let of_it = |of: &ServiceMeta| of.identity.same_type(&S::META.identity);
        let before = self.given.iter().filter_map(|given| given.service);
        let number = 1 + before.filter(|of| of_it(of)).count();
        self.given
            .push(of_service(service, number, Location::here()));
        self
    }

    /// Where services and plugins that are required by name are looked for: among the plugins of this list. Without it,
    /// among all that the build linked, those that tests declare included.
    pub fn among(mut self, set: &'static PluginSet) -> Self {
        self.among = Some(set);
        self
    }

    /// The settings. They may be those of the whole application: sections of linked plugins that are not part of the
    /// test are left alone.
    pub fn settings(self, settings: Settings) -> Self {
        self.configure(|builder| builder.settings(settings))
    }

    /// Changes what a [`PluginManagerBuilder`] can change, such as its limits of time. A list of plugins that is set here
    /// is not looked at.
    pub fn configure(
        mut self,
        change: impl FnOnce(PluginManagerBuilder) -> PluginManagerBuilder,
    ) -> Self {
        self.inner = change(self.inner);
        self
    }

    /// Lets a phase of a plugin, by the plugin's name, end with an error. The phase itself does not run.
    pub fn fail(self, plugin: &str, phase: Phase) -> Self {
        self.fault(plugin, Place::Phase(phase), Fault::Fails)
    }

    /// Lets a phase of a plugin panic. The phase itself does not run.
    pub fn panic(self, plugin: &str, phase: Phase) -> Self {
        self.fault(plugin, Place::Phase(phase), Fault::Panics)
    }

    /// Lets a phase of a plugin await something that never comes, until its limit of time is over. The phase itself does
    /// not run. Not for [`Phase::Construct`], in which nothing is awaited.
    pub fn hang(self, plugin: &str, phase: Phase) -> Self {
        self.fault(plugin, Place::Phase(phase), Fault::Hangs)
    }

    /// Lets a hook of a plugin, by the name of its method, end with an error. The hook itself is not called.
    pub fn fail_hook(self, plugin: &str, hook: &str) -> Self {
        self.fault(plugin, Place::Hook(hook.to_owned()), Fault::Fails)
    }

    /// Lets a hook of a plugin panic. The hook itself is not called.
    pub fn panic_hook(self, plugin: &str, hook: &str) -> Self {
        self.fault(plugin, Place::Hook(hook.to_owned()), Fault::Panics)
    }

    /// Lets an async hook of a plugin await something that never comes. The hook itself is not called.
    pub fn hang_hook(self, plugin: &str, hook: &str) -> Self {
        self.fault(plugin, Place::Hook(hook.to_owned()), Fault::Hangs)
    }

    fn fault(mut self, plugin: &str, place: Place, fault: Fault) -> Self {
        self.faults.push(Asked {
            plugin: plugin.to_owned(),
            place,
            fault,
        });
        self
    }

    /// Puts the application together. Nothing is started yet: for tests of a start that fails, call
    /// [`initialize`](PluginManager::initialize) then.
    ///
    /// # Errors
    /// [`Error::TestIncomplete`] with all that is missing and what to write for each; [`Error::TestFault`] with all faults
    /// that name no plugin or hook of it; [`Error::Wiring`] where plugins do not fit together; and [`Error::Settings`].
    pub fn build(self) -> Result<TestManager, Error> {
        let linked = match self.among {
            Some(set) => set.plugins().to_vec(),
            None => crate::registry::plugins(),
        };
        let linked: Vec<&'static PluginMeta> = linked.iter().map(|plugin| plugin.get()).collect();
        let services: Vec<&'static ServiceMeta> = self
            .given
            .iter()
            .filter_map(|given| given.service)
            .collect();
        let mut closure = Closure::new(&self.given, &services, linked.clone());
        for plugin in &self.named {
            closure.add(plugin.get());
        }
        let mut metas = closure.close().map_err(Error::TestIncomplete)?;
        for meta in &mut metas {
            let is_service = meta.identity.module == super::stand_in::MODULE;
            if !is_service {
                *meta = among_given(meta, &services);
            }
        }
        let problems = put_into(&mut metas, &self.faults, &self.given, &linked);
        if !problems.is_empty() {
            return Err(Error::TestFault(problems));
        }
        let plugins: Vec<MetaRef> = metas.into_iter().map(MetaRef::new).collect();
        let given: Vec<_> = (self.given.iter())
            .map(|given| (given.meta, Arc::clone(&given.instance)))
            .collect();
        let log = HookLog::default();
        let (emits, hooks) = (log.clone(), log.clone());
        let inner = self
            .inner
            .on_emit(move |ctx| emits.emitted(ctx))
            .on_result(move |outcome, ctx| hooks.came(outcome, ctx));
        Ok(TestManager::new(inner.build_part(&plugins, &given)?, log))
    }

    /// Puts the application together and starts it.
    ///
    /// # Panics
    /// At the caller's line, with the whole error, where it cannot be put together, as [`build`](Self::build) says, or does
    /// not start, as [`PluginManager::initialize`] says.
    #[track_caller]
    pub fn start(self) -> impl Future<Output = TestManager> + Send {
        let at = Location::here();
        let manager = match self.build() {
            Ok(manager) => manager,
            Err(error) => panic!("{error}"),
        };
        async move {
            if let Err(error) = manager.initialize().await {
                // Here the caller is the runtime, so the line is part of the text.
                panic!("{at}: {error}");
            }
            manager
        }
    }
}
