//! When a session has ended, and who knows of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::{Cache, SessionStore, User, UserLogin, UserLogout, Work, remote};

use crate::app::{App, basics, get, post};
use crate::stand_ins::MemoryCache;

const ENDED: &str = "the session has ended: log in again";

fn believing() -> String {
    format!("{}\n[accounts]\nsession_cache = \"5m\"", basics())
}

#[tokio::test]
async fn a_login_is_kept_in_store_and_cache_until_the_token_expires() {
    let app = App::with(&format!("{}\n[auth]\ntoken_ttl = \"10m\"", basics())).await;
    app.token_of("ada").await;
    let session = app.store.sessions().pop().expect("one has begun");
    let ttl = app
        .cache
        .ttl(&format!("token:{}", session.id))
        .expect("it is cached");
    assert!(
        ttl <= Duration::from_secs(600) && ttl > Duration::from_secs(500),
        "{ttl:?}"
    );
    let entry = app
        .cache
        .value(&format!("token:{}", session.id))
        .expect("it is cached");
    assert!(!entry.contains("eyJ"), "the token itself is not: {entry}");
    app.stop().await;
}

#[tokio::test]
async fn the_event_alone_gives_a_token_and_takes_it() {
    let app = App::start().await;
    let user: User = serde_json::from_value(app.register("ada").await.body).expect("a user");
    let token = app.manager.emit(&UserLogin { user: user.clone() }).await;
    let token = token.expect("it works").expect("somebody issues tokens");
    assert!(!format!("{token:?}").contains(&token.value), "{token:?}");
    assert_eq!(app.bearer(&token.value).await.expect("ada").user, user);
    let logout = UserLogout {
        user,
        token: token.id.clone(),
    };
    let all = remote(Work::Everyone);
    app.manager.emit_with(&logout, all).await.expect("it works");
    assert_eq!(app.cache.value(&format!("token:{}", token.id)), None);
    assert_eq!(app.bearer(&token.value).await, Err(ENDED.to_owned()));
    // At least once may be twice.
    app.manager.emit(&logout).await.expect("it works");
    app.stop().await;
}

#[tokio::test]
async fn one_session_ends_and_the_others_go_on() {
    let app = App::start().await;
    let one = app.token_of("ada").await;
    let other = app.login("ada").await.token();
    app.ask(post("/logout").bearer(&one)).await;
    assert_eq!(app.bearer(&one).await, Err(ENDED.to_owned()));
    assert!(app.bearer(&other).await.is_ok());
    app.stop().await;
}

#[tokio::test]
async fn a_user_is_remembered_for_five_minutes() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    let identity = app.bearer(&token).await.expect("ada");
    let key = format!("user:{}", identity.user.id);
    let ttl = app.cache.ttl(&key).expect("ada is cached");
    assert!(
        ttl <= Duration::from_secs(300) && ttl > Duration::from_secs(290),
        "{ttl:?}"
    );
    let reads = app.store.user_reads.load(Ordering::Relaxed);
    app.store.set_roles("ada", &["admin"]);
    let again = app.bearer(&token).await.expect("ada");
    assert_eq!(again.user.roles, ["user"], "not asked again");
    assert_eq!(app.store.user_reads.load(Ordering::Relaxed), reads);
    app.cache.delete(&key).await.expect("it works");
    assert_eq!(app.bearer(&token).await.expect("ada").user.roles, ["admin"]);
    app.stop().await;
}

#[tokio::test]
async fn what_the_cache_says_of_another_user_is_not_believed() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    let user = app.bearer(&token).await.expect("ada").user;
    for entry in [
        "{}",
        "rubbish",
        r#"{"id":"u9","name":"root","roles":["admin"]}"#,
    ] {
        let key = format!("user:{}", user.id);
        app.cache.set(&key, entry, None).await.expect("it works");
        assert_eq!(app.bearer(&token).await.expect("ada").user, user);
    }
    app.stop().await;
}

#[tokio::test]
async fn on_another_node_a_logout_holds_at_once() {
    let here = App::start().await;
    let there = App::on(
        &basics(),
        Arc::new(MemoryCache::default()),
        here.store.clone(),
    )
    .await;
    let token = here.token_of("ada").await;
    assert!(there.bearer(&token).await.is_ok());
    here.ask(post("/logout").bearer(&token)).await;
    assert_eq!(there.bearer(&token).await, Err(ENDED.to_owned()));
    here.stop().await;
    there.stop().await;
}

#[tokio::test]
async fn by_default_each_request_asks_the_store() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    for number in 1..4 {
        app.bearer(&token).await.expect("ada");
        assert_eq!(app.store.session_reads.load(Ordering::Relaxed), number);
    }
    app.stop().await;
}

#[tokio::test]
async fn where_the_settings_say_so_the_cache_is_believed() {
    let app = App::with(&believing()).await;
    let token = app.token_of("ada").await;
    for _ in 0..3 {
        app.bearer(&token).await.expect("ada");
    }
    assert_eq!(
        app.store.session_reads.load(Ordering::Relaxed),
        0,
        "it has begun here"
    );
    app.cache.clear().await.expect("it works");
    for _ in 0..3 {
        app.bearer(&token).await.expect("ada");
    }
    assert_eq!(
        app.store.session_reads.load(Ordering::Relaxed),
        2,
        "asked, told, and asked again"
    );
    app.ask(post("/logout").bearer(&token)).await;
    assert_eq!(app.bearer(&token).await, Err(ENDED.to_owned()));
    app.stop().await;
}

#[tokio::test]
async fn a_logout_that_overtakes_a_request_leaves_nothing_in_the_cache() {
    let app = Arc::new(App::with(&believing()).await);
    let token = app.token_of("ada").await;
    app.cache.clear().await.expect("it works");
    // A request has read the session, and has not yet told the cache: the logout goes by.
    let (has_read, go_on) = app.store.hold_next_read();
    let (asks, with) = (app.clone(), token.clone());
    let asking = tokio::spawn(async move { asks.bearer(&with).await });
    has_read.await.expect("it reads");
    let id = app.store.sessions().pop().expect("one has begun").id;
    app.store.end_session(&id).await.expect("it works");
    app.cache
        .delete(&format!("token:{id}"))
        .await
        .expect("it works");
    go_on.send(()).expect("it waits");
    assert_eq!(asking.await.expect("no panic"), Err(ENDED.to_owned()));
    assert_eq!(app.cache.value(&format!("token:{id}")), None);
    assert_eq!(app.bearer(&token).await, Err(ENDED.to_owned()));
    Arc::into_inner(app).expect("the only one").stop().await;
}

#[tokio::test]
async fn a_request_that_is_given_up_leaves_nothing_in_the_cache_either() {
    let app = Arc::new(App::with(&believing()).await);
    let token = app.token_of("ada").await;
    app.cache.clear().await.expect("it works");
    let (has_read, go_on) = app.store.hold_next_read();
    let (asks, with) = (app.clone(), token.clone());
    let asking = tokio::spawn(async move { asks.bearer(&with).await });
    has_read.await.expect("it reads");
    asking.abort();
    assert!(asking.await.expect_err("given up").is_cancelled());
    let id = app.store.sessions().pop().expect("one has begun").id;
    app.store.end_session(&id).await.expect("it works");
    app.cache
        .delete(&format!("token:{id}"))
        .await
        .expect("it works");
    let reads = app.store.session_reads.load(Ordering::Relaxed);
    go_on.send(()).expect("it goes on all the same");
    // The second question is the last thing but one that it does.
    while app.store.session_reads.load(Ordering::Relaxed) == reads {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    assert_eq!(app.cache.value(&format!("token:{id}")), None);
    Arc::into_inner(app).expect("the only one").stop().await;
}

#[tokio::test]
async fn a_logout_that_cannot_reach_a_cache_that_is_believed_is_an_error() {
    let app = App::with(&believing()).await;
    let token = app.token_of("ada").await;
    let answer = {
        // `identify` goes without the cache, and so does the session.
        app.cache.is_broken.store(true, Ordering::Relaxed);
        app.ask(post("/logout").bearer(&token)).await
    };
    assert_eq!(answer.status, 503, "{answer:?}");
    app.cache.is_broken.store(false, Ordering::Relaxed);
    assert!(
        app.store.sessions().is_empty(),
        "the truth is that it has ended"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_logout_that_fails_says_so_and_may_be_repeated() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    let session = app.store.sessions().pop().expect("one has begun");
    let user = app.bearer(&token).await.expect("ada").user;
    app.store.is_broken.store(true, Ordering::Relaxed);
    let logout = UserLogout {
        user,
        token: session.id,
    };
    assert!(app.manager.emit(&logout).await.is_err());
    app.store.is_broken.store(false, Ordering::Relaxed);
    assert_eq!(
        app.ask(get("/me").bearer(&token)).await.status,
        200,
        "it did not end"
    );
    app.manager.emit(&logout).await.expect("it works");
    assert_eq!(app.ask(get("/me").bearer(&token)).await.status, 401);
    app.stop().await;
}
