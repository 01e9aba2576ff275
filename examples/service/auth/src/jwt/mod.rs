//! Tokens that are signed here.

mod claims;
mod keys;
mod ring;
mod settings;

use std::time::SystemTime;

use api::{AuthProvider, Health, HealthCheck, Identity, User, async_trait};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pepperplug::BoxError;
use pepperplug::prelude::*;
use secrecy::SecretString;

pub use self::keys::{KeyAlgorithm, KeySettings};
pub use self::settings::JwtSettings;

use self::claims::Claims;
use self::ring::KeyRing;
use crate::services::TokenIssuer;
use crate::{AccountsPlugin, AuthError};

/// `Authorization: Bearer` with a JSON Web Token (RFC 7519) of ours. The signature says that we made it; the session, that
/// it still holds; the store, what its user may do.
#[plugin(
    name = "jwt",
    description = "tokens that are signed here",
    provides(dyn AuthProvider, dyn TokenIssuer),
    feature = "jwt"
)]
pub struct JwtPlugin {
    #[inject]
    accounts: Arc<AccountsPlugin>,
    #[inject(settings)]
    settings: JwtSettings,
    ring: Option<KeyRing>,
}

#[plugin]
impl JwtPlugin {
    fn initialize(&mut self) -> Result<(), AuthError> {
        self.ring = Some(KeyRing::new(&self.settings)?);
        Ok(())
    }

    #[hook("health.check")]
    fn check_health(&self, _: &HealthCheck) -> Health {
        match &self.ring {
            Some(ring) => Health::well(ring.to_string()),
            None => Health::ill("is not initialized"),
        }
    }
}

impl JwtPlugin {
    fn ring(&self) -> Result<&KeyRing, AuthError> {
        let early = || AuthError::Computation("`jwt` is not initialized".to_owned());
        self.ring.as_ref().ok_or_else(early)
    }

    async fn identity(&self, token: &str) -> Result<Identity, AuthError> {
        let claims = self.ring()?.verify(token)?;
        let session = self.accounts.session(&claims.jti).await?;
        let session = session.ok_or(AuthError::SessionEnded)?;
        if session.user_id != claims.sub {
            return Err(AuthError::InvalidToken);
        }
        let user = self.accounts.user(&claims.sub).await?;
        Ok(Identity {
            user: user.ok_or(AuthError::Refused)?,
            scheme: self.scheme().to_owned(),
            session: Some(session.id),
        })
    }
}

#[async_trait]
impl TokenIssuer for JwtPlugin {
    async fn issue(
        &self,
        id: &str,
        user: &User,
        expires_at: SystemTime,
    ) -> Result<SecretString, AuthError> {
        let ring = self.ring()?;
        ring.sign(&Claims::new(&self.settings, id, user, expires_at))
    }
}

#[async_trait]
impl AuthProvider for JwtPlugin {
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    async fn authenticate(&self, credentials: &str) -> Result<Option<Identity>, BoxError> {
        // Three parts, or it is another kind of token.
        if credentials.split('.').count() != 3 {
            return Ok(None);
        }
        Ok(Some(self.identity(credentials).await?))
    }
}

impl std::fmt::Debug for JwtPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JwtPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A new secret for HS256, as [`KeySettings`] takes it.
///
/// # Errors
/// [`AuthError::Random`].
pub fn new_secret() -> Result<SecretString, AuthError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(STANDARD.encode(bytes).into())
}
