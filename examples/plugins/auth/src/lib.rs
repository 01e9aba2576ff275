//! Who may come in: passwords, sessions, and one plugin for each way to prove who one is.

mod error;
mod passwords;
mod providers;
mod sessions;
mod settings;

use std::sync::Arc;

use api::{
    AuditLog, AuthProvider, Cache, Health, HealthCheck, HttpRequest, HttpResponse, Identity,
    UserLogin, UserLogout,
};
use database::{DatabasePlugin, User};
use pepperplug::AppStartup;
use pepperplug::prelude::*;
use secrecy::ExposeSecret;

pub use crate::error::AuthError;
pub use crate::providers::{BasicProvider, BearerProvider};
pub use crate::settings::{Account, AuthSettings, Cost};

use crate::passwords::Passwords;
use crate::sessions::Sessions;

/// Opens and closes sessions, and says who sent a request.
#[plugin(
    description = "who may come in",
    requires("config"),
    emits(UserLogin, UserLogout),
    feature = "auth"
)]
#[derive(Debug)]
pub struct AuthPlugin {
    #[inject(settings)]
    settings: AuthSettings,
    #[inject("database", version = "^1.1")]
    database: Arc<DatabasePlugin>,
    #[inject]
    cache: Arc<dyn Cache>,
    #[inject]
    providers: Vec<Arc<dyn AuthProvider>>,
    #[inject]
    audit: Option<Arc<dyn AuditLog>>,
    #[inject]
    events: Events,
    passwords: Option<Passwords>,
}

#[plugin]
impl AuthPlugin {
    async fn initialize(&mut self) -> Result<(), AuthError> {
        self.passwords = Some(Passwords::new(&self.settings.argon2).await?);
        Ok(())
    }

    /// First of all, so that the session is there when the other hooks hear of the login.
    #[hook("user.login", priority = high)]
    fn open_session(&self, login: &UserLogin) -> Result<(), AuthError> {
        self.sessions().open(&login.user, self.settings.token_ttl())
    }

    #[hook("user.logout")]
    fn close_session(&self, logout: &UserLogout) {
        self.sessions().close(&logout.user);
    }

    #[hook("http.request", priority = high, timeout = "2s")]
    async fn authenticate(
        &self,
        request: &HttpRequest,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Identity>, AuthError> {
        let header = request
            .authorization
            .as_deref()
            .and_then(|header| header.split_once(' '));
        let Some((scheme, credentials)) = header else {
            return Ok(None);
        };
        // A scheme that is not known here may be known to the next hook.
        let known =
            |provider: &&Arc<dyn AuthProvider>| provider.scheme().eq_ignore_ascii_case(scheme);
        let Some(provider) = self.providers.iter().find(known) else {
            return Ok(None);
        };
        let identity = provider
            .identify(credentials)
            .await
            .map_err(AuthError::Provider)?;
        if let (Some(audit), Some(identity)) = (&self.audit, &identity) {
            audit.record(format!(
                "{}: {} at {} by {}",
                ctx.event(),
                identity.user,
                request.path,
                identity.scheme
            ));
        }
        Ok(identity)
    }

    #[hook("http.response")]
    fn forbid_caching(&self, response: &mut HttpResponse) {
        response
            .headers
            .push(("cache-control", "private".to_owned()));
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        let schemes: Vec<_> = self
            .providers
            .iter()
            .map(|provider| provider.scheme())
            .collect();
        Health::well(format!("understands {}", schemes.join(" and ")))
    }
}

impl AuthPlugin {
    /// Checks a password and opens a session. The token that proves it from now on.
    ///
    /// # Errors
    /// [`AuthError::Refused`], where there is no such user or the password is another.
    pub async fn login(&self, user: &str, password: &str) -> Result<Arc<str>, AuthError> {
        let user = self
            .verify(user, password)
            .await?
            .ok_or(AuthError::Refused)?;
        // `open_session` is one of the hooks; that others follow from it is none of this method's
        // business.
        self.events
            .emit(&UserLogin {
                user: user.name.clone(),
                role: user.role,
            })
            .await?;
        self.sessions()
            .token(&user.name)
            .ok_or(AuthError::NoSession)
    }

    /// Closes the session, if there is one.
    ///
    /// # Errors
    /// Those of the hooks on `user.logout`.
    pub async fn logout(&self, user: &str) -> Result<(), AuthError> {
        Ok(self
            .events
            .emit(&UserLogout {
                user: user.to_owned(),
            })
            .await?)
    }

    /// Adds a user, unless there is one of that name. Whether it was added.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn add_account(&self, account: &Account) -> Result<bool, AuthError> {
        let hash = self
            .passwords()?
            .hash(account.password.expose_secret())
            .await?;
        Ok(self
            .database
            .add_user(&account.user, &account.role, &hash)
            .await?)
    }

    /// How often that user has logged in.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn logins(&self, user: &str) -> Result<i64, AuthError> {
        let user = self.database.user(user).await?;
        Ok(user.map_or(0, |user| user.logins))
    }

    /// The user, where the password is theirs.
    pub(crate) async fn verify(
        &self,
        user: &str,
        password: &str,
    ) -> Result<Option<User>, AuthError> {
        let user = self.database.user(user).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let theirs = self.passwords()?.verify(password, hash).await?;
        Ok(user.filter(|_| theirs))
    }

    fn passwords(&self) -> Result<&Passwords, AuthError> {
        self.passwords.as_ref().ok_or(AuthError::NotReady)
    }

    fn sessions(&self) -> Sessions<'_> {
        Sessions::new(&*self.cache)
    }
}

/// Creates the accounts that the settings list and the database lacks: a hook that needs no plugin
/// of its own.
#[hook("app.startup")]
pub async fn create_accounts(_: &AppStartup, auth: Arc<AuthPlugin>) -> Result<(), AuthError> {
    for account in &auth.settings.accounts {
        auth.add_account(account).await?;
    }
    Ok(())
}
