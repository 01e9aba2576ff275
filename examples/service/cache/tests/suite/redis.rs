//! The plugin `redis-cache`.

use std::time::Duration;

use crate::common::{cache, prefix, server, settings, started};
use crate::own_server::OwnServer;
use api::{CacheError, Health, HealthCheck};
use cache::RedisCache;
use pepperplug::Error;
use pepperplug::testing::TestManager;
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

async fn direct(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).expect("it is a url");
    let connection = client.get_multiplexed_async_connection().await;
    connection.expect("the server answers")
}

async fn health(app: &TestManager) -> Health {
    let results = app.emit(&HealthCheck {}).await.expect("no hook fails");
    results[0]
        .outcome
        .as_ref()
        .expect("the hook answers")
        .clone()
}

/// The error of a start.
async fn refused(settings: pepperplug::Settings) -> String {
    let app = TestManager::only::<RedisCache>().settings(settings).build();
    let app = app.expect("the settings are right");
    let error = app.initialize().await.expect_err("there is no server");
    error.to_string()
}

#[tokio::test]
async fn values_live_as_long_as_they_should() {
    let Some(url) = server("values_live_as_long_as_they_should") else {
        return;
    };
    let prefix = prefix("ttl");
    let app = started(&url, &prefix).await;
    let (cache, mut redis) = (cache(&app), direct(&url).await);
    let ttl = async |redis: &mut MultiplexedConnection| -> i64 {
        redis.pttl(format!("{prefix}a")).await.expect("it answers")
    };

    cache.set("a", "1", None).await.expect("it is kept");
    assert_eq!(ttl(&mut redis).await, -1, "there is no limit");
    let hour = Some(Duration::from_secs(3600));
    cache.set("a", "2", hour).await.expect("it is kept");
    let left = ttl(&mut redis).await;
    assert!((1..=3_600_000).contains(&left), "{left}");
    // What no clock can express is no limit; what is shorter than a millisecond is one.
    cache
        .set("a", "3", Some(Duration::MAX))
        .await
        .expect("it is kept");
    assert_eq!(ttl(&mut redis).await, -1);
    cache
        .set("a", "4", Some(Duration::from_nanos(1)))
        .await
        .expect("it is kept");
    cache
        .set("b", "5", Some(Duration::ZERO))
        .await
        .expect("it is no error");
    assert_eq!(cache.get("b").await.expect("it answers"), None);
    assert!(!cache.delete("b").await.expect("it answers"));

    let detail = health(&app).await;
    assert!(
        detail.well && detail.detail.starts_with("Redis at "),
        "{detail:?}"
    );
    cache.clear().await.expect("it is cleared");
    app.stop().await;
}

#[tokio::test]
async fn clear_deletes_only_its_own_keys() {
    let Some(url) = server("clear_deletes_only_its_own_keys") else {
        return;
    };
    // As a glob, the first prefix would fit the second.
    let (ours, theirs) = (prefix("[cl]*ear"), prefix("clear"));
    let (one, two) = (started(&url, &ours).await, started(&url, &theirs).await);
    let (own, other) = (cache(&one), cache(&two));
    other.set("kept", "1", None).await.expect("it is kept");
    let set = |number: u32| {
        let own = own.clone();
        async move { own.set(&number.to_string(), "1", None).await }
    };
    // More than one batch.
    let sets: Vec<_> = (0..1_500).map(|number| tokio::spawn(set(number))).collect();
    for set in sets {
        set.await.expect("no panic").expect("it is kept");
    }
    own.clear().await.expect("it is cleared");

    let mut redis = direct(&url).await;
    let left: Vec<String> = redis.keys(r"*\[cl\]\*ear*").await.expect("it answers");
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        other.get("kept").await.expect("it answers").as_deref(),
        Some("1")
    );
    other.clear().await.expect("it is cleared");
    assert_eq!(other.get("kept").await.expect("it answers"), None);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn what_was_put_there_outlives_a_node() {
    let Some(url) = server("what_was_put_there_outlives_a_node") else {
        return;
    };
    let prefix = prefix("outlives");
    let first = started(&url, &prefix).await;
    cache(&first).set("a", "1", None).await.expect("it is kept");
    first.stop().await;
    let second = started(&url, &prefix).await;
    let cache = cache(&second);
    assert_eq!(
        cache.get("a").await.expect("it answers").as_deref(),
        Some("1")
    );
    cache.clear().await.expect("it is cleared");
    second.stop().await;
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again() {
    let test = "a_server_that_was_away_is_found_again";
    let Some(server) = OwnServer::start(test) else {
        return;
    };
    let port = server.port();
    let app = started(&server.url(), "test:").await;
    let cache = cache(&app);
    cache.set("a", "1", None).await.expect("it is kept");

    drop(server);
    for _ in 0..3 {
        let error = cache.get("a").await.expect_err("the server is away");
        let CacheError::Unavailable(text) = &error else {
            panic!("{error:?}");
        };
        assert!(
            text.contains(&format!("Redis at 127.0.0.1:{port}/0: ")),
            "{text}"
        );
    }
    assert!(!health(&app).await.well);

    // The first call after it is back is answered.
    let _server = OwnServer::on(port, test).expect("as before");
    cache.set("a", "2", None).await.expect("the server is back");
    assert_eq!(
        cache.get("a").await.expect("it answers").as_deref(),
        Some("2")
    );
    assert!(health(&app).await.well);

    // And where nobody called while it was away.
    drop(_server);
    let _server = OwnServer::on(port, test).expect("as before");
    assert_eq!(cache.get("a").await.expect("the server is back"), None);
    app.stop().await;
}

/// An answer that comes late is nobody's: the next call gets its own.
#[tokio::test]
async fn a_server_that_is_slow_is_not_waited_for() {
    let Some(server) = OwnServer::start("a_server_that_is_slow_is_not_waited_for") else {
        return;
    };
    let text = format!(
        "[cache]\nurl = \"{}\"\nresponse_timeout = \"20ms\"",
        server.url()
    );
    let settings = pepperplug::Settings::from_toml(&text).expect("it is TOML");
    let app = TestManager::only::<RedisCache>()
        .settings(settings)
        .start()
        .await;
    let cache = cache(&app);
    for key in ["a", "b"] {
        cache.set(key, key, None).await.expect("it is kept");
    }
    let mut redis = direct(&server.url()).await;
    let pause: redis::RedisResult<()> = redis::cmd("CLIENT")
        .arg("PAUSE")
        .arg(200)
        .query_async(&mut redis)
        .await;
    pause.expect("it pauses");
    let error = cache.get("a").await.expect_err("it pauses").to_string();
    assert!(error.ends_with("does not answer in time"), "{error}");
    let answer = loop {
        if let Ok(answer) = cache.get("b").await {
            break answer;
        }
    };
    assert_eq!(answer.as_deref(), Some("b"));
    app.stop().await;
}

#[tokio::test]
async fn a_password_that_is_wrong_is_told_and_never_printed() {
    let Some(server) = OwnServer::start("a_password_that_is_wrong") else {
        return;
    };
    let url = format!("redis://:hush-hush@127.0.0.1:{}", server.port());
    let wrong = settings(&url, "test:");
    assert!(!format!("{wrong:?}").contains("hush-hush"), "{wrong:?}");
    let error = refused(wrong).await;
    assert!(
        error.contains(&format!("127.0.0.1:{}", server.port())),
        "{error}"
    );
    assert!(!error.contains("hush-hush"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let port = crate::own_server::free_port();
    let error = refused(settings(&format!("redis://127.0.0.1:{port}/3"), "test:")).await;
    let start = format!("no Redis server for the cache at 127.0.0.1:{port}/3: ");
    assert!(
        error.contains(&start) && error.contains("refused"),
        "{error}"
    );
}

/// It takes the connection, and says nothing.
#[tokio::test]
async fn a_server_that_is_silent_is_not_waited_for() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let silent = silent.expect("a port is free");
    let port = silent.local_addr().expect("it is bound").port();
    let text = format!("[cache]\nurl = \"redis://127.0.0.1:{port}\"\nconnect_timeout = \"50ms\"");
    let error = refused(pepperplug::Settings::from_toml(&text).expect("it is TOML")).await;
    assert!(error.contains("timed out"), "{error}");
}

#[test]
fn settings_that_make_no_sense() {
    let wrong = |text: &str| match TestManager::only::<RedisCache>()
        .settings(pepperplug::Settings::from_toml(text).expect("it is TOML"))
        .build()
    {
        Err(Error::Settings(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    for (text, said) in [
        ("url = \"http://hush-hush\"", "no address of a Redis server"),
        (
            "prefix = \"\"",
            "an empty prefix makes every key of the server ours",
        ),
        ("connect_timeout = \"0s\"", "`connect_timeout` is 0"),
        ("response_timeout = \"soon\"", "soon"),
        ("capacity = 5", "capacity: no such key"),
    ] {
        let error = wrong(&format!("[cache]\n{text}\n"));
        assert!(error.contains(said), "{text}: {error}");
        assert!(!error.contains("hush-hush"), "{error}");
        println!("{error}");
    }
}
