//! The accounts and the tokens of an OAuth 2 provider.

mod client;
mod login;
mod routes;
mod settings;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{
    AuthProvider, Cache, Health, HealthCheck, HttpCall, Identity, NewUser, Response, StoreError,
    User, UserRegistered, async_trait,
};
use pepperplug::BoxError;
use pepperplug::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use self::settings::{Endpoint, OAuthSettings, ProviderSettings};

use self::client::{Active, ProviderClient};
use crate::accounts::warned;
use crate::{AccountsPlugin, AuthError};

/// People log in at a provider (`/oauth/start`), and get a token of ours; or they send a token of the provider, as
/// `Authorization: OAuth`, and the provider is asked whose it is.
#[plugin(
    name = "oauth",
    description = "accounts and tokens of an OAuth 2 provider",
    provides(dyn AuthProvider),
    emits(UserRegistered, api::UserLogin),
    feature = "oauth"
)]
pub struct OAuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    accounts: Arc<AccountsPlugin>,
    #[inject]
    events: Events,
    #[inject(settings)]
    settings: OAuthSettings,
    client: Option<ProviderClient>,
}

#[plugin]
impl OAuthPlugin {
    async fn initialize(&mut self) -> Result<(), AuthError> {
        let Some(provider) = self.settings.provider.clone() else {
            return Ok(());
        };
        let back = provider.redirect_url.url();
        if !back.path().ends_with(routes::CALLBACK) {
            let text = format!(
                "sends browsers back to `{back}`, where nobody waits: let `oauth.provider.redirect_url` end with `{}`",
                routes::CALLBACK
            );
            return Err(AuthError::Provider(text));
        }
        let settings = self.settings.clone();
        let made = tokio::task::spawn_blocking(move || ProviderClient::new(&settings, provider));
        let made = made
            .await
            .map_err(|error| AuthError::Computation(error.to_string()))?;
        self.client = Some(made?);
        Ok(())
    }

    #[hook("http.call")]
    async fn answer(
        &self,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Response>, BoxError> {
        Ok(self.route(call, ctx).await)
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        let Some(client) = &self.client else {
            return Health::well("no provider is set");
        };
        let host = client.settings().token_url.url().host_str();
        let (asked, failed) = client.counts();
        Health::well(format!(
            "{} was asked {asked} times, and failed {failed} times",
            host.unwrap_or_default()
        ))
    }
}

/// What the cache holds under `oauth:token:{hash of the token}`.
#[derive(Serialize, Deserialize)]
struct Known {
    user_id: String,
    exp: Option<i64>,
}

impl OAuthPlugin {
    /// Whose token of the provider that is.
    async fn identity(&self, token: &str, scheme: &str) -> Result<Identity, AuthError> {
        let client = self.client.as_ref().ok_or(AuthError::Refused)?;
        if !is_token(token) {
            return Err(AuthError::InvalidToken);
        }
        let user = self.user_of(client, &SecretString::from(token)).await?;
        Ok(Identity {
            user,
            scheme: scheme.to_owned(),
            session: None,
        })
    }

    async fn user_of(
        &self,
        client: &ProviderClient,
        token: &SecretString,
    ) -> Result<User, AuthError> {
        // Not the token itself: who reads the cache is not the user.
        let key = format!("oauth:token:{}", login::hash(token.expose_secret()));
        let known = warned(self.cache.get(&key).await).flatten();
        let known: Option<Known> = known.and_then(|known| serde_json::from_str(&known).ok());
        if let Some(known) = known.filter(|known| left(known.exp, Duration::MAX).is_some())
            && let Some(user) = self.accounts.user(&known.user_id).await?
        {
            return Ok(user);
        }
        let active = client.introspect(token).await?;
        let active = active.ok_or(AuthError::InvalidToken)?;
        let ttl = left(active.exp, self.settings.introspection_cache);
        let ttl = ttl.ok_or(AuthError::ExpiredToken)?;
        let user = self.local_user(client, &active).await?;
        let known = Known {
            user_id: user.id.clone(),
            exp: active.exp,
        };
        if let (false, Ok(known)) = (ttl.is_zero(), serde_json::to_string(&known)) {
            warned(self.cache.set(&key, &known, Some(ttl)).await);
        }
        Ok(user)
    }

    /// Our user for one of the provider, who is made when they first come. The name is none that others can take, and with
    /// the hash there is no password.
    async fn local_user(
        &self,
        client: &ProviderClient,
        active: &Active,
    ) -> Result<User, AuthError> {
        let users = self.accounts.users();
        let name = format!("oauth:{}", active.sub);
        if let Some((user, _)) = users.credentials(&name).await? {
            return Ok(user);
        }
        let new = NewUser {
            name: name.clone(),
            roles: client.settings().roles.clone(),
            password_hash: "*".to_owned(),
        };
        let user = match users.create_user(new).await {
            // They came twice at once.
            Err(StoreError::Taken(_)) => {
                let user = users.credentials(&name).await?;
                return user.map(|(user, _)| user).ok_or(AuthError::Refused);
            }
            created => created?,
        };
        let registered = UserRegistered { user: user.clone() };
        // Whatever comes of that: the account is there.
        if let Err(error) = self.events.emit(&registered).await {
            tracing::warn!(%error, "a hook on `user.registered` failed");
        }
        Ok(user)
    }
}

/// How long something may be remembered that ends then; none where it has ended.
fn left(exp: Option<i64>, most: Duration) -> Option<Duration> {
    let Some(exp) = exp else {
        return Some(most);
    };
    let exp = UNIX_EPOCH + Duration::from_secs(u64::try_from(exp).ok()?.min(u32::MAX.into()));
    let left = exp.duration_since(SystemTime::now()).ok()?;
    (!left.is_zero()).then_some(left.min(most))
}

/// `b64token` of RFC 6750.
fn is_token(token: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    (1..=4096).contains(&token.len()) && token.bytes().all(is_char)
}

#[async_trait]
impl AuthProvider for OAuthPlugin {
    fn scheme(&self) -> &'static str {
        "OAuth"
    }

    async fn authenticate(&self, credentials: &str) -> Result<Option<Identity>, BoxError> {
        Ok(Some(self.identity(credentials, self.scheme()).await?))
    }
}

impl std::fmt::Debug for OAuthPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuthPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// The tokens of the provider as `Authorization: Bearer`, where they are none that `jwt` may know.
#[plugin(
    name = "oauth-bearer",
    description = "tokens of an OAuth 2 provider, as Bearer",
    provides(dyn AuthProvider),
    feature = "oauth"
)]
#[derive(Debug)]
pub struct OAuthBearerPlugin {
    #[inject]
    oauth: Arc<OAuthPlugin>,
}

#[async_trait]
impl AuthProvider for OAuthBearerPlugin {
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    async fn authenticate(&self, credentials: &str) -> Result<Option<Identity>, BoxError> {
        let is_jwt = credentials.split('.').count() == 3;
        if self.oauth.client.is_none() || is_jwt && cfg!(feature = "jwt") {
            return Ok(None);
        }
        Ok(Some(self.oauth.identity(credentials, self.scheme()).await?))
    }
}
