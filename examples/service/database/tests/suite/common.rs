//! A database for each test, of one kind or the other.

use std::sync::Arc;

use database::{DatabasePlugin, Query};
use pepperplug::Settings;
use pepperplug::testing::TestManager;
use tempfile::TempDir;

/// An empty database.
pub(crate) struct Fresh {
    pub(crate) url: String,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Sqlite {
        /// Which goes with the test.
        _folder: TempDir,
    },
    Postgres,
}

impl Fresh {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let kind = Kind::Sqlite { _folder: folder };
        Self { url, kind }
    }

    /// On the server of `POSTGRES_URL`, or of the default port, if it answers. If not, that is said on a line of its own,
    /// whatever the runner has begun to print.
    pub(crate) async fn postgres(test: &str) -> Option<Self> {
        use std::time::SystemTime;

        let mut server = postgres::server(test).await?;
        let unique = SystemTime::UNIX_EPOCH
            .elapsed()
            .expect("a clock that is right");
        let name = format!("test_{}_{}", std::process::id(), unique.as_nanos());
        postgres::run(&mut server, format!("CREATE DATABASE {name}")).await;
        let url = postgres::url();
        let (server, _) = url.rsplit_once('/').expect("it names a database");
        let url = format!("{server}/{name}");
        Some(Self {
            url,
            kind: Kind::Postgres,
        })
    }

    /// Another one of the same kind.
    pub(crate) async fn another(&self, test: &str) -> Self {
        match self.kind {
            Kind::Sqlite { .. } => Self::sqlite(),
            Kind::Postgres => Self::postgres(test)
                .await
                .unwrap_or_else(|| panic!("{test}: the server was there")),
        }
    }

    /// Drops it, where its folder does not.
    pub(crate) async fn remove(self) {
        if let Kind::Postgres = self.kind {
            let mut server = postgres::server("remove").await.expect("it was there");
            let (_, name) = self.url.rsplit_once('/').expect("it names a database");
            postgres::run(&mut server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    pub(crate) fn settings(&self, more: &str) -> Settings {
        settings(&self.url, more)
    }

    /// A node of the service on it.
    pub(crate) async fn start(&self, more: &str) -> TestManager {
        TestManager::only::<DatabasePlugin>()
            .settings(self.settings(more))
            .start()
            .await
    }

    /// Why a node of the service does not start on it.
    pub(crate) async fn refuses(&self, more: &str) -> String {
        refuses(&self.url, more).await
    }
}

pub(crate) fn settings(url: &str, more: &str) -> Settings {
    let text = format!("[database]\nurl = \"{url}\"\n{more}\n");
    Settings::from_toml(&text).expect("it is TOML")
}

pub(crate) async fn refuses(url: &str, more: &str) -> String {
    let app = TestManager::only::<DatabasePlugin>()
        .settings(settings(url, more))
        .build();
    let error = app.expect("the settings are right").initialize().await;
    let error = error.expect_err("it should not start").to_string();
    println!("{error}");
    error
}

pub(crate) fn database(app: &TestManager) -> Arc<DatabasePlugin> {
    app.get::<DatabasePlugin>().expect("it is there")
}

/// The number that a query finds in its column `found`.
pub(crate) async fn number(database: &DatabasePlugin, query: Query) -> i64 {
    let row = database.fetchrow(query).await.expect("the query is right");
    let row = row.expect("it finds a row");
    row.get("found").expect("the column is there")
}

pub(crate) mod postgres {
    use std::time::Duration;

    use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
    use tokio::time::timeout;

    pub(crate) fn url() -> String {
        let url = std::env::var("POSTGRES_URL");
        url.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
    }

    pub(crate) async fn server(test: &str) -> Option<PgConnection> {
        let url = url();
        match timeout(Duration::from_secs(5), PgConnection::connect(&url)).await {
            Ok(Ok(server)) => Some(server),
            Ok(Err(error)) => {
                eprintln!("\nskipped {test}: no PostgreSQL at {url}: {error}");
                None
            }
            Err(_) => {
                eprintln!("\nskipped {test}: no PostgreSQL at {url}: no answer");
                None
            }
        }
    }

    /// The names are the test's own.
    pub(crate) async fn run(server: &mut PgConnection, sql: String) {
        let done = server.execute(AssertSqlSafe(sql)).await;
        done.expect("the test may do so");
    }
}

/// Each of these tests, on each of the databases.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::common::Fresh::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let test = concat!("postgres::", stringify!($test));
                if let Some(fresh) = crate::common::Fresh::postgres(test).await {
                    super::$test(fresh).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;
