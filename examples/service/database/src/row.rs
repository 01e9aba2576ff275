//! Rows, which are the same for both databases.

use sqlx::Row as _;
use sqlx::error::UnexpectedNullError;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::error::DatabaseError;

/// A row that a query found.
pub struct Row(Inner);

enum Inner {
    Sqlite(SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(PgRow),
}

impl Row {
    /// The value of a column. What may be NULL is an `Option`.
    ///
    /// # Errors
    /// [`DatabaseError::Column`], where there is no such column, or it is of another type.
    pub fn get<T: FromColumn>(&self, column: &str) -> Result<T, DatabaseError> {
        let value = match &self.0 {
            Inner::Sqlite(row) => T::of_sqlite(row, column),
            #[cfg(feature = "postgres")]
            Inner::Postgres(row) => T::of_postgres(row, column),
        };
        value.map_err(|source| DatabaseError::Column {
            column: column.to_owned(),
            source,
        })
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values are other people's secrets.
        f.debug_struct("Row").finish_non_exhaustive()
    }
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self(Inner::Sqlite(row))
    }
}

#[cfg(feature = "postgres")]
impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self(Inner::Postgres(row))
    }
}

/// What a column can be read as: `i64`, `f64`, `bool`, `String`, `Vec<u8>`, and an `Option` of these.
pub trait FromColumn: sealed::Read {}

mod sealed {
    pub trait Read: Sized {
        fn of_sqlite(row: &super::SqliteRow, column: &str) -> Result<Self, sqlx::Error>;
        #[cfg(feature = "postgres")]
        fn of_postgres(row: &super::PgRow, column: &str) -> Result<Self, sqlx::Error>;
    }
}

macro_rules! from_column {
    ($($type:ty),*) => {$(
        impl FromColumn for Option<$type> {}

        impl sealed::Read for Option<$type> {
            fn of_sqlite(row: &SqliteRow, column: &str) -> Result<Self, sqlx::Error> {
                row.try_get(column)
            }

            #[cfg(feature = "postgres")]
            fn of_postgres(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
                row.try_get(column)
            }
        }

        impl FromColumn for $type {}

        // By way of the `Option`, since a NULL of SQLite reads as 0, or as an empty text.
        impl sealed::Read for $type {
            fn of_sqlite(row: &SqliteRow, column: &str) -> Result<Self, sqlx::Error> {
                not_null(Option::of_sqlite(row, column)?, column)
            }

            #[cfg(feature = "postgres")]
            fn of_postgres(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
                not_null(Option::of_postgres(row, column)?, column)
            }
        }
    )*};
}

from_column!(i64, f64, bool, String, Vec<u8>);

fn not_null<T>(value: Option<T>, column: &str) -> Result<T, sqlx::Error> {
    value.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(UnexpectedNullError),
    })
}
