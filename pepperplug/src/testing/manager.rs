//! The application of a test.

use core::fmt;
use core::future::Future;
use core::ops::Deref;

use super::builder::TestManagerBuilder;
use super::log::HookLog;
use crate::manager::PluginManager;
use crate::meta::Location;
use crate::plugin::Plugin;

/// A [`PluginManager`] of a plugin under test and of what it needs, with a log of its hooks. It dereferences to the
/// manager. See the [module](crate::testing) for what it can do.
///
/// Dropped while it runs, it prints that no `cleanup` was called.
#[must_use = "dropped while it runs, it cleans nothing up"]
pub struct TestManager {
    manager: PluginManager,
    log: HookLog,
}

impl TestManager {
    /// An application of the plugin `P` and of what it cannot be without:
    ///
    /// - the plugins that it injects as `Arc` or `Lazy`, and those that these inject, and so on;
    /// - for each service that one of these injects as `Arc` or `Lazy`, the plugin of the test that provides it, or, if
    ///   none does, the one linked plugin that does;
    /// - the linked plugins that they require by name.
    ///
    /// What is injected as an `Option` or a `Vec` is left out, unless it is part of the test for another reason:
    /// [`plugin`](TestManagerBuilder::plugin), [`with`](TestManagerBuilder::with) and
    /// [`with_service`](TestManagerBuilder::with_service) add it.
    pub fn only<P: Plugin>() -> TestManagerBuilder {
        TestManagerBuilder::new(P::META)
    }

    pub(super) fn new(manager: PluginManager, log: HookLog) -> Self {
        Self { manager, log }
    }

    /// Every hook that was called, and every event that was emitted.
    #[must_use]
    pub fn log(&self) -> &HookLog {
        &self.log
    }

    /// The manager itself, whose clones may go to other tasks.
    #[must_use]
    pub fn manager(&self) -> &PluginManager {
        &self.manager
    }

    /// Stops the application, and returns the log of its hooks, those on `app.shutdown` included.
    ///
    /// # Panics
    /// Where the shutdown has problems, with the caller's line and all of them. To look at them, call
    /// [`shutdown`](PluginManager::shutdown).
    #[track_caller]
    pub fn stop(self) -> impl Future<Output = HookLog> + Send {
        let at = Location::here();
        async move {
            if let Err(error) = self.manager.shutdown().await {
                panic!("{at}: {error}");
            }
            self.log.clone()
        }
    }
}

impl Deref for TestManager {
    type Target = PluginManager;

    fn deref(&self) -> &PluginManager {
        &self.manager
    }
}

impl Drop for TestManager {
    fn drop(&mut self) {
        // A test that fails has said enough.
        if self.manager.is_running() && !std::thread::panicking() {
            eprintln!(
                "warning: a `TestManager` was dropped while its application runs: no `cleanup` was called; end the test with `.stop().await`"
            );
        }
    }
}

impl fmt::Debug for TestManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestManager")
            .field("manager", &self.manager)
            .finish_non_exhaustive()
    }
}
