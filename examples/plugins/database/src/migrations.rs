//! The schema, as steps that are part of the program.

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePool;

/// Version, description and text. `sqlx::migrate!` would read the folder itself, at the price of
/// compiling sqlx twice.
const STEPS: [(i64, &str, &str); 2] = [
    (1, "users", include_str!("../migrations/0001_users.sql")),
    (2, "logins", include_str!("../migrations/0002_logins.sql")),
];

/// Takes the steps that this database has not taken yet.
pub(crate) async fn run(pool: &SqlitePool) -> Result<(), MigrateError> {
    let steps = STEPS.map(|(version, description, sql)| {
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(steps.into()).run(pool).await
}
