//! The services: interfaces that plugins inject without knowing who provides them.

use core::fmt::Debug;
use core::future::Future;
use core::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pepperplug::prelude::*;

use crate::Identity;

/// Any error, of any provider.
pub type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// A future behind a pointer: what an async method of a `dyn` trait returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Short-lived values by key. One provider.
#[service("cache")]
pub trait Cache: Debug + Send + Sync {
    /// The value, where it is there and its time is not up.
    fn get(&self, key: &str) -> Option<Arc<str>>;
    /// Keeps a value for `ttl`, or for as long as the cache's settings say.
    fn set(&self, key: &str, value: &str, ttl: Option<Duration>);
    /// Forgets a value.
    fn remove(&self, key: &str);
    /// How many values there are. One whose time was up just now may still be counted.
    fn len(&self) -> u64;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One way to prove who one is. Many providers: whoever needs them injects `Vec<Arc<dyn
/// AuthProvider>>`.
#[service("auth-provider")]
pub trait AuthProvider: Debug + Send + Sync {
    /// The first word of the `Authorization` header that it understands.
    fn scheme(&self) -> &'static str;
    /// Whose credentials these are; `None` where they are nobody's.
    fn identify<'a>(
        &'a self,
        credentials: &'a str,
    ) -> BoxFuture<'a, Result<Option<Identity>, BoxError>>;
}

/// A record of who did what. Whoever can do without injects `Option<Arc<dyn AuditLog>>`.
#[service("audit-log")]
pub trait AuditLog: Debug + Send + Sync {
    /// Adds an entry.
    fn record(&self, entry: String);
    /// The entries that are kept, oldest first.
    fn entries(&self) -> Vec<String>;
}
