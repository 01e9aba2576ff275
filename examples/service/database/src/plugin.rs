//! The plugin.

use std::time::{Duration, Instant};

use api::{Health, HealthCheck, SessionStore, UserStore};
use pepperplug::AppStartup;
use pepperplug::prelude::*;
use tokio::time::timeout;

use crate::connection::Connection;
use crate::error::DatabaseError;
use crate::migrations;
use crate::pool::{Pool, PoolState};
use crate::query::Query;
use crate::row::Row;
use crate::settings::DatabaseSettings;
use crate::sweep::Sweep;

/// How long `health.check` waits for an answer: less than the event does, so that it is the hook that says what is wrong.
const HEALTHY: Duration = Duration::from_secs(1);

/// Owns the connections to the database, and provides the users and the sessions in it.
#[plugin(
    name = "database",
    description = "users and sessions, in SQLite or PostgreSQL",
    provides(dyn UserStore, dyn SessionStore),
    settings = "database",
    // A migration may take its time.
    timeout = "60s"
)]
#[derive(Debug)]
pub struct DatabasePlugin {
    #[inject(settings)]
    settings: DatabaseSettings,
    pool: Option<Pool>,
    sweep: Sweep,
}

#[plugin]
impl DatabasePlugin {
    async fn initialize(&mut self) -> Result<(), DatabaseError> {
        let pool = Pool::open(&self.settings).await?;
        let migrated = if self.settings.auto_migrate {
            migrations::run(&pool).await
        } else {
            migrations::refuse_pending(&pool).await
        };
        if let Err(error) = migrated {
            pool.close().await;
            return Err(error);
        }
        self.sweep = Sweep::start(pool.clone(), self.settings.forget_sessions_every);
        self.pool = Some(pool);
        Ok(())
    }

    async fn cleanup(&self) {
        self.sweep.stop().await;
        if let Some(pool) = &self.pool {
            pool.close().await;
        }
    }

    /// Checks the connection.
    #[hook("app.startup")]
    async fn on_startup(&self, _: &AppStartup) -> Result<(), DatabaseError> {
        self.pool()?.ping().await
    }

    #[hook("health.check")]
    async fn check(&self, _: &HealthCheck) -> Result<Health, DatabaseError> {
        let pool = self.pool()?;
        let (begun, state) = (Instant::now(), pool.state());
        let address = &pool.address;
        Ok(match timeout(HEALTHY, pool.ping()).await {
            Ok(Ok(())) => {
                let took = begun.elapsed();
                Health::well(format!("{address}: {state}, answers within {took:.1?}"))
            }
            Ok(Err(error)) => Health::ill(format!("{error}; {state}")),
            Err(_) => Health::ill(format!("{address}: no answer within {HEALTHY:?}; {state}")),
        })
    }
}

impl DatabasePlugin {
    /// Runs a query that finds nothing, on a connection of the pool. How many rows it has changed.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire), and as [`Connection::execute`].
    ///
    /// # Cancel safety
    /// As [`Connection::execute`].
    pub async fn execute(&self, query: Query) -> Result<u64, DatabaseError> {
        self.acquire().await?.execute(query).await
    }

    /// All rows that a query finds. Let the query limit how many these are.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub async fn fetch(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        self.acquire().await?.fetch(query).await
    }

    /// The first row that a query finds, if any.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub async fn fetchrow(&self, query: Query) -> Result<Option<Row>, DatabaseError> {
        self.acquire().await?.fetchrow(query).await
    }

    /// A connection for several queries. Give it back soon, by dropping it: others wait for it.
    ///
    /// # Errors
    /// [`DatabaseError::PoolExhausted`], where all are in use for the whole `acquire_timeout`; [`DatabaseError::Unreachable`],
    /// where the database is not there that long; [`DatabaseError::Query`], where it refuses the connection; and
    /// [`DatabaseError::Closed`] before `initialize` and after `cleanup`.
    ///
    /// # Cancel safety
    /// Nothing is lost; whoever asks again is the last in line.
    pub async fn acquire(&self) -> Result<Connection, DatabaseError> {
        self.pool()?.acquire().await
    }

    /// How the connections are used at the moment. None before `initialize`.
    #[must_use]
    pub fn pool_state(&self) -> Option<PoolState> {
        self.pool.as_ref().map(Pool::state)
    }

    pub(crate) fn pool(&self) -> Result<&Pool, DatabaseError> {
        self.pool.as_ref().ok_or(DatabaseError::Closed)
    }
}
