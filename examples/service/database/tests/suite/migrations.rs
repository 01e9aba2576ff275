//! Tables of every age, on both databases.

use crate::common::{Fresh, Kind, database, number, on_both};
use database::Query;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

on_both!(
    nothing_is_migrated_unasked,
    an_older_database_is_brought_up_to_date,
    a_newer_database_is_left_alone,
    a_step_that_was_changed_is_told,
    two_nodes_start_at_once,
);

const LATEST: i64 = 3;

async fn nothing_is_migrated_unasked(fresh: Fresh) {
    let error = fresh.refuses("auto_migrate = false").await;
    let pending = "not yet migrated are 0001 users, 0002 roles, 0003 sessions;";
    assert!(error.contains(pending), "{error}");
    assert!(error.contains("write `auto_migrate = true`"), "{error}");
    // It was only read.
    let error = fresh.refuses("auto_migrate = false").await;
    assert!(error.contains("0001 users"), "{error}");

    fresh.start("").await.stop().await;
    let app = fresh.start("auto_migrate = false").await;
    app.stop().await;
    fresh.remove().await;
}

/// The database as the version before made it.
async fn older(fresh: &Fresh) {
    let steps = |users: &'static str, roles: &'static str| {
        let step = |version, name: &'static str, sql: &'static str| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        };
        Migrator::with_migrations(vec![step(1, "users", users), step(2, "roles", roles)])
    };
    let insert =
        "INSERT INTO users (id, name, password_hash, created_at) VALUES ('1', 'ada', 'x', 1)";
    match fresh.kind {
        Kind::Sqlite { .. } => {
            let url = format!("{}?mode=rwc", fresh.url);
            let pool = sqlx::SqlitePool::connect(&url).await.expect("it opens");
            let steps = steps(
                include_str!("../../migrations/sqlite/0001_users.sql"),
                include_str!("../../migrations/sqlite/0002_roles.sql"),
            );
            steps.run(&pool).await.expect("the steps are right");
            sqlx::query(insert).execute(&pool).await.expect("it fits");
            pool.close().await;
        }
        Kind::Postgres => {
            let pool = sqlx::PgPool::connect(&fresh.url).await.expect("it opens");
            let steps = steps(
                include_str!("../../migrations/postgres/0001_users.sql"),
                include_str!("../../migrations/postgres/0002_roles.sql"),
            );
            steps.run(&pool).await.expect("the steps are right");
            sqlx::query(insert).execute(&pool).await.expect("it fits");
            pool.close().await;
        }
    }
}

async fn an_older_database_is_brought_up_to_date(fresh: Fresh) {
    older(&fresh).await;
    let error = fresh.refuses("auto_migrate = false").await;
    assert!(
        error.contains("not yet migrated are 0003 sessions;"),
        "{error}"
    );

    let app = fresh.start("").await;
    let database = database(&app);
    assert_eq!(
        number(
            &database,
            Query::new("SELECT count(*) AS found FROM sessions")
        )
        .await,
        0
    );
    use api::UserStore;
    let (ada, hash) = database
        .credentials("ada")
        .await
        .expect("it answers")
        .expect("she is still there");
    assert_eq!((ada.id.as_str(), hash.as_str()), ("1", "x"));
    assert!(ada.roles.is_empty());
    app.stop().await;
    fresh.remove().await;
}

/// Changes what the database says of its steps.
async fn pretend(fresh: &Fresh, query: Query) {
    let app = fresh.start("").await;
    assert_eq!(database(&app).execute(query).await.expect("it is done"), 1);
    app.stop().await;
}

async fn a_newer_database_is_left_alone(fresh: Fresh) {
    let newer = Query::new(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 4, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = $1",
    );
    pretend(&fresh, newer.bind(LATEST)).await;
    for more in ["", "auto_migrate = false"] {
        let error = fresh.refuses(more).await;
        assert!(
            error.contains("does not know migration 4: start the newer program"),
            "{error}"
        );
    }
    fresh.remove().await;
}

async fn a_step_that_was_changed_is_told(fresh: Fresh) {
    let other = Query::new("UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 2");
    pretend(&fresh, other.bind(vec![1_u8, 2, 3])).await;
    let error = fresh.refuses("").await;
    let changed = "cannot be migrated: migration 2 was previously applied but has been modified";
    assert!(error.contains(changed), "{error}");
    fresh.remove().await;
}

async fn two_nodes_start_at_once(fresh: Fresh) {
    let starts = (0..2).map(|_| fresh.start(""));
    let nodes = futures::future::join_all(starts).await;
    for node in nodes {
        let steps = Query::new("SELECT count(*) AS found FROM _sqlx_migrations");
        assert_eq!(number(&database(&node), steps).await, LATEST);
        node.stop().await;
    }
    fresh.remove().await;
}
