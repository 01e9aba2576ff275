//! The connections.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use crate::connection::{Connection, Inner};
use crate::error::DatabaseError;
use crate::query::Query;
use crate::settings::{DatabaseSettings, Target};

/// How long a writer waits for another one, of this process or another, in SQLite, which takes one at a time.
const BUSY: Duration = Duration::from_secs(5);

/// How many rows `ANALYZE` looks at when a connection to SQLite is closed.
const ANALYSIS_LIMIT: u32 = 400;

/// The connections of one of the databases. Clones share them.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(crate) connections: Connections,
    pub(crate) address: Arc<str>,
    /// One permit for each connection that is not in use. sqlx counts them as well, but tells nobody whether it has waited
    /// for a connection that was in use or for a server that is not there.
    free: Arc<Semaphore>,
    size: u32,
    acquire_timeout: Duration,
    statement_timeout: Duration,
}

#[derive(Clone)]
pub(crate) enum Connections {
    Sqlite(SqlitePool),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
}

/// How the connections are used at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolState {
    /// How many are used.
    pub in_use: u32,
    /// How many are open, used or not.
    pub open: u32,
    /// How many there are at most.
    pub max: u32,
}

impl std::fmt::Display for PoolState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { in_use, open, max } = self;
        write!(
            f,
            "{in_use} of at most {max} connections in use, {open} open"
        )
    }
}

impl Pool {
    /// Opens the database, and the smallest number of connections.
    pub(crate) async fn open(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        match settings.target().map_err(DatabaseError::Settings)? {
            Target::Sqlite(options) => open_sqlite(options, settings).await,
            #[cfg(feature = "postgres")]
            Target::Postgres(options) => open_postgres(options, settings).await,
        }
    }

    fn new(connections: Connections, address: Arc<str>, size: u32, of: &DatabaseSettings) -> Self {
        Self {
            connections,
            address,
            free: Arc::new(Semaphore::new(size as usize)),
            size,
            acquire_timeout: of.acquire_timeout,
            statement_timeout: of.statement_timeout,
        }
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn acquire(&self) -> Result<Connection, DatabaseError> {
        let limit = self.acquire_timeout;
        let deadline = Instant::now() + limit;
        let address = || Arc::clone(&self.address);
        let permit = timeout_at(deadline, Arc::clone(&self.free).acquire_owned()).await;
        let permit = permit.map_err(|_| DatabaseError::PoolExhausted {
            address: address(),
            limit,
            size: self.size,
        })?;
        let permit = permit.map_err(|_| DatabaseError::Closed)?;
        let inner = match timeout_at(deadline, self.connections.acquire()).await {
            Ok(Ok(inner)) => inner,
            Err(_) | Ok(Err(sqlx::Error::PoolTimedOut)) => {
                let address = address();
                return Err(DatabaseError::Unreachable { address, limit });
            }
            Ok(Err(sqlx::Error::PoolClosed)) => return Err(DatabaseError::Closed),
            Ok(Err(source)) => {
                let address = address();
                return Err(DatabaseError::Query { address, source });
            }
        };
        let limit = self.statement_timeout;
        Ok(Connection::new(inner, address(), limit, permit))
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        let mut connection = self.acquire().await?;
        connection.fetchrow(Query::new("SELECT 1")).await?;
        Ok(())
    }

    pub(crate) fn state(&self) -> PoolState {
        let free = u32::try_from(self.free.available_permits()).unwrap_or(self.size);
        PoolState {
            in_use: self.size.saturating_sub(free),
            open: self.connections.open(),
            max: self.size,
        }
    }

    /// Lets nobody have a connection any more, waits for those in use, and closes them.
    pub(crate) async fn close(&self) {
        self.free.close();
        match &self.connections {
            Connections::Sqlite(pool) => pool.close().await,
            #[cfg(feature = "postgres")]
            Connections::Postgres(pool) => pool.close().await,
        }
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // sqlx's own prints the password.
        f.debug_struct("Pool")
            .field("address", &self.address)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Connections {
    async fn acquire(&self) -> Result<Inner, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Inner::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.acquire().await.map(Inner::Postgres),
        }
    }

    fn open(&self) -> u32 {
        match self {
            Self::Sqlite(pool) => pool.size(),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.size(),
        }
    }
}

async fn open_sqlite(
    options: SqliteConnectOptions,
    settings: &DatabaseSettings,
) -> Result<Pool, DatabaseError> {
    let options = options.create_if_missing(true).foreign_keys(true);
    let url = settings.url.expose_secret();
    if url.contains(":memory:") || url.contains("mode=memory") {
        // It belongs to its one connection, and is gone when that is closed.
        let pool = PoolOptions::new()
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(settings.acquire_timeout);
        let address = "SQLite in memory".into();
        let pool = connect(pool, options, &address, settings).await?;
        return Ok(Pool::new(Connections::Sqlite(pool), address, 1, settings));
    }
    let address = format!("SQLite in {}", options.get_filename().display()).into();
    let options = options
        // Readers and a writer do not wait for each other.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(BUSY)
        .optimize_on_close(true, ANALYSIS_LIMIT);
    // A file does not go away as a server does.
    let pool = sized(settings).test_before_acquire(false);
    let pool = connect(pool, options, &address, settings).await?;
    let size = settings.pool_max_size;
    Ok(Pool::new(
        Connections::Sqlite(pool),
        address,
        size,
        settings,
    ))
}

#[cfg(feature = "postgres")]
async fn open_postgres(
    options: sqlx::postgres::PgConnectOptions,
    settings: &DatabaseSettings,
) -> Result<Pool, DatabaseError> {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let name = options.get_database().unwrap_or(options.get_username());
    let address = format!("PostgreSQL at {host}/{name}").into();
    let pool = connect(sized(settings), options, &address, settings).await?;
    let size = settings.pool_max_size;
    Ok(Pool::new(
        Connections::Postgres(pool),
        address,
        size,
        settings,
    ))
}

fn sized<D: sqlx::Database>(settings: &DatabaseSettings) -> PoolOptions<D> {
    PoolOptions::new()
        .min_connections(settings.pool_min_size)
        .max_connections(settings.pool_max_size)
        .acquire_timeout(settings.acquire_timeout)
}

type OptionsOf<D> = <<D as sqlx::Database>::Connection as sqlx::Connection>::Options;

/// Opens the smallest number of connections. One is tried before, since of a server that is not there the pool would tell
/// only that it has waited.
async fn connect<D: sqlx::Database>(
    pool: PoolOptions<D>,
    options: OptionsOf<D>,
    address: &Arc<str>,
    settings: &DatabaseSettings,
) -> Result<sqlx::Pool<D>, DatabaseError> {
    let limit = settings.acquire_timeout;
    let tried = timeout(limit, async { options.connect().await?.close().await }).await;
    let opened = match tried {
        Ok(Ok(())) => pool.connect_with(options).await,
        Ok(Err(error)) => Err(error),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    };
    let address = || Arc::clone(address);
    opened.map_err(|error| match error {
        sqlx::Error::PoolTimedOut => DatabaseError::Unreachable {
            address: address(),
            limit,
        },
        source => DatabaseError::Open {
            address: address(),
            source,
        },
    })
}
