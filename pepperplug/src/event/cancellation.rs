//! Cancelling emits from outside.

use core::future::Future;
use std::sync::Arc;

use tokio::sync::watch;

/// Cancels the emits that it was given to with [`EmitContext::cancellation`](crate::EmitContext::cancellation). Clones are
/// the same token.
///
/// ```
/// use pepperplug::CancellationToken;
///
/// let token = CancellationToken::new();
/// let same = token.clone();
/// assert!(!same.is_cancelled());
/// token.cancel();
/// assert!(same.is_cancelled());
/// ```
#[derive(Debug, Clone)]
pub struct CancellationToken(Arc<watch::Sender<bool>>);

impl CancellationToken {
    /// One that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Cancels whatever heeds it, for good. Calling it again does nothing.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is cancelled; for ever, if it never is.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + use<> {
        // With a sender of its own, so that the wait does not end because all others are gone.
        let sender = Arc::clone(&self.0);
        async move {
            let _ = sender.subscribe().wait_for(|cancelled| *cancelled).await;
        }
    }
}

impl Default for CancellationToken {
    fn default() -> Self {
        Self::new()
    }
}
