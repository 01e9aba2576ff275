//! Forgets sessions that have ended, now and then.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use crate::pool::Pool;
use crate::sessions::forget_ended;

/// The task that does so. It ends with the plugin, however that ends.
#[derive(Debug, Default)]
pub(crate) struct Sweep(Mutex<Option<AbortOnDropHandle<()>>>);

impl Sweep {
    pub(crate) fn start(pool: Pool, every: Duration) -> Self {
        let task = async move {
            loop {
                sleep(every).await;
                // Every step of it has a limit of its own.
                match forget_ended(&pool).await {
                    Ok(forgotten) => tracing::debug!(forgotten, "sessions that have ended"),
                    // The next time may be better.
                    Err(error) => {
                        tracing::warn!(%error, "sessions that have ended are not forgotten")
                    }
                }
            }
        };
        let task = AbortOnDropHandle::new(tokio::spawn(task));
        Self(Mutex::new(Some(task)))
    }

    /// Ends it, and waits until it holds no connection any more.
    pub(crate) async fn stop(&self) {
        let task = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // That it was cancelled is what was wanted.
            let _ = task.await;
        }
    }
}
