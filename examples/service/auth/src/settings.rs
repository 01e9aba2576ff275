//! The section `[auth]`.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::PasswordRules;

/// The section `[auth]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AuthSettings {
    /// How long a session lasts that nobody ends, such as `1h`.
    #[serde(deserialize_with = "crate::duration::long")]
    pub token_ttl: Duration,
    /// Whether strangers may make accounts.
    pub registration: bool,
    /// What those may do who make an account.
    pub roles: Vec<String>,
    /// What a new password has to be like.
    pub password: PasswordRules,
    /// Who is created at the start, where there are no users at all.
    pub first_user: Option<FirstUser>,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            token_ttl: Duration::from_secs(3600),
            registration: true,
            roles: vec!["user".to_owned()],
            password: PasswordRules::default(),
            first_user: None,
        }
    }
}

/// Somebody to begin with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstUser {
    /// The name.
    pub name: String,
    /// The first password.
    pub password: SecretString,
    /// What they may do.
    #[serde(default = "admin")]
    pub roles: Vec<String>,
}

fn admin() -> Vec<String> {
    vec!["admin".to_owned(), "user".to_owned()]
}
