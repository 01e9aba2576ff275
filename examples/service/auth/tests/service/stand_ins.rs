//! A cache and stores in memory, which fail and wait when they are told to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use api::{
    Cache, CacheError, NewUser, Session, SessionStore, StoreError, User, UserStore, async_trait,
};
use tokio::sync::oneshot;
use tokio::time::Instant;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics while it holds this")
}

#[derive(Default)]
pub(crate) struct MemoryCache {
    entries: Mutex<HashMap<String, (String, Option<Instant>)>>,
    pub(crate) is_broken: AtomicBool,
}

impl MemoryCache {
    fn works(&self) -> Result<(), CacheError> {
        match self.is_broken.load(Ordering::Relaxed) {
            true => Err(CacheError::Unavailable("told to fail".to_owned())),
            false => Ok(()),
        }
    }

    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let entries = locked(&self.entries);
        let keys = entries.keys().filter(|key| key.starts_with(prefix));
        keys.cloned().collect()
    }

    pub(crate) fn value(&self, key: &str) -> Option<String> {
        let entries = locked(&self.entries);
        entries.get(key).map(|(value, _)| value.clone())
    }

    /// For how long an entry lives from now on.
    pub(crate) fn ttl(&self, key: &str) -> Option<Duration> {
        let entries = locked(&self.entries);
        let until = entries.get(key)?.1?;
        Some(until - Instant::now())
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<String>, CacheError> {
        self.works()?;
        let entries = locked(&self.entries);
        let live = entries
            .get(key)
            .filter(|(_, until)| until.is_none_or(|until| Instant::now() < until));
        Ok(live.map(|(value, _)| value.clone()))
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), CacheError> {
        self.works()?;
        let until = ttl.map(|ttl| Instant::now() + ttl);
        locked(&self.entries).insert(key.to_owned(), (value.to_owned(), until));
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.works()?;
        Ok(locked(&self.entries).remove(key).is_some())
    }

    async fn clear(&self) -> Result<(), CacheError> {
        locked(&self.entries).clear();
        Ok(())
    }

    async fn warmup(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

/// Says that something is reached, and waits until it may go on.
pub(crate) struct Gate {
    reached: oneshot::Sender<()>,
    open: oneshot::Receiver<()>,
}

#[derive(Default)]
pub(crate) struct MemoryStore {
    users: Mutex<Vec<(User, String)>>,
    sessions: Mutex<HashMap<String, Session>>,
    pub(crate) is_broken: AtomicBool,
    pub(crate) session_reads: AtomicU64,
    pub(crate) user_reads: AtomicU64,
    after_read: Mutex<Option<Gate>>,
}

impl MemoryStore {
    fn works(&self) -> Result<(), StoreError> {
        match self.is_broken.load(Ordering::Relaxed) {
            true => Err(StoreError::Unavailable("the disk is on fire".into())),
            false => Ok(()),
        }
    }

    /// The next one who reads a session has read it when the first of these says so, and goes on with it once the second
    /// one is sent.
    pub(crate) fn hold_next_read(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (reached, is_reached) = oneshot::channel();
        let (may_go_on, open) = oneshot::channel();
        *locked(&self.after_read) = Some(Gate { reached, open });
        (is_reached, may_go_on)
    }

    pub(crate) fn set_roles(&self, name: &str, roles: &[&str]) {
        for (user, _) in &mut *locked(&self.users) {
            if user.name == name {
                user.roles = roles.iter().map(ToString::to_string).collect();
            }
        }
    }

    pub(crate) fn hash_of(&self, name: &str) -> Option<String> {
        let users = locked(&self.users);
        let user = users.iter().find(|(user, _)| user.name == name);
        user.map(|(_, hash)| hash.clone())
    }

    pub(crate) fn sessions(&self) -> Vec<Session> {
        locked(&self.sessions).values().cloned().collect()
    }
}

#[async_trait]
impl UserStore for MemoryStore {
    async fn create_user(&self, new: NewUser) -> Result<User, StoreError> {
        self.works()?;
        let mut users = locked(&self.users);
        if users.iter().any(|(user, _)| user.name == new.name) {
            return Err(StoreError::Taken(new.name));
        }
        let user = User {
            id: format!("u{}", users.len() + 1),
            name: new.name,
            roles: new.roles,
        };
        users.push((user.clone(), new.password_hash));
        Ok(user)
    }

    async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
        self.works()?;
        self.user_reads.fetch_add(1, Ordering::Relaxed);
        let users = locked(&self.users);
        let user = users.iter().find(|(user, _)| user.id == id);
        Ok(user.map(|(user, _)| user.clone()))
    }

    async fn credentials(&self, name: &str) -> Result<Option<(User, String)>, StoreError> {
        self.works()?;
        let users = locked(&self.users);
        Ok(users.iter().find(|(user, _)| user.name == name).cloned())
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        self.works()?;
        Ok(locked(&self.users).len() as u64)
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn begin_session(&self, session: Session) -> Result<(), StoreError> {
        self.works()?;
        locked(&self.sessions).insert(session.id.clone(), session);
        Ok(())
    }

    async fn session(&self, id: &str) -> Result<Option<Session>, StoreError> {
        self.works()?;
        self.session_reads.fetch_add(1, Ordering::Relaxed);
        let session = locked(&self.sessions).get(id).cloned();
        let gate = locked(&self.after_read).take();
        if let Some(Gate { reached, open }) = gate {
            let _ = reached.send(());
            let _ = open.await;
        }
        Ok(session.filter(|session| session.expires_at > SystemTime::now()))
    }

    async fn end_session(&self, id: &str) -> Result<bool, StoreError> {
        self.works()?;
        Ok(locked(&self.sessions).remove(id).is_some())
    }

    async fn forget_ended_sessions(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
