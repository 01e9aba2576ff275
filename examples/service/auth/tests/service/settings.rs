//! Settings that do not do, and what is said of them.

use api::{Cache, HealthCheck, SessionStore, UserStore};
use auth::{AuthPlugin, BasicPlugin, JwtPlugin, OAuthPlugin};
use pepperplug::prelude::*;
use pepperplug::testing::TestManager;

use crate::app::{App, SECRET, basics};
use crate::keys::{ec, ed, other_ec, rsa, section};
use crate::stand_ins::{MemoryCache, MemoryStore};

/// What is said at the start, all of it.
async fn refusal(settings: &str) -> String {
    let store = Arc::new(MemoryStore::default());
    let settings = Settings::from_toml(settings).unwrap_or_else(|error| panic!("{error}"));
    let built = TestManager::only::<AuthPlugin>()
        .plugin::<BasicPlugin>()
        .plugin::<JwtPlugin>()
        .plugin::<OAuthPlugin>()
        .with_service::<dyn Cache>(Arc::new(MemoryCache::default()))
        .with_service::<dyn UserStore>(store.clone())
        .with_service::<dyn SessionStore>(store)
        .settings(settings)
        .build();
    match built {
        Err(error) => error.to_string(),
        Ok(manager) => match manager.initialize().await {
            Err(error) => error.to_string(),
            Ok(()) => {
                manager.stop().await;
                panic!("the settings are fine");
            }
        },
    }
}

/// Keys that do not do, with a good one beside.
async fn key_refusal(algorithm: &str, field: &str, value: &str) -> String {
    let key = section("bad", algorithm, field, value);
    refusal(&format!("{}\n{key}", basics())).await
}

#[tokio::test]
async fn without_a_key_it_is_said_how_to_make_one() {
    let text = refusal("").await;
    assert!(
        text.contains("[jwt]") && text.contains("openssl rand -base64 32"),
        "{text}"
    );
}

#[tokio::test]
async fn short_keys_are_refused_at_the_start() {
    let text = key_refusal("HS256", "secret", "c2VjcmV0").await;
    assert!(
        text.contains("key \"bad\": `secret` has 6 bytes, and HS256 wants 32 at least"),
        "{text}"
    );
    assert!(
        !text.contains("c2VjcmV0"),
        "secrets are not printed: {text}"
    );
    let empty = key_refusal("HS256", "secret", "").await;
    assert!(empty.contains("`secret` has 0 bytes"), "{empty}");
    // Of 1024 bits.
    let short = "-----BEGIN PUBLIC KEY-----\n\
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDktrpDwfTzY+SuDQmwm6J9dWt1\n\
        e6HXmv+D7KwFo6ZWvjkGfubqGlMozyr9QDEnq4xymB7cmZw/yho+nAbVVnk+wTOR\n\
        jQSYhdukhLQUdBaDDS72+lkdM7hmhFU7980h4fqjUzzJZWUE2PMvmflPohDCYIwg\n\
        SdEC3lij6skO1gtIjQIDAQAB\n-----END PUBLIC KEY-----\n";
    let text = key_refusal("RS256", "public_key", short).await;
    assert!(
        text.contains("key \"bad\": `public_key` is no public key in PEM of RSA, with 2048"),
        "{text}"
    );
}

#[tokio::test]
async fn keys_of_another_kind_are_refused() {
    let (rsa, ec, other_ec, ed) = (rsa(), ec(), other_ec(), ed());
    let table = [
        ("RS256", "private_key", &ec.private),
        ("ES256", "private_key", &ed.private),
        ("ES256", "private_key", &other_ec.private),
        ("ES256", "public_key", &other_ec.public),
        ("EdDSA", "private_key", &rsa.private),
        ("EdDSA", "public_key", &rsa.public),
        ("RS256", "public_key", &rsa.private),
        ("RS256", "private_key", &rsa.public),
    ];
    for (algorithm, field, pem) in table {
        let text = key_refusal(algorithm, field, pem).await;
        let start = format!("key \"bad\": `{field}` is no ");
        assert!(
            text.contains(&start) && text.contains("openssl"),
            "{algorithm} {field}: {text}"
        );
        assert!(!text.contains("BEGIN"), "keys are not printed: {text}");
    }
    // What a public key is for, no secret is.
    let text = key_refusal("HS256", "secret", &rsa.public).await;
    assert!(text.contains("`secret` is not base64"), "{text}");
    let text = key_refusal("HS256", "public_key", &rsa.public).await;
    assert!(
        text.contains("HS256 takes a `secret`, and neither"),
        "{text}"
    );
    let text = key_refusal("RS256", "secret", SECRET).await;
    assert!(
        text.contains("RS256 takes a `private_key` or a `public_key`"),
        "{text}"
    );
    let text = key_refusal("none", "secret", SECRET).await;
    assert!(text.contains("none") && text.contains("HS256"), "{text}");
}

#[tokio::test]
async fn keys_fit_together() {
    let one = section("1", "HS256", "secret", SECRET);
    let text = refusal(&format!("{one}\n{one}")).await;
    assert!(
        text.contains("two of the `keys` have the `id` \"1\""),
        "{text}"
    );
    let text = refusal(&format!("[jwt]\nsigning_key = \"2\"\n{one}")).await;
    assert!(
        text.contains("`signing_key` is \"2\", and there is no such key among \"1\""),
        "{text}"
    );
    let public = section("2", "EdDSA", "public_key", &ed().public);
    let text = refusal(&format!("[jwt]\nsigning_key = \"2\"\n{one}\n{public}")).await;
    assert!(
        text.contains("of that one only the public key is here"),
        "{text}"
    );
    let text = refusal(&public).await;
    assert!(text.contains("no key signs"), "{text}");
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_with_its_line() {
    let text = refusal(
        "[auth]\ntoken_tll = \"1h\"\n[basic]\nwindow = \"soon\"\n[oauth.provider]\nauthorize_url = \"http://login.example/\"\n",
    )
    .await;
    for part in [
        "token_tll",
        "did you mean `token_ttl`",
        "window",
        "`https://` only",
        "[jwt]",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("<toml>:2:"), "{text}");
}

#[tokio::test]
async fn a_session_of_no_length_is_none() {
    let text = refusal(&format!("{}\n[auth]\ntoken_ttl = \"0s\"", basics())).await;
    assert!(
        text.contains("token_ttl: 0s is not from 1s to a year"),
        "{text}"
    );
}

#[tokio::test]
async fn browsers_come_back_to_where_somebody_waits() {
    let provider = "[oauth.provider]\n\
        authorize_url = \"https://login.example/authorize\"\n\
        token_url = \"https://login.example/token\"\n\
        introspection_url = \"https://login.example/introspect\"\n\
        redirect_url = \"https://service.example/back\"\n\
        client_id = \"service\"\nclient_secret = \"secret\"\n";
    let text = refusal(&format!("{}\n{provider}", basics())).await;
    assert!(text.contains("end with `/oauth/callback`"), "{text}");
}

#[tokio::test]
async fn secrets_are_not_printed() {
    let app = App::start().await;
    let jwt = app.manager.get::<JwtPlugin>().expect("it runs");
    let auth = app.manager.get::<AuthPlugin>().expect("it runs");
    let text = format!("{jwt:?} {auth:?}");
    assert!(!text.contains(SECRET) && text.contains("HS256"), "{text}");
    app.stop().await;
}

#[tokio::test]
async fn everybody_says_how_they_are() {
    let app = App::start().await;
    let told = app
        .manager
        .emit(&HealthCheck::default())
        .await
        .expect("it works");
    let of = |plugin: &str| {
        let one = told.iter().find(|result| result.plugin == plugin);
        let health = one.unwrap_or_else(|| panic!("{plugin} says nothing"));
        health.outcome.as_ref().expect("well").detail.clone()
    };
    assert_eq!(
        of("auth"),
        "understands Basic, Bearer, OAuth; issues tokens"
    );
    assert_eq!(of("jwt"), "1 keys; \"1\" signs with HS256");
    assert_eq!(
        of("basic"),
        "argon2id with 8 KiB, 1 passes, 1 lanes; 0 hashes computed"
    );
    assert_eq!(of("oauth"), "no provider is set");
    assert_eq!(of("accounts"), "0 users");
    app.stop().await;
}
