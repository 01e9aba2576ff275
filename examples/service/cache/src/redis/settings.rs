//! The section `[cache]` of the plugin `redis-cache`.

use std::time::Duration;

use ::redis::{ConnectionInfo, IntoConnectionInfo};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::keys::Prefix;

/// The section `[cache]` of the plugin `redis-cache`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Unchecked")]
#[non_exhaustive]
pub struct RedisSettings {
    /// It parsed when the settings were read.
    url: SecretString,
    address: String,
    pub(super) prefix: Prefix,
    /// How long a connection may take to be there, logged in. 1 s unless said otherwise.
    pub connect_timeout: Duration,
    /// How long an answer may take. 500 ms unless said otherwise.
    pub response_timeout: Duration,
}

impl RedisSettings {
    /// Where the server is, without the password.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn connection(&self) -> ::redis::RedisResult<ConnectionInfo> {
        self.url.expose_secret().into_connection_info()
    }
}

/// What is written in the file.
#[derive(Deserialize)]
#[serde(default)]
struct Unchecked {
    /// Such as `redis://:password@host:6379/0`, or `unix:///run/redis.sock`. Unless said otherwise, the environment
    /// variable `REDIS_URL`, and without it the default port of this machine.
    url: SecretString,
    /// What the keys begin with, so that others may use the same server.
    prefix: Prefix,
    #[serde(with = "humantime_serde")]
    connect_timeout: Duration,
    #[serde(with = "humantime_serde")]
    response_timeout: Duration,
}

impl Default for Unchecked {
    fn default() -> Self {
        let url = std::env::var("REDIS_URL");
        Self {
            url: url
                .unwrap_or_else(|_| "redis://127.0.0.1:6379".into())
                .into(),
            prefix: Prefix::default(),
            connect_timeout: Duration::from_secs(1),
            response_timeout: Duration::from_millis(500),
        }
    }
}

impl TryFrom<Unchecked> for RedisSettings {
    type Error = String;

    fn try_from(read: Unchecked) -> Result<Self, Self::Error> {
        // What the URL says may be a secret, so the message does not repeat it.
        let url = read.url.expose_secret().into_connection_info();
        let url = url.map_err(|error| {
            format!("`url` is no address of a Redis server such as \"redis://127.0.0.1:6379/0\": {error}")
        })?;
        let limits = [
            ("connect_timeout", read.connect_timeout),
            ("response_timeout", read.response_timeout),
        ];
        if let Some((key, _)) = limits.iter().find(|(_, limit)| limit.is_zero()) {
            return Err(format!(
                "`{key}` is 0, within which no server answers; write one such as \"500ms\""
            ));
        }
        Ok(Self {
            address: format!("{}/{}", url.addr(), url.redis_settings().db()),
            url: read.url,
            prefix: read.prefix,
            connect_timeout: read.connect_timeout,
            response_timeout: read.response_timeout,
        })
    }
}
