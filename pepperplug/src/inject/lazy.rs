//! Injections that are looked up on first use, and the instances that they are looked up in.

use core::fmt;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, Ordering};
use std::panic::catch_unwind;
use std::sync::{Arc, OnceLock, Weak};

use super::supply::{Provider, Providers};
use crate::error::Error;
use crate::hook::panic_text;
use crate::meta::PluginMeta;
use crate::plugin::Instance;

/// The running plugins of one manager, by their place in the graph.
#[derive(Debug)]
pub(crate) struct Instances {
    by_node: Box<[OnceLock<Instance>]>,
    /// Others have taken their place.
    superseded: AtomicBool,
}

impl Instances {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            by_node: (0..count).map(|_| OnceLock::new()).collect(),
            superseded: AtomicBool::new(false),
        }
    }

    /// Others take their place: whoever looks one up looks among those from now on.
    pub(crate) fn supersede(&self) {
        self.superseded.store(true, Ordering::Release);
    }

    #[inline]
    pub(crate) fn get(&self, node: u32) -> Option<&Instance> {
        self.by_node.get(node as usize)?.get()
    }

    /// Shares a plugin that is ready. Each place is filled at most once.
    pub(crate) fn set(&self, node: u32, instance: Instance) {
        if let Some(place) = self.by_node.get(node as usize) {
            // A second instance cannot come: the lifecycle begins each plugin once.
            let _ = place.set(instance);
        }
    }
}

impl Drop for Instances {
    /// One at a time: a plugin that panics when it is dropped must not take the manager, or another plugin, with it.
    fn drop(&mut self) {
        for place in &mut self.by_node {
            let instance = place.take();
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(instance))) {
                let why = panic_text(panic);
                tracing::error!(target: "pepperplug::lifecycle", why, "a plugin panicked when it was dropped");
            }
        }
    }
}

/// The plugins that run now, whichever these are.
pub(crate) trait Running: Send + Sync {
    /// Who meets the injection at position `at` of `plugin` now, and among whom.
    fn provider(&self, plugin: &PluginMeta, at: usize) -> Option<(Provider, Arc<Instances>)>;
}

/// Where a [`Lazy`] looks: weak, so that a plugin that is reached through a ring does not keep the ring alive.
#[derive(Clone)]
pub(crate) struct Later {
    /// Those that its own plugin was started with.
    pub(crate) instances: Weak<Instances>,
    pub(crate) provider: Provider,
    /// Those that run once others have taken the place of these.
    pub(crate) running: Weak<dyn Running>,
    /// Whose field it is, and which.
    pub(crate) of: &'static PluginMeta,
    pub(crate) at: usize,
    /// The plugin that meets the edge, for the error.
    pub(crate) name: &'static str,
}

impl Later {
    fn providers(&self) -> Option<(Provider, Arc<Instances>)> {
        let own = self.instances.upgrade();
        match own.filter(|own| !own.superseded.load(Ordering::Acquire)) {
            Some(own) => Some((self.provider, own)),
            None => self.running.upgrade()?.provider(self.of, self.at),
        }
    }
}

/// A plugin or service that is looked up when it is used: `Lazy<MailPlugin>` or `Lazy<dyn Mailer>`.
///
/// It orders nothing, so it is the one injection that may close a ring of plugins; the target is there once the
/// application has started. Where a reload replaces the target, it is the new one that is found from then on.
///
/// ```
/// use pepperplug::prelude::*;
///
/// #[plugin(name = "mail")]
/// struct MailPlugin;
///
/// #[plugin(name = "report")]
/// struct ReportPlugin {
///     #[inject]
///     mail: Lazy<MailPlugin>,
/// }
///
/// impl ReportPlugin {
///     fn send(&self) -> Result<(), pepperplug::Error> {
///         let _mail: std::sync::Arc<MailPlugin> = self.mail.get()?;
///         Ok(())
///     }
/// }
/// ```
pub struct Lazy<T: ?Sized> {
    later: Later,
    find: fn(Providers<'_>) -> Option<Arc<T>>,
}

impl<T: ?Sized> Lazy<T> {
    pub(super) fn new(later: Later, find: fn(Providers<'_>) -> Option<Arc<T>>) -> Self {
        Self { later, find }
    }

    /// The plugin or service. Whoever keeps it keeps this very instance of it, also when a reload replaces it.
    ///
    /// # Errors
    /// [`Error::NotReady`] while the target has not been initialized, and after the manager is gone.
    pub fn get(&self) -> Result<Arc<T>, Error> {
        let found = self.later.providers().and_then(|(provider, instances)| {
            (self.find)(Providers {
                of: core::slice::from_ref(&provider),
                instances: &instances,
            })
        });
        found.ok_or_else(|| Error::NotReady {
            plugin: self.later.name.to_owned(),
        })
    }
}

/// Not derived, which would ask for `T: Clone`. A free hook function is given a clone with each call.
impl<T: ?Sized> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self {
            later: self.later.clone(),
            find: self.find,
        }
    }
}

impl<T: ?Sized> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy")
            .field("plugin", &self.later.name)
            .finish_non_exhaustive()
    }
}
