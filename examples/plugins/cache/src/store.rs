//! The store itself: moka, set to evict at once and in a predictable order.

use core::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::Eviction;
use moka::Expiry;
use moka::notification::RemovalCause;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

/// A value and how long it lives.
#[derive(Clone)]
struct Entry {
    value: Arc<str>,
    ttl: Duration,
}

pub(crate) struct Store {
    entries: Cache<String, Entry>,
}

impl Store {
    /// `evicted` hears of every entry that leaves unasked.
    pub(crate) fn new(
        capacity: u64,
        evicted: impl Fn(&str, Eviction) + Send + Sync + 'static,
    ) -> Self {
        let entries = Cache::builder()
            .max_capacity(capacity)
            // Moka's default policy may refuse a new entry that is asked for less often than those
            // it has: good for hit rates, wrong for a session that was just opened.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(OwnTtl)
            .eviction_listener(move |key, _, cause| match cause {
                RemovalCause::Expired => evicted(&key, Eviction::Expired),
                RemovalCause::Size => evicted(&key, Eviction::Full),
                RemovalCause::Explicit | RemovalCause::Replaced => {}
            })
            .build();
        Self { entries }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Arc<str>> {
        self.entries.get(key).map(|entry| entry.value)
    }

    pub(crate) fn set(&self, key: &str, value: &str, ttl: Duration) {
        self.entries.insert(
            key.to_owned(),
            Entry {
                value: value.into(),
                ttl,
            },
        );
        // Moka evicts when it finds the time; here the bound holds as soon as `set` returns.
        self.entries.run_pending_tasks();
    }

    pub(crate) fn remove(&self, key: &str) {
        self.entries.invalidate(key);
    }

    pub(crate) fn clear(&self) {
        self.entries.invalidate_all();
        self.entries.run_pending_tasks();
    }

    pub(crate) fn len(&self) -> u64 {
        self.entries.run_pending_tasks();
        self.entries.entry_count()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new(0, |_, _| {})
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
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    type Log = Mutex<Vec<(String, Eviction)>>;

    const MINUTE: Duration = Duration::from_secs(60);

    fn recorded(capacity: u64) -> (Store, Arc<Log>) {
        let evicted = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&evicted);
        let store = Store::new(capacity, move |key, reason| {
            log.lock()
                .expect("no test panics while it holds this")
                .push((key.to_owned(), reason));
        });
        (store, evicted)
    }

    #[test]
    fn the_least_recently_used_entry_makes_room() {
        let (store, evicted) = recorded(2);
        store.set("a", "1", MINUTE);
        store.set("b", "2", MINUTE);
        assert_eq!(store.get("a").as_deref(), Some("1"));
        store.set("c", "3", MINUTE);
        assert_eq!(store.get("b"), None);
        assert_eq!(store.get("a").as_deref(), Some("1"));
        assert_eq!(store.len(), 2);
        assert_eq!(
            *evicted.lock().expect("as above"),
            [("b".to_owned(), Eviction::Full)]
        );
    }

    #[test]
    fn an_entry_is_gone_when_its_own_time_is_up() {
        let (store, evicted) = recorded(10);
        store.set("short", "1", Duration::from_millis(1));
        store.set("long", "2", MINUTE);
        // Moka has no clock that a test could set; it sweeps about once a second.
        let swept_by = Instant::now() + Duration::from_secs(10);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(store.get("short"), None);
        assert_eq!(store.get("long").as_deref(), Some("2"));
        while store.len() > 1 {
            assert!(Instant::now() < swept_by, "the entry is never swept");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(
            *evicted.lock().expect("as above"),
            [("short".to_owned(), Eviction::Expired)]
        );
    }

    #[test]
    fn what_is_removed_or_replaced_was_not_evicted() {
        let (store, evicted) = recorded(10);
        store.set("a", "1", MINUTE);
        store.set("a", "2", MINUTE);
        assert_eq!(store.get("a").as_deref(), Some("2"));
        store.remove("a");
        store.set("b", "3", MINUTE);
        store.clear();
        assert_eq!(store.len(), 0);
        assert!(evicted.lock().expect("as above").is_empty());
    }
}
