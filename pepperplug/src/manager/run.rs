//! The whole life of an application in one call.

use std::panic::resume_unwind;

use super::PluginManager;
use super::caught::caught;
#[cfg(feature = "testing")]
use super::phases::Phase;
use crate::error::Error;

impl PluginManager {
    /// Starts every plugin, does `work`, and stops every plugin again, whether `work` succeeds, fails or panics:
    /// [`initialize`](Self::initialize), `work` and [`shutdown`](Self::shutdown) in one, with nothing that can be
    /// forgotten in between.
    ///
    /// A server's `work` waits for the signal to stop, such as `tokio::signal::ctrl_c().await`.
    ///
    /// # Errors
    /// That of [`initialize`](Self::initialize), and `work` is not begun; else that of `work`; else that of
    /// [`shutdown`](Self::shutdown). Where both `work` and the shutdown fail, the error of the shutdown is logged.
    ///
    /// # Panics
    /// If `work` does, with the same panic, once the plugins are stopped.
    ///
    /// # Cancel safety
    /// Dropping the future drops `work` where it awaits, and stops nothing: the plugins run until
    /// [`shutdown`](Self::shutdown) is called.
    ///
    /// # Examples
    /// ```
    /// use pepperplug::prelude::*;
    ///
    /// #[plugin(name = "greeter")]
    /// struct Greeter;
    ///
    /// static PLUGINS: PluginSet = plugins![Greeter];
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// manager
    ///     .run(async |app| {
    ///         app.get::<Greeter>()?;
    ///         Ok(())
    ///     })
    ///     .await
    /// # }
    /// ```
    pub async fn run<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.initialize().await?;
        let worked = caught(work(self)).await;
        let stopped = self.shutdown().await;
        let worked = worked.unwrap_or_else(|panic| {
            log(&stopped);
            resume_unwind(panic)
        });
        Self::ended(worked, stopped)
    }

    /// Whether it has started and has not begun to stop.
    #[cfg(feature = "testing")]
    pub(crate) fn is_running(&self) -> bool {
        let phase = self.shared().phase.borrow();
        matches!(*phase, Phase::Running | Phase::Reloading)
    }

    /// What comes of work after which the plugins were stopped.
    pub(super) fn ended<T, E: From<Error>>(
        worked: Result<T, E>,
        stopped: Result<(), Error>,
    ) -> Result<T, E> {
        match worked {
            Ok(value) => Ok(stopped.map(|()| value)?),
            Err(error) => {
                log(&stopped);
                Err(error)
            }
        }
    }
}

/// Of two errors only one can be returned, and the other must not vanish.
pub(super) fn log(stopped: &Result<(), Error>) {
    if let Err(error) = stopped {
        tracing::error!(target: "pepperplug::lifecycle", "{error}");
    }
}
