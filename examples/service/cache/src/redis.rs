//! The cache on a Redis server.

mod keys;
mod server;
mod settings;

use std::time::{Duration, Instant};

use ::redis::Cmd;
use api::{Cache, CacheError, Health, HealthCheck};
use async_trait::async_trait;
use pepperplug::AppStartup;
use pepperplug::prelude::*;

use self::keys::Prefix;
use self::server::Server;
pub use self::settings::RedisSettings;
use crate::ttl::Ttl;

/// Provides the service `cache` from a Redis server, which all nodes of the service share.
///
/// All its keys begin with the `prefix` of its settings. When it ends, what it has put there stays: other nodes use it.
/// A server that is away makes calls fail at once; the first call after it is back succeeds.
#[plugin(
    name = "redis-cache",
    description = "short-lived values, on a Redis server",
    provides(dyn Cache),
    settings = "cache",
    feature = "redis"
)]
#[derive(Debug)]
pub struct RedisCache {
    #[inject(settings)]
    settings: RedisSettings,
    server: Option<Server>,
}

/// Why there is no cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisCacheError {
    /// The server does not let us in, does not answer, or is not there.
    #[error(
        "no Redis server for the cache at {address}: {source} (`url` in the section `[cache]` says where it is)"
    )]
    Connect {
        /// Where it should be, without the password.
        address: String,
        /// What stood in the way.
        source: ::redis::RedisError,
    },
}

#[plugin]
impl RedisCache {
    async fn initialize(&mut self) -> Result<(), RedisCacheError> {
        self.server = Some(Server::connect(&self.settings).await?);
        Ok(())
    }

    #[hook("app.startup")]
    async fn on_startup(&self, _: &AppStartup) -> Result<(), CacheError> {
        self.warmup().await
    }

    #[hook("health.check")]
    async fn check(&self, _: &HealthCheck) -> Health {
        let begun = Instant::now();
        match self.warmup().await {
            Ok(()) => Health::well(format!(
                "Redis at {} answers within {:.1?}",
                self.settings.address(),
                begun.elapsed()
            )),
            Err(error) => Health::ill(error.to_string()),
        }
    }
}

impl RedisCache {
    fn server(&self) -> Result<&Server, CacheError> {
        let not_yet = || CacheError::Unavailable("it is not initialized".to_owned());
        self.server.as_ref().ok_or_else(not_yet)
    }

    fn prefix(&self) -> &Prefix {
        &self.settings.prefix
    }
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<String>, CacheError> {
        self.server()?.ask(&Cmd::get(self.prefix().of(key))).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.prefix().of(key);
        let command = match Ttl::from(ttl) {
            Ttl::Over => Cmd::del(key),
            Ttl::Unlimited => Cmd::set(key, value),
            Ttl::For(ttl) => Cmd::pset_ex(key, value, whole_milliseconds(ttl)),
        };
        self.server()?.ask(&command).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.server()?.ask(&Cmd::del(self.prefix().of(key))).await
    }

    /// Deletes every key that was there when it was called and begins with the prefix, in batches, so that the server goes
    /// on serving others. Keys that are set meanwhile may stay.
    async fn clear(&self) -> Result<(), CacheError> {
        let server = self.server()?;
        let mut cursor = 0;
        loop {
            let scan = self.prefix().scan(cursor);
            let (next, keys): (u64, Vec<Vec<u8>>) = server.ask(&scan).await?;
            if !keys.is_empty() {
                // Unlike `DEL`, it gives the memory back outside of the server's one thread.
                server.ask::<u64>(&Cmd::unlink(keys)).await?;
            }
            cursor = next;
            if cursor == 0 {
                return Ok(());
            }
        }
    }

    async fn warmup(&self) -> Result<(), CacheError> {
        self.server()?.ask(&Cmd::ping()).await
    }
}

/// Redis counts in milliseconds; a value that lives shorter than one lives for one.
fn whole_milliseconds(ttl: Duration) -> u64 {
    let milliseconds = ttl.as_nanos().div_ceil(1_000_000);
    u64::try_from(milliseconds).unwrap_or(u64::MAX)
}
