//! Injections that are looked up on first use, and the instances that they are looked up in.

use core::fmt;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::{Arc, OnceLock, Weak};

use super::supply::{Provider, Providers};
use crate::error::Error;
use crate::hook::panic_text;
use crate::plugin::Instance;

/// The running plugins of one manager, by their place in the graph.
#[derive(Debug)]
pub(crate) struct Instances {
    by_node: Box<[OnceLock<Instance>]>,
}

impl Instances {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            by_node: (0..count).map(|_| OnceLock::new()).collect(),
        }
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

/// Where a [`Lazy`] looks: weak, so that a plugin that is reached through a ring does not keep the ring alive.
#[derive(Debug, Clone)]
pub(crate) struct Later {
    pub(crate) instances: Weak<Instances>,
    pub(crate) provider: Provider,
    /// The plugin that meets the edge, for the error.
    pub(crate) name: &'static str,
}

/// A plugin or service that is looked up on first use: `Lazy<MailPlugin>` or `Lazy<dyn Mailer>`.
///
/// It orders nothing, so it is the one injection that may close a ring of plugins; the target is there once the
/// application has started.
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
    /// Weak: two plugins that reach each other through it would otherwise keep each other for ever.
    found: OnceLock<Weak<T>>,
    later: Later,
    find: fn(Providers<'_>) -> Option<Arc<T>>,
}

impl<T: ?Sized> Lazy<T> {
    pub(super) fn new(later: Later, find: fn(Providers<'_>) -> Option<Arc<T>>) -> Self {
        Self {
            found: OnceLock::new(),
            later,
            find,
        }
    }

    /// The plugin or service. Looked up on the first call.
    ///
    /// # Errors
    /// [`Error::NotReady`] while the target has not been initialized, and after the manager is gone.
    pub fn get(&self) -> Result<Arc<T>, Error> {
        if let Some(found) = self.found.get().and_then(Weak::upgrade) {
            return Ok(found);
        }
        let not_ready = || Error::NotReady {
            plugin: self.later.name.to_owned(),
        };
        let instances = self.later.instances.upgrade().ok_or_else(not_ready)?;
        let providers = Providers {
            of: core::slice::from_ref(&self.later.provider),
            instances: &instances,
        };
        let found = (self.find)(providers).ok_or_else(not_ready)?;
        // Two may look it up at once; both find the same.
        let _ = self.found.set(Arc::downgrade(&found));
        Ok(found)
    }
}

/// Not derived, which would ask for `T: Clone`. A free hook function is given a clone with each call.
impl<T: ?Sized> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self {
            found: self.found.clone(),
            later: self.later.clone(),
            find: self.find,
        }
    }
}

impl<T: ?Sized> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy")
            .field("plugin", &self.later.name)
            .field("found", &self.found.get().is_some())
            .finish()
    }
}
