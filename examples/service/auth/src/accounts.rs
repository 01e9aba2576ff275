//! Users and sessions, and what the cache knows of them.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{
    Cache, CacheError, Health, HealthCheck, Session, SessionStore, StoreError, User, UserStore,
};
use pepperplug::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AuthError;

/// The section `[accounts]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountsSettings {
    /// For how long a user is remembered without asking the store again: so long a change of roles may take to be seen.
    #[serde(deserialize_with = "crate::duration::any")]
    pub user_ttl: Duration,
    /// For how long a session that was found alive is believed to be so. With `0s`, the default, the store is asked with
    /// each request, and a logout holds at once on all nodes. With more, it still holds at once where it is heard of: on
    /// the node that it happens on, on all nodes that share its cache, and on those that the event `user.logout` has
    /// reached; elsewhere, it holds after so long at the latest.
    #[serde(deserialize_with = "crate::duration::any")]
    pub session_cache: Duration,
}

impl Default for AccountsSettings {
    fn default() -> Self {
        Self {
            user_ttl: Duration::from_secs(300),
            session_cache: Duration::ZERO,
        }
    }
}

/// Knows users and sessions. The stores are the truth; a cache that fails costs time, and nothing else.
#[plugin(
    name = "accounts",
    description = "users and sessions, and what the cache knows of them"
)]
pub struct AccountsPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    users: Arc<dyn UserStore>,
    #[inject]
    sessions: Arc<dyn SessionStore>,
    #[inject(settings)]
    settings: AccountsSettings,
}

#[plugin]
impl AccountsPlugin {
    #[hook("health.check")]
    async fn check(&self, _: &HealthCheck) -> Health {
        match self.users.count_users().await {
            Ok(users) => Health::well(format!("{users} users")),
            Err(error) => Health::ill(error.to_string()),
        }
    }
}

/// What the cache holds under `token:{id}`.
#[derive(Serialize, Deserialize)]
struct Seen {
    user_id: String,
    /// In milliseconds since 1970: when it ends by itself.
    expires_at: u64,
    /// Likewise: since when it may have ended without our knowing. Taken before the store is asked.
    alive_at: u64,
}

impl AccountsPlugin {
    /// The user of that id, as they were no longer ago than the setting `user_ttl` says.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
        let key = user_key(id);
        let known: Option<User> = self.cached(&key).await;
        if let Some(user) = known.filter(|user| user.id == id) {
            return Ok(Some(user));
        }
        let user = self.users.user(id).await?;
        if let Some(user) = &user {
            self.remember(&key, user, self.settings.user_ttl).await;
        }
        Ok(user)
    }

    /// The session of that id, unless it has ended.
    ///
    /// # Errors
    /// Those of the store.
    ///
    /// # Cancel safety
    /// Cancelled at any time, it leaves nothing in the cache that a logout would miss.
    pub async fn session(&self, id: &str) -> Result<Option<Session>, AuthError> {
        let now = SystemTime::now();
        let believed = self.settings.session_cache;
        if believed.is_zero() {
            let session = self.sessions.session(id).await?;
            return Ok(session.filter(|session| session.expires_at > now));
        }
        if let Some(seen) = self.cached::<Seen>(&token_key(id)).await {
            let session = seen.session(id);
            if seen.is_fresh(now, believed) && session.expires_at > now {
                return Ok(Some(session));
            }
        }
        // In a task of its own: who asks may give up between the two questions.
        let (cache, sessions, id) = (self.cache.clone(), self.sessions.clone(), id.to_owned());
        let asked = tokio::spawn(async move { look_and_remember(&*cache, &*sessions, &id).await });
        asked
            .await
            .map_err(|error| AuthError::Computation(error.to_string()))?
    }

    /// Begins a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin(&self, session: Session) -> Result<(), StoreError> {
        let seen = Seen::of(&session, SystemTime::now());
        self.sessions.begin_session(session.clone()).await?;
        let ttl = session.expires_at.duration_since(SystemTime::now());
        self.remember(&token_key(&session.id), &seen, ttl.unwrap_or_default())
            .await;
        Ok(())
    }

    /// Ends a session, whoever has it in use. Ending it twice does no harm.
    ///
    /// # Errors
    /// Those of the store; and [`AuthError::Cache`], where the session has ended, but the cache still says otherwise and
    /// is believed.
    pub async fn end(&self, id: &str) -> Result<(), AuthError> {
        // In this order: who asks the store later than this finds it ended, and who asked before is overtaken by the
        // second line, or by their own second question.
        self.sessions.end_session(id).await?;
        match self.cache.delete(&token_key(id)).await {
            Err(error) if !self.settings.session_cache.is_zero() => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "a session that has ended stays in the cache, where nobody believes it");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// The users.
    pub(crate) fn users(&self) -> &dyn UserStore {
        &*self.users
    }

    async fn cached<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        let text = warned(self.cache.get(key).await).flatten()?;
        serde_json::from_str(&text).ok()
    }

    async fn remember<T: Serialize>(&self, key: &str, value: &T, ttl: Duration) {
        if ttl.is_zero() {
            return;
        }
        if let Ok(text) = serde_json::to_string(value) {
            warned(self.cache.set(key, &text, Some(ttl)).await);
        }
    }
}

impl std::fmt::Debug for AccountsPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountsPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Asks the store, tells the cache, and asks again: a logout in between has either deleted what the cache was told, or is
/// seen by the second question.
async fn look_and_remember(
    cache: &dyn Cache,
    sessions: &dyn SessionStore,
    id: &str,
) -> Result<Option<Session>, AuthError> {
    let key = token_key(id);
    let before = SystemTime::now();
    let Some(session) = sessions.session(id).await? else {
        // Whatever the cache says is wrong.
        warned(cache.delete(&key).await);
        return Ok(None);
    };
    let Ok(left) = session.expires_at.duration_since(before) else {
        return Ok(None);
    };
    let Ok(text) = serde_json::to_string(&Seen::of(&session, before)) else {
        return Ok(Some(session));
    };
    if warned(cache.set(&key, &text, Some(left)).await).is_none() {
        return Ok(Some(session));
    }
    let again = sessions.session(id).await;
    if !matches!(again, Ok(Some(_))) {
        cache.delete(&key).await?;
    }
    Ok(again?)
}

impl Seen {
    fn of(session: &Session, alive_at: SystemTime) -> Self {
        Self {
            user_id: session.user_id.clone(),
            expires_at: millis(session.expires_at),
            alive_at: millis(alive_at),
        }
    }

    fn session(&self, id: &str) -> Session {
        Session {
            id: id.to_owned(),
            user_id: self.user_id.clone(),
            expires_at: UNIX_EPOCH + Duration::from_millis(self.expires_at),
        }
    }

    /// Not where it comes from the future: then the clocks of two nodes differ, and its age is not known.
    fn is_fresh(&self, now: SystemTime, believed: Duration) -> bool {
        let age = millis(now).checked_sub(self.alive_at);
        age.is_some_and(|age| Duration::from_millis(age) < believed)
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn user_key(id: &str) -> String {
    format!("user:{id}")
}

fn token_key(id: &str) -> String {
    format!("token:{id}")
}

/// A cache that fails is as good as an empty one.
pub(crate) fn warned<T>(result: Result<T, CacheError>) -> Option<T> {
    result
        .inspect_err(|error| tracing::warn!(%error, "goes on without the cache"))
        .ok()
}
