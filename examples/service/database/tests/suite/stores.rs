//! Users and sessions, on both databases.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::{Fresh, database, number, on_both};
use api::{HealthCheck, NewUser, Session, SessionStore, StoreError, UserStore};
use database::{DatabasePlugin, Query};

on_both!(
    users_are_kept,
    one_of_many_gets_a_name,
    sessions_end,
    sessions_are_forgotten_in_batches,
    sessions_are_forgotten_by_themselves,
    the_pool_runs_out,
    health_tells_numbers,
);

fn new(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        roles: vec!["writer".to_owned(), "admin".to_owned()],
        password_hash: format!("$argon2id${name}"),
    }
}

async fn users_are_kept(fresh: Fresh) {
    let app = fresh.start("").await;
    let users = app.service::<dyn UserStore>().expect("it is provided");
    assert_eq!(users.count_users().await.expect("it answers"), 0);
    // What would be SQL, if it were not a value.
    let name = "Robert'); DROP TABLE users; -- \u{1f980}";
    let ada = users.create_user(new("ada")).await.expect("it is free");
    let bob = users.create_user(new(name)).await.expect("it is free");
    assert_ne!(ada.id, bob.id);
    assert_eq!((bob.name.as_str(), ada.roles.len()), (name, 2));
    assert_eq!(
        users.user(&ada.id).await.expect("it answers"),
        Some(ada.clone())
    );
    let credentials = users.credentials(name).await.expect("it answers");
    assert_eq!(credentials, Some((bob, format!("$argon2id${name}"))));
    assert_eq!(users.user("nobody").await.expect("it answers"), None);
    assert_eq!(users.credentials("ADA").await.expect("it answers"), None);

    let error = users
        .create_user(new("ada"))
        .await
        .expect_err("it is taken");
    assert!(
        matches!(&error, StoreError::Taken(name) if name == "ada"),
        "{error:?}"
    );
    assert_eq!(users.count_users().await.expect("it answers"), 2);

    // They are there after the end.
    app.stop().await;
    let app = fresh.start("").await;
    let found = database(&app).user(&ada.id).await.expect("it answers");
    assert_eq!(found, Some(ada));
    app.stop().await;
    fresh.remove().await;
}

async fn one_of_many_gets_a_name(fresh: Fresh) {
    let app = fresh.start("pool_max_size = 4").await;
    for round in 0..10 {
        let name = format!("user-{round}");
        let tasks = (0..8).map(|_| {
            let (users, user) = (database(&app), new(&name));
            tokio::spawn(async move { users.create_user(user).await })
        });
        let mut created = 0;
        for task in futures::future::join_all(tasks).await {
            match task.expect("no panic") {
                Ok(_) => created += 1,
                Err(StoreError::Taken(taken)) => assert_eq!(taken, name),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(created, 1, "{name}");
    }
    assert_eq!(database(&app).count_users().await.expect("it answers"), 10);
    app.stop().await;
    fresh.remove().await;
}

async fn sessions_end(fresh: Fresh) {
    let app = fresh.start("").await;
    let (users, sessions) = (database(&app), database(&app));
    let user = users.create_user(new("ada")).await.expect("it is free");
    // To the millisecond, which is what is kept.
    let later = UNIX_EPOCH + Duration::from_millis(4_000_000_000_123);
    let session = Session {
        id: "one".to_owned(),
        user_id: user.id.clone(),
        expires_at: later,
    };
    sessions
        .begin_session(session.clone())
        .await
        .expect("it begins");
    assert_eq!(
        sessions.session("one").await.expect("it answers"),
        Some(session.clone())
    );
    assert_eq!(sessions.session("two").await.expect("it answers"), None);

    let again = sessions.begin_session(session).await;
    let again = again.expect_err("the id is used");
    assert!(matches!(again, StoreError::Unavailable(_)), "{again:?}");
    let nobody = Session {
        id: "two".to_owned(),
        user_id: "nobody".to_owned(),
        expires_at: later,
    };
    let nobody = sessions.begin_session(nobody).await;
    let nobody = nobody.expect_err("there is no such user");
    assert_eq!(nobody.to_string(), "there is no user of the id `nobody`");

    let ended = Session {
        id: "ended".to_owned(),
        user_id: user.id,
        expires_at: SystemTime::now() - Duration::from_secs(1),
    };
    sessions
        .begin_session(ended)
        .await
        .expect("it begins, and has ended");
    assert_eq!(sessions.session("ended").await.expect("it answers"), None);
    assert!(!sessions.end_session("ended").await.expect("it answers"));

    assert!(sessions.end_session("one").await.expect("it answers"));
    assert!(!sessions.end_session("one").await.expect("it answers"));
    assert_eq!(sessions.session("one").await.expect("it answers"), None);
    assert_eq!(
        sessions.forget_ended_sessions().await.expect("it answers"),
        1
    );
    app.stop().await;
    fresh.remove().await;
}

/// Puts as many sessions there that have ended, and one that has not.
async fn with_ended(database: &DatabasePlugin, ended: i64) {
    let user = database.create_user(new("ada")).await.expect("it is free");
    let many = Query::new(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1) \
         INSERT INTO sessions (id, user_id, expires_at) SELECT 'ended-' || n, $2, n FROM numbers",
    );
    let many = many.bind(ended).bind(user.id.as_str());
    let inserted = database.execute(many).await.expect("the query is right");
    assert_eq!(inserted, ended.unsigned_abs());
    let going_on = Session {
        id: "going-on".to_owned(),
        user_id: user.id,
        expires_at: SystemTime::now() + Duration::from_secs(3600),
    };
    database.begin_session(going_on).await.expect("it begins");
}

fn sessions() -> Query {
    Query::new("SELECT count(*) AS found FROM sessions")
}

async fn sessions_are_forgotten_in_batches(fresh: Fresh) {
    let app = fresh.start("").await;
    let database = database(&app);
    with_ended(&database, 2_500).await;
    assert_eq!(
        database.forget_ended_sessions().await.expect("it answers"),
        2_500
    );
    assert_eq!(
        database.forget_ended_sessions().await.expect("it answers"),
        0
    );
    assert_eq!(number(&database, sessions()).await, 1);
    app.stop().await;
    fresh.remove().await;
}

async fn sessions_are_forgotten_by_themselves(fresh: Fresh) {
    let app = fresh.start("forget_sessions_every = \"5ms\"").await;
    let database = database(&app);
    with_ended(&database, 1_000).await;
    // However long it takes; the runner's limit is the test's.
    while number(&database, sessions()).await > 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.stop().await;
    fresh.remove().await;
}

async fn the_pool_runs_out(fresh: Fresh) {
    let app = fresh
        .start("pool_max_size = 2\nacquire_timeout = \"800ms\"")
        .await;
    let database = database(&app);
    let first = database.acquire().await.expect("one is free");
    let second = database.acquire().await.expect("another is free");
    let error = database.count_users().await.expect_err("none is free");
    let StoreError::PoolExhausted(limit) = error else {
        panic!("{error:?}");
    };
    assert_eq!(limit, Duration::from_millis(800));
    let error = database
        .acquire()
        .await
        .expect_err("none is free")
        .to_string();
    assert!(
        error.contains("all 2 are in use (`pool_max_size`"),
        "{error}"
    );
    let state = database.pool_state().expect("it is open");
    assert_eq!((state.in_use, state.max), (2, 2));
    let health = health(&app).await;
    assert!(
        !health.well && health.detail.contains("all 2 are in use"),
        "{health:?}"
    );

    drop(first);
    database.count_users().await.expect("one is free again");
    drop(second);
    assert!(self::health(&app).await.well);
    app.stop().await;
    let error = database.acquire().await.expect_err("it is closed");
    assert_eq!(error.to_string(), "the database is not open");
    fresh.remove().await;
}

async fn health(app: &pepperplug::testing::TestManager) -> api::Health {
    let results = app.emit(&HealthCheck {}).await.expect("no hook fails");
    results[0]
        .outcome
        .as_ref()
        .expect("the hook answers")
        .clone()
}

async fn health_tells_numbers(fresh: Fresh) {
    let app = fresh.start("pool_min_size = 2\npool_max_size = 3").await;
    let health = health(&app).await;
    assert!(health.well, "{health:?}");
    let kind = match fresh.kind {
        crate::common::Kind::Sqlite { .. } => "SQLite in /",
        crate::common::Kind::Postgres => "PostgreSQL at 127.0.0.1:",
    };
    assert!(health.detail.starts_with(kind), "{health:?}");
    assert!(
        health
            .detail
            .contains(": 0 of at most 3 connections in use, 2 open, answers within "),
        "{health:?}"
    );
    app.stop().await;
    fresh.remove().await;
}
