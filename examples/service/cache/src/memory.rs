//! The cache in memory.

use core::fmt;
use core::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use api::{Cache, CacheError, Health, HealthCheck};
use async_trait::async_trait;
use moka::Expiry;
use moka::policy::EvictionPolicy;
use pepperplug::prelude::*;
use serde::Deserialize;
use tokio::time::Instant;

use crate::ttl::Ttl;

/// The section `[cache]` of the plugin `memory-cache`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MemorySettings {
    /// How many entries are kept. One more, and that which was not asked for longest makes room. 10,000 unless said
    /// otherwise.
    pub capacity: NonZeroU64,
}

impl Default for MemorySettings {
    fn default() -> Self {
        let capacity = const { NonZeroU64::new(10_000).expect("it is not 0") };
        Self { capacity }
    }
}

/// Provides the service `cache` from the memory of this process. What it holds is gone when the process ends, and when a
/// reload changes its settings.
#[plugin(
    name = "memory-cache",
    description = "short-lived values, in memory",
    provides(dyn Cache),
    settings = "cache",
    feature = "memory"
)]
#[derive(Debug)]
pub struct MemoryCache {
    #[inject(settings)]
    settings: MemorySettings,
    // One that keeps nothing, until `initialize` makes the real one.
    store: Store,
}

#[plugin]
impl MemoryCache {
    fn initialize(&mut self) {
        self.store = Store::new(self.settings.capacity.get());
    }

    fn cleanup(&self) {
        self.store.entries.invalidate_all();
    }

    #[hook("health.check")]
    async fn check(&self, _: &HealthCheck) -> Health {
        let (entries, capacity) = (self.store.len().await, self.settings.capacity);
        Health::well(format!("{entries} of at most {capacity} entries"))
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<String>, CacheError> {
        Ok(self.store.get(key).await)
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), CacheError> {
        self.store.set(key, value, ttl.into()).await;
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.store.delete(key).await)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.store.entries.invalidate_all();
        // Gives the memory back now, not with one of the next calls.
        self.store.entries.run_pending_tasks().await;
        Ok(())
    }

    async fn warmup(&self) -> Result<(), CacheError> {
        // Memory is always ready.
        Ok(())
    }
}

/// A value, and when it is gone.
#[derive(Clone)]
struct Entry {
    value: Arc<str>,
    ttl: Option<Duration>,
    /// By tokio's clock, which a test can set. Moka's own only decides when the memory is given back.
    gone_at: Option<Instant>,
}

impl Entry {
    fn is_there(&self) -> bool {
        self.gone_at.is_none_or(|gone_at| Instant::now() < gone_at)
    }
}

struct Store {
    entries: moka::future::Cache<String, Entry>,
}

impl Store {
    fn new(capacity: u64) -> Self {
        let entries = moka::future::Cache::builder()
            .max_capacity(capacity)
            // Moka's default policy may refuse a new entry that is asked for less often than those it has: good for hit
            // rates, wrong for a token that was just issued.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(OwnTtl)
            .build();
        Self { entries }
    }

    async fn get(&self, key: &str) -> Option<String> {
        let entry = self.entries.get(key).await?;
        entry.is_there().then(|| entry.value.as_ref().to_owned())
    }

    async fn set(&self, key: &str, value: &str, ttl: Ttl) {
        let ttl = match ttl {
            Ttl::Over => return self.entries.invalidate(key).await,
            Ttl::For(ttl) => Some(ttl),
            Ttl::Unlimited => None,
        };
        let entry = Entry {
            value: value.into(),
            ttl,
            gone_at: ttl.map(|ttl| Instant::now() + ttl),
        };
        self.entries.insert(key.to_owned(), entry).await;
    }

    async fn delete(&self, key: &str) -> bool {
        let entry = self.entries.remove(key).await;
        entry.is_some_and(|entry| entry.is_there())
    }

    async fn len(&self) -> u64 {
        self.entries.run_pending_tasks().await;
        self.entries.entry_count()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new(0)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values are other people's secrets.
        f.debug_struct("Store")
            .field("entries", &self.entries.entry_count())
            .finish_non_exhaustive()
    }
}

/// Lets an entry live as long as it was given when it was last written.
struct OwnTtl;

impl Expiry<String, Entry> for OwnTtl {
    fn expire_after_create(
        &self,
        _: &String,
        entry: &Entry,
        _: std::time::Instant,
    ) -> Option<Duration> {
        entry.ttl
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        entry.ttl
    }
}
