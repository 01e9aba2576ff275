//! Short-lived values.

use std::time::Duration;

use async_trait::async_trait;
use pepperplug::service;

/// Keeps values for a while. What it holds may be gone at any time; what must last belongs into the database.
#[async_trait]
#[service("cache")]
pub trait Cache: Send + Sync {
    /// The value of `key`, unless it was never set, was deleted, or its time is up.
    async fn get(&self, key: &str) -> Result<Option<String>, CacheError>;

    /// Keeps `value` under `key`, in place of what was there; for `ttl`, or until it is deleted.
    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), CacheError>;

    /// Forgets `key`. Whether it was there.
    async fn delete(&self, key: &str) -> Result<bool, CacheError>;

    /// Forgets everything that this service has put there.
    async fn clear(&self) -> Result<(), CacheError>;

    /// Makes ready what the first calls would otherwise wait for, such as connections.
    async fn warmup(&self) -> Result<(), CacheError>;
}

/// Why a cache did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// Its server does not answer, or answers with an error.
    #[error("the cache is unavailable: {0}")]
    Unavailable(String),
}
