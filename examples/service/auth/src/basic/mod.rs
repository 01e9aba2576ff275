//! Names and passwords.

mod hashing;
mod settings;

use std::net::IpAddr;

use api::{AuthProvider, Health, HealthCheck, Identity, User, async_trait};
use base64::Engine;
use base64::engine::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use pepperplug::BoxError;
use pepperplug::prelude::*;
use secrecy::SecretString;

pub use self::settings::BasicSettings;

use self::hashing::Hasher;
use crate::limiter::{Attempt, Limiter, network};
use crate::services::Passwords;
use crate::{AccountsPlugin, AuthError};

/// `Authorization: Basic` (RFC 7617), in UTF-8; and whatever else has to do with passwords.
#[plugin(
    name = "basic",
    description = "names and passwords, with argon2id",
    provides(dyn AuthProvider, dyn Passwords),
    feature = "basic"
)]
pub struct BasicPlugin {
    #[inject]
    accounts: Arc<AccountsPlugin>,
    #[inject(settings)]
    settings: BasicSettings,
    ready: Option<Ready>,
}

struct Ready {
    hasher: Hasher,
    names: Limiter,
    addresses: Limiter,
}

#[plugin]
impl BasicPlugin {
    async fn initialize(&mut self) -> Result<(), AuthError> {
        let settings = &self.settings;
        self.ready = Some(Ready {
            hasher: Hasher::new(settings).await?,
            names: Limiter::new(settings.failures_per_name.get(), settings.window),
            addresses: Limiter::new(settings.failures_per_address.get(), settings.window),
        });
        Ok(())
    }

    #[hook("health.check")]
    fn check_health(&self, _: &HealthCheck) -> Health {
        match &self.ready {
            Some(ready) => Health::well(ready.hasher.to_string()),
            None => Health::ill("is not initialized"),
        }
    }
}

impl BasicPlugin {
    fn ready(&self) -> Result<&Ready, AuthError> {
        let early = || AuthError::Computation("`basic` is not initialized".to_owned());
        self.ready.as_ref().ok_or_else(early)
    }

    /// How many hashes were computed since the start.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.ready
            .as_ref()
            .map_or(0, |ready| ready.hasher.computed())
    }

    /// The user, and none where the password is not theirs or there is nobody of that name. One hash either way.
    async fn user(&self, name: &str, password: &SecretString) -> Result<Option<User>, AuthError> {
        let found = self.accounts.users().credentials(name).await?;
        let (user, hash) = found.unzip();
        let theirs = self.ready()?.hasher.verify(password, hash).await?;
        Ok(user.filter(|_| theirs))
    }
}

#[async_trait]
impl Passwords for BasicPlugin {
    async fn hash(&self, password: &SecretString) -> Result<String, AuthError> {
        self.ready()?.hasher.hash(password).await
    }

    async fn check(
        &self,
        name: &str,
        password: &SecretString,
        peer: Option<IpAddr>,
    ) -> Result<User, AuthError> {
        let ready = self.ready()?;
        let too_many = |retry_after| AuthError::TooManyFailures { retry_after };
        let by_address = peer.map(|peer| ready.addresses.attempt(network(peer)));
        let by_address = by_address.transpose().map_err(too_many)?;
        let by_name = match ready.names.attempt(name) {
            Ok(attempt) => attempt,
            Err(retry_after) => {
                forgive(by_address);
                return Err(too_many(retry_after));
            }
        };
        let user = self.user(name, password).await;
        if !matches!(user, Ok(None)) {
            forgive([Some(by_name), by_address].into_iter().flatten());
        }
        user?.ok_or(AuthError::Refused)
    }
}

fn forgive<'a>(attempts: impl IntoIterator<Item = Attempt<'a>>) {
    attempts.into_iter().for_each(Attempt::forgive);
}

/// With padding or without: clients differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `name:password` in base64; the first colon ends the name.
fn name_and_password(credentials: &str) -> Option<(String, SecretString)> {
    let text = String::from_utf8(BASE64.decode(credentials).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), SecretString::from(password)))
}

#[async_trait]
impl AuthProvider for BasicPlugin {
    fn scheme(&self) -> &'static str {
        "Basic"
    }

    async fn authenticate(&self, credentials: &str) -> Result<Option<Identity>, BoxError> {
        self.authenticate_from(credentials, None).await
    }

    async fn authenticate_from(
        &self,
        credentials: &str,
        peer: Option<IpAddr>,
    ) -> Result<Option<Identity>, BoxError> {
        let (name, password) = name_and_password(credentials).ok_or(AuthError::Refused)?;
        let user = self.check(&name, &password, peer).await?;
        Ok(Some(Identity {
            user,
            scheme: self.scheme().to_owned(),
            session: None,
        }))
    }
}

impl std::fmt::Debug for BasicPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BasicPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn parsed(text: &str) -> Option<(String, String)> {
        let (name, password) = name_and_password(text)?;
        Some((name, password.expose_secret().to_owned()))
    }

    #[test]
    fn name_and_password_come_in_base64() {
        let is = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        assert_eq!(parsed(&BASE64.encode("ada:a:b")), is("ada", "a:b"));
        assert_eq!(
            parsed(&BASE64.encode("ada:pässword")),
            is("ada", "pässword")
        );
        assert_eq!(parsed("YWRhOmI"), is("ada", "b"), "without padding");
        assert_eq!(parsed(&BASE64.encode(":")), is("", ""));
        for wrong in [
            "",
            "ada:b",
            "YWRh",
            "YWRhOmI=?",
            "YWRhOmI==",
            &BASE64.encode(b"ada:\xff"),
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
