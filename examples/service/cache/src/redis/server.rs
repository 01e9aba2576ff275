//! The connection to the server, which comes back by itself.

use core::fmt;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Cmd, FromRedisValue, RedisError};
use api::CacheError;

use super::{RedisCacheError, RedisSettings};

/// How many commands may be under way at once; further ones wait for their turn.
const UNDER_WAY: usize = 1024;

/// One connection for all commands, which go one after the other without waiting for answers.
#[derive(Clone)]
pub(super) struct Server {
    connection: ConnectionManager,
    address: String,
}

impl Server {
    pub(super) async fn connect(settings: &RedisSettings) -> Result<Self, RedisCacheError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(settings.connect_timeout))
            .set_response_timeout(Some(settings.response_timeout))
            .set_concurrency_limit(UNDER_WAY)
            // A cache that is away is told at once, and asked again with the next call.
            .set_number_of_retries(0);
        let connection = async {
            let client = Client::open(settings.connection()?)?;
            ConnectionManager::new_with_config(client, config).await
        };
        let address = settings.address().to_owned();
        match connection.await {
            Ok(connection) => Ok(Self {
                connection,
                address,
            }),
            Err(source) => Err(RedisCacheError::Connect { address, source }),
        }
    }

    /// Sends a command, and a second time where the connection turns out to be gone: the first attempt has only found that
    /// out. All our commands may be carried out twice; of those that tell what they changed, the second answer holds.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CacheError> {
        let mut connection = self.connection.clone();
        let answer = match command.query_async(&mut connection).await {
            Err(error) if error.is_unrecoverable_error() => {
                command.query_async(&mut connection).await
            }
            answer => answer,
        };
        answer.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &RedisError) -> CacheError {
        let Self { address, .. } = self;
        CacheError::Unavailable(if error.is_timeout() {
            format!("Redis at {address} does not answer in time")
        } else {
            format!("Redis at {address}: {error}")
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The connection knows the password.
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
