//! What the plugins of this crate do for each other.

use std::net::IpAddr;
use std::time::SystemTime;

use api::{User, async_trait};
use pepperplug::service;
use secrecy::SecretString;

use crate::AuthError;

/// Makes and checks passwords.
#[async_trait]
#[service("passwords")]
pub trait Passwords: Send + Sync {
    /// The hash of a password, in the PHC string format.
    ///
    /// # Errors
    /// [`AuthError::Busy`] and [`AuthError::Computation`].
    async fn hash(&self, password: &SecretString) -> Result<String, AuthError>;

    /// The user of that name, where the password is theirs. For others it does the same work as for users.
    ///
    /// # Errors
    /// [`AuthError::Refused`], where there is no such user or the password is another;
    /// [`AuthError::TooManyFailures`], [`AuthError::Busy`], and those of the store.
    async fn check(
        &self,
        name: &str,
        password: &SecretString,
        peer: Option<IpAddr>,
    ) -> Result<User, AuthError>;
}

/// Makes tokens that an [`AuthProvider`](api::AuthProvider) understands.
#[async_trait]
#[service("token-issuer")]
pub trait TokenIssuer: Send + Sync {
    /// A token of that id, for that user, until then.
    ///
    /// # Errors
    /// [`AuthError::Computation`].
    async fn issue(
        &self,
        id: &str,
        user: &User,
        expires_at: SystemTime,
    ) -> Result<SecretString, AuthError>;
}
