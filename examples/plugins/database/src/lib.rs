//! The users, in SQLite: a connection pool, migrations, and the queries that the other plugins
//! need.

mod migrations;
mod users;

use std::str::FromStr;
use std::sync::Arc;

use api::{Cache, Health, HealthCheck, UserLogin};
use config::{ConfigPlugin, Environment};
use pepperplug::AppShutdown;
use pepperplug::prelude::*;
use serde::Deserialize;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

pub use crate::users::User;

/// The section `[database]`.
#[derive(Debug, Clone, Deserialize)]
pub struct DatabaseSettings {
    /// Such as `sqlite::memory:` or `sqlite://app.db`. A file is created where there is none.
    pub url: String,
    /// How many connections the pool opens at most. A database in memory belongs to its one
    /// connection.
    #[serde(default = "one")]
    pub max_connections: u32,
}

fn one() -> u32 {
    1
}

/// What can go wrong here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The settings fit their types, but not each other.
    #[error("{0}")]
    Settings(&'static str),
    /// The database refused.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// `initialize` has not run.
    #[error("the database is not open")]
    NotOpen,
}

/// Owns the connection pool.
#[plugin(
    description = "users, in SQLite",
    feature = "database",
    timeout = "10s"
)]
#[derive(Debug)]
pub struct DatabasePlugin {
    #[inject(settings)]
    settings: DatabaseSettings,
    #[inject]
    config: Arc<ConfigPlugin>,
    // Where there is a cache, it saves queries; where there is none, nothing here is missing.
    #[inject]
    cache: Option<Arc<dyn Cache>>,
    pool: Option<SqlitePool>,
}

#[plugin]
impl DatabasePlugin {
    async fn initialize(&mut self) -> Result<(), DatabaseError> {
        let in_memory = self.settings.url.contains(":memory:");
        if in_memory && self.settings.max_connections != 1 {
            return Err(DatabaseError::Settings(
                "a database in memory takes `max_connections = 1`",
            ));
        }
        if in_memory && self.config.environment() == Environment::Production {
            return Err(DatabaseError::Settings(
                "a database in memory does not do for `environment = \"production\"`",
            ));
        }
        let options = SqliteConnectOptions::from_str(&self.settings.url)?.create_if_missing(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(self.settings.max_connections)
            // A database in memory is gone when its connection is closed, so the pool may not renew
            // it.
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        migrations::run(&pool).await?;
        self.pool = Some(pool);
        Ok(())
    }

    async fn cleanup(&self) {
        if let Some(pool) = &self.pool {
            pool.close().await;
        }
    }

    /// Counts, once `auth` has opened the session. A count that is one short is no reason to turn
    /// somebody away.
    #[hook("user.login", after = "auth", retries = 2, on_error = ignore)]
    async fn count_login(&self, login: &UserLogin) -> Result<(), DatabaseError> {
        self.add_login(&login.user).await
    }

    #[hook("health.check")]
    async fn check(&self, _: &HealthCheck) -> Result<Health, DatabaseError> {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(self.pool()?)
            .await?;
        let users = self.count_users().await?;
        Ok(Health::well(format!("SQLite {version}, {users} users")))
    }

    /// What SQLite recommends before closing: it brings up to date what the query planner knows of
    /// the tables.
    #[hook("app.shutdown")]
    async fn optimize(&self, _: &AppShutdown) -> Result<(), DatabaseError> {
        sqlx::query("PRAGMA optimize").execute(self.pool()?).await?;
        Ok(())
    }
}

impl DatabasePlugin {
    fn pool(&self) -> Result<&SqlitePool, DatabaseError> {
        self.pool.as_ref().ok_or(DatabaseError::NotOpen)
    }
}
