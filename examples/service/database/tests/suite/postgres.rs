//! What only a server does: it goes away and comes back.

use crate::common::{Fresh, database, refuses};
use crate::proxy::Proxy;
use api::{StoreError, UserStore};
use database::{DatabaseError, Query};

/// The database as it is reached through the proxy.
fn through(proxy: &Proxy, fresh: &Fresh) -> Fresh {
    let (rest, name) = fresh.url.rsplit_once('/').expect("it names a database");
    let (user, _) = rest.rsplit_once('@').expect("it names a user");
    Fresh {
        url: format!("{user}@127.0.0.1:{}/{name}", proxy.port()),
        kind: crate::common::Kind::Postgres,
    }
}

fn server(fresh: &Fresh) -> String {
    let (_, rest) = fresh.url.rsplit_once('@').expect("it names a user");
    let (server, _) = rest.split_once('/').expect("it names a database");
    server.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_is_found_again() {
    let Some(fresh) = Fresh::postgres("a_server_that_was_away_is_found_again").await else {
        return;
    };
    let mut proxy = Proxy::start(server(&fresh)).await;
    let app = through(&proxy, &fresh)
        .start("pool_max_size = 2\nacquire_timeout = \"1s\"")
        .await;
    let database = database(&app);
    database.count_users().await.expect("it is there");

    proxy.stop().await;
    for _ in 0..2 {
        let error = database.count_users().await.expect_err("it is away");
        let StoreError::Unavailable(source) = &error else {
            panic!("{error:?}");
        };
        let text = format!("PostgreSQL at 127.0.0.1:{}/", proxy.port());
        assert!(source.to_string().starts_with(&text), "{source}");
    }
    // That nobody is there is not that all connections are in use.
    let error = database.acquire().await.expect_err("it is away");
    assert!(
        matches!(error, DatabaseError::Unreachable { .. }),
        "{error:?}"
    );

    proxy.start_again().await;
    database.count_users().await.expect("it is back");
    app.stop().await;
    fresh.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let Some(fresh) = Fresh::postgres("an_answer_that_does_not_come_is_not_waited_for").await
    else {
        return;
    };
    let app = fresh
        .start("pool_max_size = 1\nstatement_timeout = \"1s\"")
        .await;
    let database = database(&app);
    for _ in 0..2 {
        let slow = Query::new("SELECT 1 AS found FROM pg_sleep(600)");
        let error = database.fetchrow(slow).await.expect_err("it is slow");
        assert!(matches!(error, DatabaseError::Timeout { .. }), "{error:?}");
        // The next one gets its own answer, on another connection.
        assert_eq!(database.count_users().await.expect("it answers"), 0);
    }
    app.stop().await;
    fresh.remove().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let url = "postgres://ada:hush-hush@127.0.0.1:1/service";
    let error = refuses(url, "").await;
    let named = "cannot open the database, PostgreSQL at 127.0.0.1:1/service: ";
    assert!(
        error.contains(named) && error.contains("refused"),
        "{error}"
    );
    assert!(!error.contains("hush-hush"), "{error}");
    let debug = format!("{:?}", crate::common::settings(url, ""));
    assert!(!debug.contains("hush-hush"), "{debug}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named() {
    let Some(fresh) = Fresh::postgres("a_database_that_is_not_there_is_named").await else {
        return;
    };
    let error = refuses(&format!("{}_not", fresh.url), "").await;
    assert!(error.contains("does not exist"), "{error}");
    fresh.remove().await;
}
