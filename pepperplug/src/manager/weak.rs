//! The manager, as its plugins may have it.

use core::fmt;
use std::sync::{Arc, Weak};

use super::{Handle, PluginManager};

/// A manager that is not kept alive: what a plugin has injected that looks at the whole application, such as an inspector,
/// or that reloads or stops it.
///
/// What a plugin needs of others it rather has injected: that is proved by the build, and orders the start.
///
/// ```
/// use pepperplug::WeakManager;
/// use pepperplug::prelude::*;
///
/// #[plugin(name = "inspector")]
/// struct Inspector {
///     #[inject]
///     manager: WeakManager,
/// }
///
/// impl Inspector {
///     fn page(&self) -> String {
///         match self.manager.upgrade() {
///             Some(manager) => manager.report().to_string(),
///             None => String::new(),
///         }
///     }
/// }
///
/// static PLUGINS: PluginSet = plugins![Inspector];
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pepperplug::Error> {
/// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
/// manager.initialize().await?;
/// assert!(manager.get::<Inspector>()?.page().contains("inspector"));
/// # manager.shutdown().await
/// # }
/// ```
#[derive(Clone, Default)]
pub struct WeakManager(Weak<Handle>);

impl WeakManager {
    /// The manager; none once its last handle is gone, as when the application ends.
    ///
    /// Whoever keeps what this returns keeps the manager, and a plugin that does so keeps itself.
    #[must_use]
    pub fn upgrade(&self) -> Option<PluginManager> {
        let handle = self.0.upgrade()?;
        Some(PluginManager {
            dispatcher: Arc::clone(&handle.shared.dispatcher),
            handle,
        })
    }
}

impl PluginManager {
    /// A handle that does not keep the manager alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakManager {
        WeakManager(Arc::downgrade(&self.handle))
    }
}

impl fmt::Debug for WeakManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakManager")
    }
}
