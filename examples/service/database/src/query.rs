//! Queries, which are the same for both databases.

use crate::error::DatabaseError;

/// A query: a text that is part of the program, and values, which are never part of the text.
///
/// The text takes its values at `$1`, `$2` and so on, in both databases. Since it must be `'static`, what a user sends cannot
/// become a part of it:
///
/// ```compile_fail
/// # use database::Query;
/// fn find(name: &str) -> Query {
///     Query::new(&format!("SELECT id FROM users WHERE name = '{name}'"))
/// }
/// ```
///
/// ```
/// # use database::Query;
/// fn find(name: &str) -> Query {
///     Query::new("SELECT id FROM users WHERE name = $1").bind(name)
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is asked before it is handed to the database"]
pub struct Query {
    sql: &'static str,
    values: Vec<Value>,
}

impl Query {
    /// A query without values yet.
    pub fn new(sql: &'static str) -> Self {
        Self {
            sql,
            values: Vec::new(),
        }
    }

    /// The next value: the first one is `$1`.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Refuses what SQLite would take: it reads a value that is missing as NULL.
    pub(crate) fn check(&self) -> Result<(), DatabaseError> {
        let (places, values) = (places(self.sql), self.values.len());
        if places == values {
            return Ok(());
        }
        let sql = self.sql;
        Err(DatabaseError::Values {
            sql,
            places,
            values,
        })
    }
}

/// The highest `$n` in `sql`, outside of what is quoted.
fn places(sql: &str) -> usize {
    // The parts between quotes are every second one; a doubled quote is an empty part, which changes nothing.
    let unquoted = sql.split('\'').step_by(2);
    let numbers = unquoted.flat_map(|part| part.split('$').skip(1));
    let number = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit());
        text[..end.unwrap_or(text.len())].parse().unwrap_or(0)
    };
    numbers.map(number).max().unwrap_or(0)
}

/// A value of a query. There is a `From` for what it is made of, and for an `Option` of it, which may be NULL.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// BIGINT; in SQLite, INTEGER.
    Integer(Option<i64>),
    /// DOUBLE PRECISION; in SQLite, REAL.
    Real(Option<f64>),
    /// BOOLEAN; in SQLite, an INTEGER that is 0 or 1.
    Boolean(Option<bool>),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA; in SQLite, BLOB.
    Bytes(Option<Vec<u8>>),
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // They are other people's secrets.
        f.write_str(match self {
            Self::Integer(_) => "Integer(..)",
            Self::Real(_) => "Real(..)",
            Self::Boolean(_) => "Boolean(..)",
            Self::Text(_) => "Text(..)",
            Self::Bytes(_) => "Bytes(..)",
        })
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(Some(value.into()))
            }
        }

        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )*};
}

from! {
    i64 => Integer,
    i32 => Integer,
    u32 => Integer,
    f64 => Real,
    bool => Boolean,
    &str => Text,
    String => Text,
    &[u8] => Bytes,
    Vec<u8> => Bytes,
}

/// The query as sqlx asks it of one of the databases.
macro_rules! for_sqlx {
    ($name:ident, $database:ty, $arguments:ty) => {
        pub(crate) fn $name(self) -> sqlx::query::Query<'static, $database, $arguments> {
            let query = sqlx::query(self.sql);
            let values = self.values.into_iter();
            values.fold(query, |query, value| match value {
                Value::Integer(value) => query.bind(value),
                Value::Real(value) => query.bind(value),
                Value::Boolean(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            })
        }
    };
}

impl Query {
    for_sqlx!(sqlite, sqlx::Sqlite, sqlx::sqlite::SqliteArguments);
    #[cfg(feature = "postgres")]
    for_sqlx!(postgres, sqlx::Postgres, sqlx::postgres::PgArguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_outside_of_quotes() {
        assert_eq!(places("SELECT 1"), 0);
        assert_eq!(places("SELECT $1, $2 FROM a WHERE b = $1"), 2);
        assert_eq!(places("SELECT '$7', 'it''s $8', $1"), 1);
        assert_eq!(places("SELECT $12"), 12);
    }

    #[test]
    fn values_that_are_missing_are_told() {
        let query = Query::new("SELECT $1, $2").bind(1_i64);
        let error = query.check().expect_err("there are two places");
        assert_eq!(
            error.to_string(),
            "the query has places for 2 values, and 1 are bound to it: SELECT $1, $2"
        );
    }

    #[test]
    fn values_are_not_printed() {
        let query = Query::new("SELECT $1").bind("secret");
        assert!(!format!("{query:?}").contains("secret"));
    }
}
