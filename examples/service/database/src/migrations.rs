//! The tables, as steps that are part of the program.

use std::sync::Arc;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePool;

use crate::error::DatabaseError;
use crate::pool::{Connections, Pool};
use crate::query::Query;

/// A step: its number, its name, and its text for each database. `sqlx::migrate!` would read a folder by itself, at the
/// price of compiling sqlx twice.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    #[cfg(feature = "postgres")]
    postgres: &'static str,
}

macro_rules! step {
    ($version:literal, $name:literal, $file:literal) => {
        Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            #[cfg(feature = "postgres")]
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }
    };
}

/// In order. What was released is never changed: sqlx compares it with what a database was made by.
const STEPS: [Step; 3] = [
    step!(1, "users", "0001_users.sql"),
    step!(2, "roles", "0002_roles.sql"),
    step!(3, "sessions", "0003_sessions.sql"),
];

/// Takes the steps that this database has not taken yet.
pub(crate) async fn run(pool: &Pool) -> Result<(), DatabaseError> {
    refuse_newer(pool, &taken(pool).await?)?;
    let done = match &pool.connections {
        Connections::Sqlite(sqlite) => run_sqlite(sqlite).await,
        #[cfg(feature = "postgres")]
        // Locks by itself.
        Connections::Postgres(postgres) => migrator(|step| step.postgres).run(postgres).await,
    };
    done.map_err(|source| DatabaseError::Migrate {
        address: Arc::clone(&pool.address),
        source,
    })
}

/// In one transaction that writes from its beginning: of two processes that start at once, the second one waits, and finds
/// that all is done.
async fn run_sqlite(sqlite: &SqlitePool) -> Result<(), MigrateError> {
    let mut transaction = sqlite.begin_with("BEGIN IMMEDIATE").await?;
    let migrator = migrator(|step| step.sqlite);
    // What `run` does with a connection; of `run` itself the compiler does not see that its future may go to other threads.
    let skip = false;
    migrator.run_direct(None, &mut *transaction, skip).await?;
    transaction.commit().await?;
    Ok(())
}

/// Refuses a database that has not taken all steps. It is only read.
pub(crate) async fn refuse_pending(pool: &Pool) -> Result<(), DatabaseError> {
    let taken = taken(pool).await?;
    refuse_newer(pool, &taken)?;
    let pending = STEPS.iter().filter(|step| !taken.contains(&step.version));
    let pending: Vec<String> = pending
        .map(|step| format!("{:04} {}", step.version, step.name))
        .collect();
    if pending.is_empty() {
        return Ok(());
    }
    Err(DatabaseError::Pending {
        address: Arc::clone(&pool.address),
        steps: pending.join(", "),
    })
}

fn refuse_newer(pool: &Pool, taken: &[i64]) -> Result<(), DatabaseError> {
    let known = |version: i64| STEPS.iter().any(|step| step.version == version);
    match taken.iter().find(|version| !known(**version)) {
        None => Ok(()),
        Some(&version) => Err(DatabaseError::TooNew {
            address: Arc::clone(&pool.address),
            version,
        }),
    }
}

/// The steps that this database has taken, in order.
async fn taken(pool: &Pool) -> Result<Vec<i64>, DatabaseError> {
    let begun = Query::new(match &pool.connections {
        Connections::Sqlite(_) => {
            "SELECT count(*) AS tables FROM sqlite_schema WHERE name = '_sqlx_migrations'"
        }
        #[cfg(feature = "postgres")]
        Connections::Postgres(_) => {
            "SELECT count(*) AS tables FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')"
        }
    });
    let mut connection = pool.acquire().await?;
    let begun = connection.fetchrow(begun).await?;
    if begun.map(|row| row.get::<i64>("tables")).transpose()? != Some(1) {
        return Ok(Vec::new());
    }
    let taken = Query::new("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version");
    let taken = connection.fetch(taken).await?;
    taken.iter().map(|row| row.get("version")).collect()
}

fn migrator(text: impl Fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        let sql = text(step).into_sql_str();
        let kind = MigrationType::Simple;
        Migration::new(step.version, step.name.into(), kind, sql, false)
    };
    Migrator::with_migrations(STEPS.iter().map(migration).collect())
}
