//! What a token says.

use std::time::{SystemTime, UNIX_EPOCH};

use api::User;
use serde::{Deserialize, Serialize};

use super::JwtSettings;

/// All claims are there in each token that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    /// The id of the user.
    pub(super) sub: String,
    /// The id of the session.
    pub(super) jti: String,
    pub(super) iat: u64,
    pub(super) nbf: u64,
    pub(super) exp: u64,
    /// For readers. What a user is called and may do is asked of the store.
    #[serde(default)]
    pub(super) name: String,
    /// Likewise.
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

impl Claims {
    pub(super) fn new(
        settings: &JwtSettings,
        id: &str,
        user: &User,
        expires_at: SystemTime,
    ) -> Self {
        let now = seconds(SystemTime::now());
        Self {
            iss: settings.issuer.clone(),
            aud: settings.audience.clone(),
            sub: user.id.clone(),
            jti: id.to_owned(),
            iat: now,
            nbf: now,
            exp: seconds(expires_at),
            name: user.name.clone(),
            roles: user.roles.clone(),
        }
    }
}

pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
