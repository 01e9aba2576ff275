//! What the plugins of the quickstart share.
//!
//! A plugin that stores sessions needs *a* cache, not *this* cache: so the interface lives here,
//! and the plugins know each other through it. The events live here for the same reason.

mod events;
mod services;

pub use events::{
    CacheEvicted, Eviction, Health, HealthCheck, HttpRequest, HttpResponse, Identity, UserLogin,
    UserLogout,
};
pub use services::{AuditLog, AuthProvider, BoxError, BoxFuture, Cache};
