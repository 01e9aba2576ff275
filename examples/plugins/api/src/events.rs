//! The events, one for each way in which hooks can work together.

use pepperplug::prelude::*;

/// Somebody has proved who they are. Everyone is told: mode `notify`, the default.
#[event("user.login")]
#[derive(Debug, Clone)]
pub struct UserLogin {
    /// The user's name.
    pub user: String,
    /// What they may do.
    pub role: String,
}

/// Somebody has left.
#[event("user.logout")]
#[derive(Debug, Clone)]
pub struct UserLogout {
    /// The user's name.
    pub user: String,
}

/// Who sent this request? Hooks are asked in order until one knows: mode `first`.
#[event("http.request", mode = first, output = Identity)]
#[derive(Debug, Clone, Default)]
pub struct HttpRequest {
    /// Such as `/orders`.
    pub path: String,
    /// The header of that name.
    pub authorization: Option<String>,
}

/// Who sent a request, and how we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's name.
    pub user: String,
    /// What they may do.
    pub role: String,
    /// The scheme that proved it: `Basic`, `Bearer` or `none`.
    pub scheme: &'static str,
}

/// A response on its way out. Hooks may change it, one after the other: mode `transform`.
#[event("http.response", mode = transform)]
#[derive(Debug, Clone, Default)]
pub struct HttpResponse {
    /// Such as 200.
    pub status: u16,
    /// Names and values, in order.
    pub headers: Vec<(&'static str, String)>,
}

/// Is everyone well? Everyone answers: mode `collect`.
#[event("health.check", mode = collect, output = Health, timeout = "1s")]
#[derive(Debug, Clone, Copy, Default)]
pub struct HealthCheck;

/// One plugin's answer to [`HealthCheck`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it can do its work.
    pub well: bool,
    /// What it has to say about that.
    pub detail: String,
}

impl Health {
    /// The answer of a plugin that can do its work.
    #[must_use]
    pub fn well(detail: impl Into<String>) -> Self {
        Self {
            well: true,
            detail: detail.into(),
        }
    }
}

/// The cache has dropped an entry of its own accord.
///
/// It happens inside a call that is not async, so the event is `sync`: its hooks are plain calls,
/// without a future.
#[event("cache.evicted", sync)]
#[derive(Debug, Clone)]
pub struct CacheEvicted {
    /// The entry's key.
    pub key: String,
    /// Why it went.
    pub reason: Eviction,
}

/// Why an entry left the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eviction {
    /// Its time was up.
    Expired,
    /// It was the least recently used when the cache was full.
    Full,
}
