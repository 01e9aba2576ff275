//! What the operator says of the server.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;

/// The section `[http]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Where it listens. Port 0 is any that is free.
    pub listen: SocketAddr,
    /// How long a request may take, until its answer begins.
    #[serde(with = "humantime_serde")]
    pub request_timeout: Duration,
    /// How long the head of a request may take to arrive.
    #[serde(with = "humantime_serde")]
    pub header_timeout: Duration,
    /// How many connections there may be at once; further ones wait.
    pub max_connections: usize,
    /// How many bytes a body may have.
    pub max_body: u64,
    /// How long requests that are under way have at the end.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            request_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            max_connections: 4096,
            max_body: 16 * 1024 * 1024,
            grace: Duration::from_secs(5),
        }
    }
}
