//! What can go wrong here.

use std::sync::Arc;
use std::time::Duration;

use api::StoreError;
use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

/// What can go wrong here. Every message names the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The settings fit nothing. Those of a file are refused before this, where they are read.
    #[error("the section `[database]`: {0}")]
    Settings(String),
    /// It is not there, is no database, or does not let us in.
    #[error(
        "cannot open the database, {address}: {source} (`url` in the section `[database]` says where it is)"
    )]
    Open {
        /// Which database, without the password.
        address: Arc<str>,
        /// What stood in the way.
        source: sqlx::Error,
    },
    /// All connections were in use for the whole `acquire_timeout`.
    #[error(
        "no connection to {address} was free within {limit:?}: all {size} are in use (`pool_max_size` in the section `[database]`)"
    )]
    PoolExhausted {
        /// Which database.
        address: Arc<str>,
        /// How long one was waited for.
        limit: Duration,
        /// How many there are.
        size: u32,
    },
    /// There was room for a connection, but the database did not give one within `acquire_timeout`.
    #[error("{address} is not there: no connection within {limit:?}")]
    Unreachable {
        /// Which database.
        address: Arc<str>,
        /// How long it was waited for.
        limit: Duration,
    },
    /// It did not answer a query within `statement_timeout`. Whether the query was carried out is not known.
    #[error(
        "{address} has not answered a query within {limit:?} (`statement_timeout` in the section `[database]`)"
    )]
    Timeout {
        /// Which database.
        address: Arc<str>,
        /// How long it was waited for.
        limit: Duration,
    },
    /// It refused a query, or was lost during it.
    #[error("{address}: {source}")]
    Query {
        /// Which database.
        address: Arc<str>,
        /// What it says.
        source: sqlx::Error,
    },
    /// A query has not as many values as places for them.
    #[error("the query has places for {places} values, and {values} are bound to it: {sql}")]
    Values {
        /// Its text.
        sql: &'static str,
        /// The highest `$n` in it.
        places: usize,
        /// How many were bound.
        values: usize,
    },
    /// A row has no such column, or one of another type.
    #[error("the column `{column}`: {source}")]
    Column {
        /// Its name.
        column: String,
        /// What is wrong with it.
        source: sqlx::Error,
    },
    /// The tables are older than the program, and `auto_migrate` is off.
    #[error(
        "{address} is older than the program: not yet migrated are {steps}; write `auto_migrate = true` into the section `[database]`, or migrate it before the start"
    )]
    Pending {
        /// Which database.
        address: Arc<str>,
        /// The steps, by number and name.
        steps: String,
    },
    /// The tables are newer than the program.
    #[error(
        "{address} is newer than the program, which does not know migration {version}: start the newer program"
    )]
    TooNew {
        /// Which database.
        address: Arc<str>,
        /// The first step that is not known.
        version: i64,
    },
    /// A step failed, or is not the one that the tables were made by.
    #[error("{address} cannot be migrated: {source}")]
    Migrate {
        /// Which database.
        address: Arc<str>,
        /// What stood in the way.
        source: MigrateError,
    },
    /// The plugin is not initialized, or is cleaned up.
    #[error("the database is not open")]
    Closed,
}

impl DatabaseError {
    /// Whether it refused a value that must be unique, since it is there already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        self.kind() == Some(ErrorKind::UniqueViolation)
    }

    /// Whether it refused a value that refers to nothing.
    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        self.kind() == Some(ErrorKind::ForeignKeyViolation)
    }

    fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Query { source, .. } => Some(source.as_database_error()?.kind()),
            _ => None,
        }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::PoolExhausted { limit, .. } => Self::PoolExhausted(limit),
            error => Self::Unavailable(error.into()),
        }
    }
}
