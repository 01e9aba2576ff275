//! An application that runs until the system tells it to stop.

use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::sync::watch;

use super::PluginManager;
use super::caught::caught;
use super::phases::Phase;
use super::shared::Shared;
use crate::error::Error;
use crate::lifecycle::PluginState;

mod listener;

use self::listener::Run;

impl PluginManager {
    /// Starts every plugin, waits for the signal to stop, and stops every plugin: all that the `main` of a service does.
    ///
    /// The signals are SIGTERM and SIGINT (Ctrl-C); on Windows Ctrl-C, the closing of the console and the end of the
    /// session. One that comes while the plugins start cancels the start, and takes back what had started. Where
    /// somebody else [shuts the manager down](Self::shutdown), this ends as well.
    ///
    /// **A second signal ends the process at once**, for whoever does not want to wait for a cleanup that hangs: it prints
    /// to stderr which plugins were not cleaned up, and exits with the code that a shell gives to the signal, 130 for
    /// SIGINT and 143 for SIGTERM (on Windows that of Ctrl-C, `0xC000013A`). That works also while a plugin blocks every
    /// thread. The listener stays for the life of the process: after this function has returned, the first signal ends the
    /// process, as if nobody listened. Several managers in one process are all stopped by one signal.
    ///
    /// # Errors
    /// That of [`initialize`](Self::initialize), then that of [`shutdown`](Self::shutdown): a start that a signal has
    /// cancelled is no error. [`Error::Signals`] where the system does not let the program listen, before anything starts.
    ///
    /// # Cancel safety
    /// Dropping the future stops nothing: the plugins run until [`shutdown`](Self::shutdown) is called.
    ///
    /// # Examples
    /// ```no_run
    /// use pepperplug::prelude::*;
    ///
    /// #[plugin(name = "server")]
    /// struct Server;
    ///
    /// static PLUGINS: PluginSet = plugins![Server];
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), pepperplug::Error> {
    ///     let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    ///     manager.run_until_signal().await
    /// }
    /// ```
    pub async fn run_until_signal(&self) -> Result<(), Error> {
        let never = async |_: &Self| core::future::pending::<Result<(), Error>>().await;
        self.run_until_signal_with(never).await.map(drop)
    }

    /// As [`run_until_signal`](Self::run_until_signal), with `work` that is done meanwhile: when it ends, the plugins are
    /// stopped. `None` where a signal came first, or somebody else shut the manager down: `work` is dropped then where it
    /// awaits.
    ///
    /// # Errors
    /// As [`run_until_signal`](Self::run_until_signal) and [`run`](Self::run).
    ///
    /// # Panics
    /// If `work` does, with the same panic, once the plugins are stopped.
    ///
    /// # Cancel safety
    /// As [`run`](Self::run).
    ///
    /// # Examples
    /// ```no_run
    /// # use pepperplug::prelude::*;
    /// # static PLUGINS: PluginSet = plugins![];
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// let served = manager
    ///     .run_until_signal_with(async |_app| {
    ///         // Serves until it is told to stop.
    ///         Ok::<_, pepperplug::Error>("closed by the last client")
    ///     })
    ///     .await?;
    /// println!("{}", served.unwrap_or("stopped by a signal"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run_until_signal_with<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&Self) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        listener::listen().await.map_err(Error::Signals)?;
        let shared = Arc::clone(&self.handle.shared);
        let (run, mut signal) = Run::begin(move || not_cleaned_up(&shared));
        let started = tokio::select! {
            biased;
            () = is_told(&mut signal) => None,
            started = self.initialize() => Some(started),
        };
        match started {
            Some(started) => started?,
            None => {
                self.shutdown().await?;
                return Ok(None);
            }
        }
        let working = async {
            tokio::select! {
                biased;
                () = is_told(&mut signal) => None,
                () = self.is_shut_down() => None,
                worked = work(self) => Some(worked),
            }
        };
        let worked = caught(working).await;
        let stopped = self.shutdown().await;
        drop(run);
        match worked {
            Ok(Some(worked)) => Self::ended(worked, stopped).map(Some),
            Ok(None) => Ok(stopped.map(|()| None)?),
            Err(panic) => {
                super::run::log(&stopped);
                resume_unwind(panic)
            }
        }
    }

    /// Waits until somebody begins to shut it down.
    async fn is_shut_down(&self) {
        let mut phase = self.shared().phase.subscribe();
        let stops = |phase: &Phase| matches!(phase, Phase::Stopping | Phase::Stopped(_));
        // An error would say that the manager is gone, which this borrows.
        let _ = phase.wait_for(stops).await;
    }
}

async fn is_told(signal: &mut watch::Receiver<bool>) {
    if signal.wait_for(|told| *told).await.is_err() {
        // Nobody can tell any more.
        core::future::pending().await
    }
}

/// The plugins that a process which ends now leaves behind.
fn not_cleaned_up(shared: &Shared) -> Vec<String> {
    let now = shared.generation.get();
    let order = now.graph.order().iter().rev();
    let line = |node: &u32| {
        let name = now.graph.meta(*node).name();
        match now.records.get(*node).state {
            PluginState::Stopping => Some(format!("`{name}`, whose cleanup runs")),
            PluginState::Initializing => Some(format!("`{name}`, whose initialize runs")),
            PluginState::Ready => Some(format!("`{name}`")),
            _ => None,
        }
    };
    order.filter_map(line).collect()
}
