//! A cache in memory: bounded, least recently used out first, each entry with its own time to live.

mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::{Cache, CacheEvicted, Health, HealthCheck};
use pepperplug::prelude::*;
use serde::Deserialize;

use crate::store::Store;

/// The section `[cache]`.
#[derive(Debug, Clone, Deserialize)]
pub struct CacheSettings {
    /// How many entries are kept.
    pub capacity: u64,
    /// How long an entry lives that was given no time of its own.
    pub ttl_seconds: u64,
}

/// Provides the service `cache` from this process's memory.
#[plugin(
    name = "memory-cache",
    description = "short-lived values, in memory",
    provides(dyn Cache),
    settings = "cache",
    feature = "cache"
)]
#[derive(Debug)]
pub struct MemoryCache {
    #[inject(settings)]
    settings: CacheSettings,
    #[inject]
    events: Events,
    // Not injected, so it begins with its default: a store that keeps nothing. `initialize` makes
    // the real one.
    store: Store,
    evicted: AtomicU64,
}

#[plugin]
impl MemoryCache {
    fn initialize(&mut self) {
        let events = self.events.clone();
        self.store = Store::new(self.settings.capacity, move |key, reason| {
            // Nobody waits for the answer: an eviction that a hook fails on has happened all the
            // same.
            let _ = events.emit_sync(&CacheEvicted {
                key: key.to_owned(),
                reason,
            });
        });
    }

    fn cleanup(&self) {
        self.store.clear();
    }

    #[hook("cache.evicted")]
    fn count(&self, _: &CacheEvicted) {
        self.evicted.fetch_add(1, Ordering::Relaxed);
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        let evicted = self.evicted.load(Ordering::Relaxed);
        Health::well(format!(
            "{} of {} entries, {evicted} evicted",
            self.len(),
            self.settings.capacity
        ))
    }
}

impl Cache for MemoryCache {
    fn get(&self, key: &str) -> Option<Arc<str>> {
        self.store.get(key)
    }

    fn set(&self, key: &str, value: &str, ttl: Option<Duration>) {
        let ttl = ttl.unwrap_or(Duration::from_secs(self.settings.ttl_seconds));
        self.store.set(key, value, ttl);
    }

    fn remove(&self, key: &str) {
        self.store.remove(key);
    }

    fn len(&self) -> u64 {
        self.store.len()
    }
}
