//! Sessions: a random token, and whose it is. The cache forgets them when their time is up.

use std::sync::Arc;
use std::time::Duration;

use api::Cache;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::AuthError;

/// The sessions in a cache: `token:<user>` → token, and `session:<token>` → user.
pub(crate) struct Sessions<'a> {
    cache: &'a dyn Cache,
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(cache: &'a dyn Cache) -> Self {
        Self { cache }
    }

    /// Opens a session; one that was open is closed, so a token that leaked ends with the next
    /// login.
    pub(crate) fn open(&self, user: &str, ttl: Duration) -> Result<(), AuthError> {
        self.close(user);
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let token = URL_SAFE_NO_PAD.encode(secret);
        self.cache.set(&format!("session:{token}"), user, Some(ttl));
        self.cache.set(&format!("token:{user}"), &token, Some(ttl));
        Ok(())
    }

    pub(crate) fn close(&self, user: &str) {
        if let Some(token) = self.token(user) {
            self.cache.remove(&format!("session:{token}"));
            self.cache.remove(&format!("token:{user}"));
        }
    }

    pub(crate) fn token(&self, user: &str) -> Option<Arc<str>> {
        self.cache.get(&format!("token:{user}"))
    }

    pub(crate) fn user(&self, token: &str) -> Option<Arc<str>> {
        self.cache.get(&format!("session:{token}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Mutex;

    use super::*;

    /// A cache that forgets nothing: what it is injected as is all that `Sessions` knows of it.
    #[derive(Debug, Default)]
    struct Everlasting(Mutex<HashMap<String, Arc<str>>>);

    impl Cache for Everlasting {
        fn get(&self, key: &str) -> Option<Arc<str>> {
            self.0.lock().expect("one thread").get(key).cloned()
        }

        fn set(&self, key: &str, value: &str, _: Option<Duration>) {
            self.0
                .lock()
                .expect("one thread")
                .insert(key.to_owned(), value.into());
        }

        fn remove(&self, key: &str) {
            self.0.lock().expect("one thread").remove(key);
        }

        fn len(&self) -> u64 {
            self.0.lock().expect("one thread").len() as u64
        }
    }

    #[test]
    fn a_token_is_good_until_the_session_is_closed() -> Result<(), AuthError> {
        let cache = Everlasting::default();
        let sessions = Sessions::new(&cache);
        sessions.open("ada", Duration::from_secs(1))?;
        let token = sessions.token("ada").expect("the session is open");
        assert_eq!(sessions.user(&token).as_deref(), Some("ada"));
        sessions.close("ada");
        assert_eq!(sessions.user(&token), None);
        assert!(cache.is_empty());
        Ok(())
    }

    #[test]
    fn a_new_session_ends_the_old_one() -> Result<(), AuthError> {
        let cache = Everlasting::default();
        let sessions = Sessions::new(&cache);
        sessions.open("ada", Duration::from_secs(1))?;
        let old = sessions.token("ada").expect("the session is open");
        sessions.open("ada", Duration::from_secs(1))?;
        let new = sessions.token("ada").expect("the session is open");
        assert_ne!(old, new);
        assert_eq!(sessions.user(&old), None);
        assert_eq!(sessions.user(&new).as_deref(), Some("ada"));
        Ok(())
    }
}
