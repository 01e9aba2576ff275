//! The section `[database]`.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// The section `[database]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Unchecked")]
#[non_exhaustive]
pub struct DatabaseSettings {
    /// `sqlite://service.db`, a file that is created where there is none; `sqlite::memory:`, which is gone at the end, and
    /// with each reload that changes these settings; or, with the feature `postgres`,
    /// `postgres://user:password@host:5432/name`.
    ///
    /// Unless said otherwise, the environment variable `DATABASE_URL`, and without it the file `service.db`.
    pub url: SecretString,
    /// How many connections are kept open at least. 1 unless said otherwise.
    pub pool_min_size: u32,
    /// How many connections there are at most. 10 unless said otherwise; a database in memory has one.
    pub pool_max_size: u32,
    /// How long a connection is waited for. 5 s unless said otherwise.
    pub acquire_timeout: Duration,
    /// How long an answer is waited for. 30 s unless said otherwise.
    pub statement_timeout: Duration,
    /// Whether tables that are older than the program are brought up to date at the start. They are unless said otherwise.
    pub auto_migrate: bool,
    /// How often sessions that have ended are forgotten. Every 10 minutes unless said otherwise.
    pub forget_sessions_every: Duration,
}

impl DatabaseSettings {
    fn unchecked(read: Unchecked) -> Self {
        Self {
            url: read.url,
            pool_min_size: read.pool_min_size,
            pool_max_size: read.pool_max_size,
            acquire_timeout: read.acquire_timeout,
            statement_timeout: read.statement_timeout,
            auto_migrate: read.auto_migrate,
            forget_sessions_every: read.forget_sessions_every,
        }
    }

    pub(crate) fn target(&self) -> Result<Target, String> {
        Target::of(self.url.expose_secret())
    }
}

/// What is written in the file.
#[derive(Deserialize)]
#[serde(default)]
struct Unchecked {
    url: SecretString,
    pool_min_size: u32,
    pool_max_size: u32,
    #[serde(with = "humantime_serde")]
    acquire_timeout: Duration,
    #[serde(with = "humantime_serde")]
    statement_timeout: Duration,
    auto_migrate: bool,
    #[serde(with = "humantime_serde")]
    forget_sessions_every: Duration,
}

impl Default for Unchecked {
    fn default() -> Self {
        let url = std::env::var("DATABASE_URL");
        Self {
            url: url.unwrap_or_else(|_| "sqlite://service.db".into()).into(),
            pool_min_size: 1,
            pool_max_size: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            auto_migrate: true,
            forget_sessions_every: Duration::from_secs(10 * 60),
        }
    }
}

impl TryFrom<Unchecked> for DatabaseSettings {
    type Error = String;

    fn try_from(read: Unchecked) -> Result<Self, String> {
        Target::of(read.url.expose_secret())?;
        let (min, max) = (read.pool_min_size, read.pool_max_size);
        if max == 0 {
            return Err("`pool_max_size` is 0: no query would ever run; write 1 or more".into());
        }
        if min > max {
            return Err(format!(
                "`pool_min_size` is {min}, more than `pool_max_size`, which is {max}"
            ));
        }
        let times = [
            ("acquire_timeout", read.acquire_timeout),
            ("statement_timeout", read.statement_timeout),
            ("forget_sessions_every", read.forget_sessions_every),
        ];
        if let Some((key, _)) = times.iter().find(|(_, time)| time.is_zero()) {
            return Err(format!("`{key}` is 0; write a time such as \"5s\""));
        }
        Ok(Self::unchecked(read))
    }
}

#[cfg(not(feature = "postgres"))]
const WITHOUT_POSTGRES: &str = "`url` is for PostgreSQL, which this program was built without; build it with \
    `--features postgres`, or write one for SQLite, such as \"sqlite://service.db\"";

/// The database that a url is for.
pub(crate) enum Target {
    Sqlite(SqliteConnectOptions),
    #[cfg(feature = "postgres")]
    Postgres(PgConnectOptions),
}

impl Target {
    /// The url may have a password in it, so that no message repeats it.
    fn of(url: &str) -> Result<Self, String> {
        let forms =
            "such as \"sqlite://service.db\" or \"postgres://user:password@host:5432/name\"";
        let Some((scheme, _)) = url.split_once(':') else {
            return Err(format!("`url` is no url of a database, {forms}"));
        };
        let unfit = |error: sqlx::Error| format!("`url` is no url of a database, {forms}: {error}");
        match scheme {
            "sqlite" => Ok(Self::Sqlite(url.parse().map_err(unfit)?)),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Ok(Self::Postgres(url.parse().map_err(unfit)?)),
            #[cfg(not(feature = "postgres"))]
            "postgres" | "postgresql" => Err(WITHOUT_POSTGRES.to_owned()),
            _ => Err(format!(
                "`url` is for `{scheme}`, which is neither `sqlite` nor `postgres`; write one {forms}"
            )),
        }
    }
}
