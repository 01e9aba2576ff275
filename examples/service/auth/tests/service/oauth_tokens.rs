//! Tokens of the provider as credentials.

use std::sync::atomic::Ordering;
use std::time::Duration;

use oauth_provider::Misbehavior;

use crate::app::{get, post};
use crate::oauth::World;

const HOUR: Duration = Duration::from_secs(3600);

impl World {
    fn token(&self, lifetime: Duration) -> String {
        self.provider.issue("ada", lifetime).expect("there is room")
    }
}

#[tokio::test]
async fn a_token_of_the_provider_tells_who_it_is_in_either_scheme() {
    let world = World::start().await;
    let token = world.token(HOUR);
    for scheme in ["OAuth", "oauth", "Bearer"] {
        let answer = world
            .app
            .ask(get("/me").header("authorization", format!("{scheme} {token}")))
            .await;
        assert_eq!(answer.status, 200, "{scheme}: {answer:?}");
        assert_eq!(answer.body["user"]["name"], "oauth:ada");
        assert_eq!(answer.body["session"], serde_json::Value::Null);
    }
    let logout = world.app.ask(post("/logout").bearer(&token)).await;
    assert_eq!(logout.status, 400, "it is not ours to end: {logout:?}");
    world.stop().await;
}

#[tokio::test]
async fn the_provider_is_asked_once_for_as_long_as_the_settings_say() {
    let world = World::with("introspection_cache = \"20s\"").await;
    let token = world.token(HOUR);
    for _ in 0..3 {
        world.app.bearer(&token).await.expect("ada");
    }
    assert_eq!(world.provider.calls().introspect, 1);
    let keys = world.app.cache.keys("oauth:token:");
    assert_eq!(keys.len(), 1);
    let ttl = world.app.cache.ttl(&keys[0]).expect("it ends");
    assert!(ttl <= Duration::from_secs(20), "{ttl:?}");
    let text = format!("{keys:?} {:?}", world.app.cache.value(&keys[0]));
    assert!(
        !text.contains(&token),
        "the token itself is not kept: {text}"
    );
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_believed_beyond_the_end_of_the_token() {
    let world = World::with("introspection_cache = \"1h\"").await;
    let token = world.token(Duration::from_secs(60));
    world.app.bearer(&token).await.expect("ada");
    let keys = world.app.cache.keys("oauth:token:");
    let ttl = world.app.cache.ttl(&keys[0]).expect("it ends");
    assert!(ttl <= Duration::from_secs(60), "{ttl:?}");
    world.stop().await;
}

#[tokio::test]
async fn without_a_cache_a_revocation_holds_at_once() {
    let world = World::with("introspection_cache = \"0s\"").await;
    let token = world.token(HOUR);
    world.app.bearer(&token).await.expect("ada");
    assert!(world.provider.revoke(&token));
    assert_eq!(
        world.app.bearer(&token).await,
        Err("the token is not valid".to_owned())
    );
    assert_eq!(world.provider.calls().introspect, 2);
    world.stop().await;
}

#[tokio::test]
async fn tokens_that_are_none_are_not_asked_for() {
    let world = World::start().await;
    let long = "a".repeat(5000);
    for token in ["a b", "ä", "a\"b", &long] {
        let identity = world.app.identify(Some(&format!("OAuth {token}"))).await;
        assert_eq!(
            identity,
            Err("the token is not valid".to_owned()),
            "{token}"
        );
    }
    assert_eq!(world.provider.calls().introspect, 0);
    assert_eq!(
        world.app.bearer("unknown").await,
        Err("the token is not valid".to_owned())
    );
    assert_eq!(world.provider.calls().introspect, 1);
    world.stop().await;
}

#[tokio::test]
async fn a_token_for_another_client_is_not_for_us() {
    let world = World::start().await;
    world.provider.misbehave(Some(Misbehavior::OtherClient));
    let token = world.token(HOUR);
    assert_eq!(
        world.app.bearer(&token).await,
        Err("the token is not valid".to_owned())
    );
    world.stop().await;
}

#[tokio::test]
async fn a_token_of_ours_is_nothing_for_the_provider() {
    let world = World::start().await;
    let token = world.app.token_of("grace").await;
    assert_eq!(
        world.app.bearer(&token).await.expect("grace").user.name,
        "grace"
    );
    assert_eq!(
        world.app.bearer("a.b.c").await,
        Err("the token is not valid".to_owned())
    );
    assert_eq!(world.provider.calls().introspect, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_not_the_users_fault() {
    let world = World::with("timeout = \"300ms\"").await;
    let token = world.token(HOUR);
    let ways = [
        Misbehavior::Slow(Duration::from_secs(30)),
        Misbehavior::Broken,
        Misbehavior::Redirects,
        Misbehavior::Garbage,
        Misbehavior::Endless,
    ];
    for how in ways {
        world.provider.misbehave(Some(how));
        let answer = world.app.ask(get("/me").bearer(&token)).await;
        assert_eq!(answer.status, 502, "{how:?}: {answer:?}");
        assert!(!answer.detail().contains(&token), "{answer:?}");
    }
    world.provider.misbehave(None);
    assert!(world.app.bearer(&token).await.is_ok());
    world.stop().await;
}

#[tokio::test]
async fn a_cache_that_fails_lets_the_provider_be_asked() {
    let world = World::start().await;
    let token = world.token(HOUR);
    world.app.cache.is_broken.store(true, Ordering::Relaxed);
    for number in 1..3 {
        world.app.bearer(&token).await.expect("ada");
        assert_eq!(world.provider.calls().introspect, number);
    }
    let answer = world.app.ask(get("/oauth/start")).await;
    assert_eq!(answer.status, 503, "a login needs it: {answer:?}");
    world.stop().await;
}

#[tokio::test]
async fn only_so_many_ask_at_once() {
    let world = World::with("concurrency = 1").await;
    world
        .provider
        .misbehave(Some(Misbehavior::Slow(Duration::from_millis(200))));
    let (one, other) = (world.token(HOUR), world.token(HOUR));
    let both = tokio::join!(
        world.app.ask(get("/me").bearer(&one)),
        world.app.ask(get("/me").bearer(&other))
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 503]);
    world.stop().await;
}
