//! Password hashes, computed where they keep no other task from running.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Argon2, Params, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::BasicSettings;
use crate::{AuthError, random};

pub(super) struct Hasher {
    argon2: Argon2<'static>,
    /// A hash that no password has: what is compared where there is nobody of that name, so that the time a refusal takes
    /// does not tell which names there are.
    nobody: String,
    running: Arc<Semaphore>,
    /// As many as may wait, and those that run.
    admitted: Arc<Semaphore>,
    computed: Arc<AtomicU64>,
}

impl Hasher {
    pub(super) async fn new(settings: &BasicSettings) -> Result<Self, AuthError> {
        let BasicSettings {
            memory_kib,
            passes,
            lanes,
            concurrency,
            waiting,
            ..
        } = *settings;
        let params = Params::new(memory_kib, passes, lanes, None).map_err(|error| {
            AuthError::Computation(format!(
                "argon2 does not take `basic.memory_kib = {memory_kib}`, `passes = {passes}`, `lanes = {lanes}`: {error}"
            ))
        })?;
        let most = Semaphore::MAX_PERMITS / 2;
        if !(1..=most).contains(&concurrency) || waiting > most {
            let text = format!(
                "`basic.concurrency = {concurrency}`, `waiting = {waiting}`: at least 1 hash is computed at once, and neither is more than {most}"
            );
            return Err(AuthError::Computation(text));
        }
        let mut hasher = Self {
            argon2: Argon2::from(params),
            nobody: String::new(),
            running: Arc::new(Semaphore::new(concurrency)),
            admitted: Arc::new(Semaphore::new(concurrency + waiting)),
            computed: Arc::new(AtomicU64::new(0)),
        };
        let unknown = SecretString::from(random::text::<32>()?);
        hasher.nobody = hasher.hash(&unknown).await?;
        hasher.computed.store(0, Ordering::Relaxed);
        Ok(hasher)
    }

    pub(super) async fn hash(&self, password: &SecretString) -> Result<String, AuthError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let hashed = self.compute(move || {
            argon2
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
        });
        hashed.await?.map_err(in_words)
    }

    /// Whether `password` has that hash; never, where there is none or it is none of argon2id, as with those who log in
    /// elsewhere. A hash is computed in any case.
    pub(super) async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, AuthError> {
        let hash = hash.filter(|hash| is_argon2id(hash));
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let (known, hash) = (hash.is_some(), hash.unwrap_or_else(|| self.nobody.clone()));
        // The cost is that of the hash, not that of today's settings: old hashes stay good. The comparison takes the same
        // time wherever they differ.
        let verified = self.compute(move || {
            argon2.verify_password(password.expose_secret().as_bytes(), hash.as_str())
        });
        match verified.await? {
            Ok(()) => Ok(known),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(in_words(error)),
        }
    }

    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| AuthError::Busy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| AuthError::Busy)?;
        let computed = Arc::clone(&self.computed);
        // The permits go along: who gives up does not end the work.
        let work = tokio::task::spawn_blocking(move || {
            let _permits = (admitted, running);
            computed.fetch_add(1, Ordering::Relaxed);
            work()
        });
        work.await
            .map_err(|error| AuthError::Computation(format!("argon2 was cut short: {error}")))
    }
}

impl fmt::Display for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.argon2.params();
        write!(
            f,
            "argon2id with {} KiB, {} passes, {} lanes; {} hashes computed",
            params.m_cost(),
            params.t_cost(),
            params.p_cost(),
            self.computed()
        )
    }
}

fn is_argon2id(hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| hash.algorithm == ARGON2ID_IDENT && hash.hash.is_some())
}

fn in_words(error: impl fmt::Display) -> AuthError {
    AuthError::Computation(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As little as argon2 takes.
    fn cheap() -> BasicSettings {
        BasicSettings {
            memory_kib: 8,
            passes: 1,
            ..BasicSettings::default()
        }
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() -> Result<(), AuthError> {
        let hasher = Hasher::new(&cheap()).await?;
        let hash = hasher.hash(&secret("difference-engine")).await?;
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        let again = hasher.hash(&secret("difference-engine")).await?;
        assert_ne!(hash, again, "salted");
        let verify = async |password: &str, hash: Option<&str>| {
            hasher
                .verify(&secret(password), hash.map(str::to_owned))
                .await
        };
        assert!(verify("difference-engine", Some(&hash)).await?);
        assert!(!verify("analytical-engine", Some(&hash)).await?);
        assert!(!verify("difference-engine", None).await?);
        Ok(())
    }

    #[tokio::test]
    async fn every_check_computes_one_hash() -> Result<(), AuthError> {
        let hasher = Hasher::new(&cheap()).await?;
        let hash = hasher.hash(&secret("nanosecond")).await?;
        assert_eq!(hasher.computed(), 1);
        let hashes = [
            Some(hash),
            None,
            Some("*".to_owned()),
            Some("$2y$10$x".to_owned()),
        ];
        for (number, hash) in (2..).zip(hashes) {
            hasher.verify(&secret("wrong"), hash).await?;
            assert_eq!(hasher.computed(), number);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_hash_stays_good_when_the_cost_changes() -> Result<(), AuthError> {
        let hash = Hasher::new(&cheap())
            .await?
            .hash(&secret("nanosecond"))
            .await?;
        let dearer = BasicSettings {
            passes: 2,
            ..cheap()
        };
        let dearer = Hasher::new(&dearer).await?;
        assert!(dearer.verify(&secret("nanosecond"), Some(hash)).await?);
        Ok(())
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_refused() -> Result<(), AuthError> {
        let settings = BasicSettings {
            concurrency: 1,
            waiting: 1,
            ..cheap()
        };
        let hasher = Hasher::new(&settings).await?;
        let (begun, may_end) = (
            Arc::new(std::sync::Barrier::new(2)),
            Arc::new(std::sync::Barrier::new(2)),
        );
        let (begins, ends) = (begun.clone(), may_end.clone());
        let runs = hasher.compute(move || {
            begins.wait();
            ends.wait();
        });
        let waits = hasher.compute(|| ());
        let (runs, waits, refused) = tokio::join!(runs, waits, async {
            let refused = hasher.compute(|| ()).await;
            begun.wait();
            may_end.wait();
            refused
        });
        assert!(runs.is_ok() && waits.is_ok());
        assert!(matches!(refused, Err(AuthError::Busy)));
        Ok(())
    }

    #[tokio::test]
    async fn what_argon2_does_not_take_is_an_error_that_names_the_setting() {
        let none = BasicSettings {
            memory_kib: 0,
            ..cheap()
        };
        let error = Hasher::new(&none).await.err().expect("no memory");
        assert!(
            error.to_string().contains("`basic.memory_kib = 0`"),
            "{error}"
        );
        let none = BasicSettings {
            concurrency: 0,
            ..cheap()
        };
        let error = Hasher::new(&none)
            .await
            .err()
            .expect("nobody would ever be checked");
        assert!(
            error.to_string().contains("`basic.concurrency = 0`"),
            "{error}"
        );
    }
}
