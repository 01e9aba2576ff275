//! Password hashes, computed where they keep no other task from running.

use core::fmt;

use argon2::password_hash::Error;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};

use crate::{AuthError, Cost};

pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// A hash that no password has: what is compared where there is no such user, so that the time
    /// a refusal takes does not tell which names exist.
    nobody: String,
}

impl Passwords {
    pub(crate) async fn new(cost: &Cost) -> Result<Self, AuthError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(in_words)?;
        let argon2 = Argon2::from(params);
        let nobody = hash(argon2.clone(), random()?).await?;
        Ok(Self { argon2, nobody })
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<String, AuthError> {
        hash(self.argon2.clone(), password.into()).await
    }

    /// Whether `password` has that hash; never, where there is none.
    pub(crate) async fn verify(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool, AuthError> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let (known, hash) = (hash.is_some(), hash.unwrap_or_else(|| self.nobody.clone()));
        // The cost is that of the hash, not that of today's settings: old hashes stay good.
        let verified = tokio::task::spawn_blocking(move || {
            argon2.verify_password(password.as_bytes(), hash.as_str())
        });
        match verified.await? {
            Ok(()) => Ok(known),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(in_words(error)),
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("cost", self.argon2.params())
            .finish_non_exhaustive()
    }
}

async fn hash(argon2: Argon2<'static>, password: Vec<u8>) -> Result<String, AuthError> {
    let hashed = tokio::task::spawn_blocking(move || {
        argon2.hash_password(&password).map(|hash| hash.to_string())
    });
    hashed.await?.map_err(in_words)
}

fn random() -> Result<Vec<u8>, AuthError> {
    let mut bytes = vec![0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn in_words(error: impl fmt::Display) -> AuthError {
    AuthError::Argon2(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As little as argon2 takes.
    const CHEAP: Cost = Cost {
        memory_kib: 8,
        passes: 1,
    };

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() -> Result<(), AuthError> {
        let passwords = Passwords::new(&CHEAP).await?;
        let hash = passwords.hash("difference-engine").await?;
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_ne!(hash, passwords.hash("difference-engine").await?, "salted");
        assert!(
            passwords
                .verify("difference-engine", Some(hash.clone()))
                .await?
        );
        assert!(!passwords.verify("analytical-engine", Some(hash)).await?);
        assert!(!passwords.verify("difference-engine", None).await?);
        Ok(())
    }

    #[tokio::test]
    async fn a_hash_stays_good_when_the_cost_changes() -> Result<(), AuthError> {
        let hash = Passwords::new(&CHEAP).await?.hash("nanosecond").await?;
        let dearer = Passwords::new(&Cost { passes: 2, ..CHEAP }).await?;
        assert!(dearer.verify("nanosecond", Some(hash)).await?);
        Ok(())
    }

    #[tokio::test]
    async fn what_argon2_does_not_take_is_an_error() {
        let none = Passwords::new(&Cost {
            memory_kib: 0,
            ..CHEAP
        })
        .await;
        assert!(matches!(none, Err(AuthError::Argon2(_))), "{none:?}");
        let damaged = match Passwords::new(&CHEAP).await {
            Ok(passwords) => passwords.verify("x", Some("damaged".to_owned())).await,
            Err(error) => Err(error),
        };
        assert!(matches!(damaged, Err(AuthError::Argon2(_))), "{damaged:?}");
    }
}
