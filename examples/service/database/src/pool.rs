//! The connections.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::ConnectOptions;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use crate::connection::{Connection, Inner};
use crate::error::DatabaseError;
use crate::query::Query;
use crate::settings::{DatabaseSettings, Kind};

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
    /// Opens the database. One connection is tried at once, since a pool would tell of a failure only that it has waited.
    pub(crate) async fn open(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let url = settings.url.expose_secret();
        match settings.kind().map_err(unfit)? {
            Kind::Sqlite => open_sqlite(url, settings).await,
            #[cfg(feature = "postgres")]
            Kind::Postgres => open_postgres(url, settings).await,
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

async fn open_sqlite(url: &str, settings: &DatabaseSettings) -> Result<Pool, DatabaseError> {
    let options = SqliteConnectOptions::from_str(url).map_err(unfit)?;
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if in_memory {
        // It belongs to its one connection, and is gone when that is closed.
        let pool = PoolOptions::new()
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(settings.acquire_timeout)
            .connect_lazy_with(options.foreign_keys(true));
        let address = "SQLite in memory".into();
        return Ok(Pool::new(Connections::Sqlite(pool), address, 1, settings));
    }
    let address: Arc<str> = format!("SQLite in {}", options.get_filename().display()).into();
    let options = options
        .create_if_missing(true)
        .foreign_keys(true)
        // Readers and a writer do not wait for each other.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(BUSY)
        .optimize_on_close(true, ANALYSIS_LIMIT);
    try_out(&options, &address, settings).await?;
    let pool = pool_options(settings)
        // A file does not go away as a server does.
        .test_before_acquire(false)
        .connect_lazy_with(options);
    let size = settings.pool_max_size;
    Ok(Pool::new(
        Connections::Sqlite(pool),
        address,
        size,
        settings,
    ))
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str, settings: &DatabaseSettings) -> Result<Pool, DatabaseError> {
    use sqlx::postgres::PgConnectOptions;

    let options = PgConnectOptions::from_str(url).map_err(unfit)?;
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let name = options.get_database().unwrap_or(options.get_username());
    let address: Arc<str> = format!("PostgreSQL at {host}/{name}").into();
    try_out(&options, &address, settings).await?;
    let pool = pool_options(settings).connect_lazy_with(options);
    let size = settings.pool_max_size;
    Ok(Pool::new(
        Connections::Postgres(pool),
        address,
        size,
        settings,
    ))
}

fn pool_options<D: sqlx::Database>(settings: &DatabaseSettings) -> PoolOptions<D> {
    PoolOptions::new()
        .min_connections(settings.pool_min_size)
        .max_connections(settings.pool_max_size)
        .acquire_timeout(settings.acquire_timeout)
}

/// Opens a connection and closes it.
async fn try_out<O: ConnectOptions<Connection: Sized>>(
    options: &O,
    address: &Arc<str>,
    settings: &DatabaseSettings,
) -> Result<(), DatabaseError> {
    use sqlx::Connection as _;

    let limit = settings.acquire_timeout;
    let address = Arc::clone(address);
    match timeout(limit, async { options.connect().await?.close().await }).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(source)) => Err(DatabaseError::Open { address, source }),
        Err(_) => Err(DatabaseError::Unreachable { address, limit }),
    }
}

/// A url that nothing can be made of. It may have a password in it, so it is not repeated.
fn unfit(source: impl Into<sqlx::error::BoxDynError>) -> DatabaseError {
    DatabaseError::Open {
        address: "of the `url`".into(),
        source: sqlx::Error::Configuration(source.into()),
    }
}
