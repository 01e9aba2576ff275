//! What other plugins ask, on both databases.

use crate::common::{Fresh, database, number, on_both};
use database::{DatabaseError, Query};

on_both!(
    values_come_back,
    a_query_that_is_wrong_is_told,
    a_connection_runs_several_queries,
);

async fn values_come_back(fresh: Fresh) {
    let app = fresh.start("").await;
    let database = database(&app);
    let bytes = match fresh.kind {
        crate::common::Kind::Sqlite { .. } => {
            "CREATE TABLE things (i BIGINT, r DOUBLE PRECISION, b BOOLEAN, t TEXT, y BLOB)"
        }
        crate::common::Kind::Postgres => {
            "CREATE TABLE things (i BIGINT, r DOUBLE PRECISION, b BOOLEAN, t TEXT, y BYTEA)"
        }
    };
    database
        .execute(Query::new(bytes))
        .await
        .expect("it is made");
    let insert = || Query::new("INSERT INTO things (i, r, b, t, y) VALUES ($1, $2, $3, $4, $5)");
    let full = insert()
        .bind(i64::MIN)
        .bind(0.1)
        .bind(true)
        .bind("\u{0}'$1".trim_start_matches('\0'))
        .bind(vec![0_u8, 255]);
    let nulls = insert()
        .bind(None::<i64>)
        .bind(None::<f64>)
        .bind(None::<bool>)
        .bind(None::<String>)
        .bind(None::<Vec<u8>>);
    assert_eq!(database.execute(full).await.expect("it fits"), 1);
    assert_eq!(database.execute(nulls).await.expect("it fits"), 1);

    let all = Query::new("SELECT i, r, b, t, y FROM things ORDER BY i IS NULL");
    let rows = database.fetch(all).await.expect("the query is right");
    let [full, nulls] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(full.get::<i64>("i").expect("it is there"), i64::MIN);
    assert!((full.get::<f64>("r").expect("it is there") - 0.1).abs() < f64::EPSILON);
    assert!(full.get::<bool>("b").expect("it is there"));
    assert_eq!(full.get::<String>("t").expect("it is there"), "'$1");
    assert_eq!(full.get::<Vec<u8>>("y").expect("it is there"), [0, 255]);
    assert_eq!(nulls.get::<Option<i64>>("i").expect("it is there"), None);
    assert_eq!(nulls.get::<Option<String>>("t").expect("it is there"), None);
    nulls.get::<i64>("i").expect_err("it is NULL");

    let error = full.get::<i64>("x").expect_err("there is no such column");
    assert!(error.to_string().starts_with("the column `x`: "), "{error}");
    let error = full.get::<i64>("t").expect_err("it is of another type");
    assert!(matches!(error, DatabaseError::Column { .. }), "{error:?}");

    let none = Query::new("SELECT i FROM things WHERE i = $1").bind(7);
    assert!(
        database
            .fetchrow(none)
            .await
            .expect("the query is right")
            .is_none()
    );
    app.stop().await;
    fresh.remove().await;
}

async fn a_query_that_is_wrong_is_told(fresh: Fresh) {
    let app = fresh.start("").await;
    let database = database(&app);
    let error = database.execute(Query::new("DELETE FROM nothing")).await;
    let error = error.expect_err("there is no such table").to_string();
    let kind = if error.starts_with("SQLite in /") {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    assert!(
        error.starts_with(kind) && error.contains("nothing"),
        "{error}"
    );

    let few = Query::new("SELECT id FROM users WHERE id = $1 OR name = $2").bind("a");
    let error = database.fetch(few).await.expect_err("a value is missing");
    assert!(
        matches!(
            error,
            DatabaseError::Values {
                places: 2,
                values: 1,
                ..
            }
        ),
        "{error:?}"
    );
    app.stop().await;
    fresh.remove().await;
}

async fn a_connection_runs_several_queries(fresh: Fresh) {
    let app = fresh.start("pool_max_size = 1").await;
    let database = database(&app);
    let mut connection = database.acquire().await.expect("one is free");
    for query in ["BEGIN", "DELETE FROM users", "ROLLBACK"] {
        let done = connection.execute(Query::new(query)).await;
        done.expect("the query is right");
    }
    assert!(
        connection
            .fetch(Query::new("SELECT id FROM users"))
            .await
            .expect("as above")
            .is_empty()
    );
    drop(connection);
    assert_eq!(
        number(&database, Query::new("SELECT count(*) AS found FROM users")).await,
        0
    );
    app.stop().await;
    fresh.remove().await;
}
