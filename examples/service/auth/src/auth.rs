//! The plugin `auth`: asks the providers, and begins and ends sessions.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{
    AuthProvider, Health, HealthCheck, HttpCall, HttpRequest, Identity, NewUser, PEER, Response,
    Session, StoreError, Token, User, UserLogin, UserLogout, UserRegistered,
};
use pepperplug::prelude::*;
use pepperplug::{AppStartup, BoxError};
use secrecy::{ExposeSecret, SecretString};

use crate::credentials::Credentials;
use crate::error::problem_of;
use crate::services::{Passwords, TokenIssuer};
use crate::{AccountsPlugin, AuthError, AuthSettings, challenge, random, rules};

/// Says who sends a request, and gives tokens to those who have proved who they are.
#[plugin(
    name = "auth",
    description = "who sends a request, and sessions from login to logout",
    emits(UserLogin, UserLogout, UserRegistered),
    feature = "auth"
)]
pub struct AuthPlugin {
    #[inject]
    pub(crate) accounts: Arc<AccountsPlugin>,
    #[inject]
    pub(crate) providers: Vec<Arc<dyn AuthProvider>>,
    // Without `basic` nobody has a password, and without `jwt` nobody gets a token.
    #[inject]
    pub(crate) passwords: Option<Arc<dyn Passwords>>,
    #[inject]
    issuer: Option<Arc<dyn TokenIssuer>>,
    #[inject(settings)]
    pub(crate) settings: AuthSettings,
}

#[plugin]
impl AuthPlugin {
    /// Asks each provider of the header's scheme. The error is an [`AuthError`] for whoever sends the request, which
    /// means 401, or the whole answer as a [`Problem`](api::Problem).
    #[hook("http.request", priority = high)]
    async fn authenticate(
        &self,
        request: &HttpRequest,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Identity>, BoxError> {
        let Some(header) = request.authorization.as_deref() else {
            return Ok(None);
        };
        let peer = ctx.metadata(PEER).and_then(|peer| peer.as_str());
        let peer = peer.and_then(|peer| peer.parse().ok());
        self.identify(header, peer).await.map(Some)
    }

    /// Last of all, as others only listen.
    #[hook("user.login", priority = low)]
    async fn issue(&self, login: &UserLogin) -> Result<Option<Token>, AuthError> {
        let Some(issuer) = &self.issuer else {
            return Ok(None);
        };
        let id = random::text::<16>()?;
        let expires_at = whole_seconds(SystemTime::now() + self.settings.token_ttl);
        let value = issuer.issue(&id, &login.user, expires_at).await?;
        let session = Session {
            id: id.clone(),
            user_id: login.user.id.clone(),
            expires_at,
        };
        self.accounts.begin(session).await?;
        Ok(Some(Token {
            id,
            value: value.expose_secret().to_owned(),
            expires_at,
        }))
    }

    #[hook("user.logout", priority = high, retries = 2)]
    async fn revoke(&self, logout: &UserLogout) -> Result<(), AuthError> {
        self.accounts.end(&logout.token).await
    }

    #[hook("http.call")]
    async fn answer(
        &self,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Response>, BoxError> {
        self.route(call, ctx).await
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        let schemes = challenge::schemes(&self.providers);
        if schemes.is_empty() {
            return Health::ill("understands no scheme: no plugin provides `auth-provider`");
        }
        let issues = match self.issuer {
            Some(_) => "issues tokens",
            None => "issues no tokens",
        };
        Health::well(format!("understands {}; {issues}", schemes.join(", ")))
    }
}

impl AuthPlugin {
    async fn identify(&self, header: &str, peer: Option<IpAddr>) -> Result<Identity, BoxError> {
        let Credentials { scheme, value } = Credentials::parse(header).map_err(answered)?;
        let mut is_known = false;
        for provider in &self.providers {
            if !provider.scheme().eq_ignore_ascii_case(scheme) {
                continue;
            }
            is_known = true;
            let identity = provider.authenticate_from(value, peer).await;
            if let Some(identity) = identity.map_err(of_provider)? {
                return Ok(identity);
            }
        }
        Err(match is_known {
            true => AuthError::Refused,
            false => AuthError::UnknownScheme(scheme.to_owned()),
        }
        .into())
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`StoreError::Taken`] in [`AuthError::Store`], where another has that name; [`AuthError::Computation`] without the
    /// plugin `basic`; and those of the password's hash and of the store.
    pub async fn add_user(
        &self,
        name: &str,
        password: &SecretString,
        roles: Vec<String>,
    ) -> Result<User, AuthError> {
        let Some(passwords) = &self.passwords else {
            let text = "no plugin knows passwords: add `auth::BasicPlugin`, feature `basic`";
            return Err(AuthError::Computation(text.to_owned()));
        };
        let user = NewUser {
            name: name.to_owned(),
            roles,
            password_hash: passwords.hash(password).await?,
        };
        Ok(self.accounts.users().create_user(user).await?)
    }
}

impl std::fmt::Debug for AuthPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Creates the user of the settings, where there are none at all.
#[hook("app.startup")]
pub async fn create_first_user(_: &AppStartup, auth: Arc<AuthPlugin>) -> Result<(), AuthError> {
    let Some(first) = &auth.settings.first_user else {
        return Ok(());
    };
    if auth.accounts.users().count_users().await? > 0 {
        return Ok(());
    }
    rules::check_name(&first.name)
        .map_err(|text| AuthError::Computation(format!("`auth.first_user.name`: {text}")))?;
    match auth
        .add_user(&first.name, &first.password, first.roles.clone())
        .await
    {
        // Another node was faster.
        Err(AuthError::Store(StoreError::Taken(_))) => Ok(()),
        added => added.map(drop),
    }
}

/// Those that mean 401 stay what they are, for whoever emits the event; the others carry their status.
fn answered(error: AuthError) -> BoxError {
    let problem = error.problem();
    match problem.status {
        401 => error.into(),
        _ => problem.into(),
    }
}

fn of_provider(error: BoxError) -> BoxError {
    match error.downcast::<AuthError>() {
        Ok(error) => answered(*error),
        Err(error) => problem_of(&error).into(),
    }
}

/// As tokens tell it, so that token and session end together.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}
