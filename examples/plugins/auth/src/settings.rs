//! The section `[auth]`.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// The section `[auth]`.
#[derive(Debug, Clone, Deserialize)]
pub struct AuthSettings {
    /// How long a session lasts.
    pub token_ttl_seconds: u64,
    /// What a password hash costs.
    #[serde(default)]
    pub argon2: Cost,
    /// Accounts that are created at the start, where they are missing.
    #[serde(default)]
    pub accounts: Vec<Account>,
}

impl AuthSettings {
    pub(crate) fn token_ttl(&self) -> Duration {
        Duration::from_secs(self.token_ttl_seconds)
    }
}

/// What a password hash costs, whoever computes it. The defaults are argon2's own, which OWASP
/// recommends.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: argon2::Params::DEFAULT_M_COST,
            passes: argon2::Params::DEFAULT_T_COST,
        }
    }
}

/// An account that is created at the start.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// Its name.
    pub user: String,
    /// What it may do.
    pub role: String,
    /// Its first password.
    pub password: SecretString,
}
