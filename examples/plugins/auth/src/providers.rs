//! The ways to prove who one is. Each is a plugin; `auth` takes all there are, and another crate
//! may add its own.

use std::sync::Arc;

use api::{AuthProvider, BoxError, BoxFuture, Cache, Identity};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use database::DatabasePlugin;
use pepperplug::prelude::*;

use crate::AuthPlugin;
use crate::sessions::Sessions;

/// `Authorization: Basic`: name and password with every request.
#[plugin(
    name = "auth-basic",
    description = "name and password",
    provides(dyn AuthProvider),
    feature = "auth"
)]
#[derive(Debug)]
pub struct BasicProvider {
    // `auth` injects its providers, so this is a ring; `Lazy` is the edge that may close it.
    #[inject]
    auth: Lazy<AuthPlugin>,
}

impl BasicProvider {
    async fn check(&self, credentials: &str) -> Result<Option<Identity>, BoxError> {
        let decoded = STANDARD
            .decode(credentials)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((user, password)) = decoded.as_deref().and_then(|text| text.split_once(':'))
        else {
            return Ok(None);
        };
        let user = self.auth.get()?.verify(user, password).await?;
        Ok(user.map(|user| Identity {
            user: user.name,
            role: user.role,
            scheme: self.scheme(),
        }))
    }
}

impl AuthProvider for BasicProvider {
    fn scheme(&self) -> &'static str {
        "Basic"
    }

    fn identify<'a>(
        &'a self,
        credentials: &'a str,
    ) -> BoxFuture<'a, Result<Option<Identity>, BoxError>> {
        Box::pin(self.check(credentials))
    }
}

/// `Authorization: Bearer`: the token of an open session.
#[plugin(
    name = "auth-bearer",
    description = "the token of a session",
    provides(dyn AuthProvider),
    feature = "auth"
)]
#[derive(Debug)]
pub struct BearerProvider {
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    database: Arc<DatabasePlugin>,
}

impl BearerProvider {
    async fn check(&self, token: &str) -> Result<Option<Identity>, BoxError> {
        let Some(user) = Sessions::new(&*self.cache).user(token) else {
            return Ok(None);
        };
        let role = self.database.role(&user).await?;
        Ok(role.map(|role| Identity {
            user: user.to_string(),
            role,
            scheme: self.scheme(),
        }))
    }
}

impl AuthProvider for BearerProvider {
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    fn identify<'a>(
        &'a self,
        credentials: &'a str,
    ) -> BoxFuture<'a, Result<Option<Identity>, BoxError>> {
        Box::pin(self.check(credentials))
    }
}
