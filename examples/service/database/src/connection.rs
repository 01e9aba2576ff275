//! One connection.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::error::DatabaseError;
use crate::query::Query;
use crate::row::Row;

/// A connection of the pool, which goes back there when it is dropped.
pub struct Connection {
    inner: Inner,
    address: Arc<str>,
    limit: Duration,
    /// Dropped after the connection, so that whoever gets it next finds the connection there.
    _permit: OwnedSemaphorePermit,
}

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(PoolConnection<sqlx::Postgres>),
}

impl Connection {
    pub(crate) fn new(
        inner: Inner,
        address: Arc<str>,
        limit: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            inner,
            address,
            limit,
            _permit: permit,
        }
    }

    /// Runs a query that finds nothing. How many rows it has changed.
    ///
    /// # Errors
    /// [`DatabaseError::Query`] and [`DatabaseError::Timeout`], and [`DatabaseError::Values`] for a query that was written wrong.
    ///
    /// # Cancel safety
    /// Whether a query that is dropped is carried out is not known; half of it never is. The connection stays usable.
    pub async fn execute(&mut self, query: Query) -> Result<u64, DatabaseError> {
        query.check()?;
        let limit = self.limit;
        let done = match &mut self.inner {
            Inner::Sqlite(connection) => {
                let done = query.sqlite().execute(&mut **connection);
                within(limit, done, |done| done.rows_affected()).await
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => {
                let done = query.postgres().execute(&mut **connection);
                within(limit, done, |done| done.rows_affected()).await
            }
        };
        self.explained(done)
    }

    /// All rows that a query finds. Let the query limit how many these are.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub async fn fetch(&mut self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        query.check()?;
        let limit = self.limit;
        let rows = match &mut self.inner {
            Inner::Sqlite(connection) => {
                let rows = query.sqlite().fetch_all(&mut **connection);
                within(limit, rows, |rows| {
                    rows.into_iter().map(Row::from).collect()
                })
                .await
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => {
                let rows = query.postgres().fetch_all(&mut **connection);
                within(limit, rows, |rows| {
                    rows.into_iter().map(Row::from).collect()
                })
                .await
            }
        };
        self.explained(rows)
    }

    /// The first row that a query finds, if any.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`execute`](Self::execute).
    pub async fn fetchrow(&mut self, query: Query) -> Result<Option<Row>, DatabaseError> {
        query.check()?;
        let limit = self.limit;
        let row = match &mut self.inner {
            Inner::Sqlite(connection) => {
                let row = query.sqlite().fetch_optional(&mut **connection);
                within(limit, row, |row| row.map(Row::from)).await
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => {
                let row = query.postgres().fetch_optional(&mut **connection);
                within(limit, row, |row| row.map(Row::from)).await
            }
        };
        self.explained(row)
    }

    fn explained<T>(&mut self, answer: Answer<T>) -> Result<T, DatabaseError> {
        let address = Arc::clone(&self.address);
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(source)) => Err(DatabaseError::Query { address, source }),
            Err(_) => {
                // The answer may still come, and nobody is to take it for another one.
                #[cfg(feature = "postgres")]
                if let Inner::Postgres(connection) = &mut self.inner {
                    connection.close_on_drop();
                }
                let limit = self.limit;
                Err(DatabaseError::Timeout { address, limit })
            }
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

type Answer<T> = Result<Result<T, sqlx::Error>, tokio::time::error::Elapsed>;

/// What comes of `asked`, of whichever database, if it comes in time.
async fn within<T, U>(
    limit: Duration,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
    same: impl FnOnce(T) -> U,
) -> Answer<U> {
    Ok(timeout(limit, asked).await?.map(same))
}
