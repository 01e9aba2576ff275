//! What the provider grants, and what it refuses: by hand, without the crate that the service asks it with.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth_provider::{Client, Provider};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BACK: &str = "http://127.0.0.1:1/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard";

struct World {
    provider: Provider,
    browser: reqwest::Client,
}

impl World {
    async fn start() -> Self {
        let client = Client::new("service", "secret", BACK);
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Self {
            provider: Provider::start(client).await.expect("a port is free"),
            browser: browser.build().expect("a client"),
        }
    }

    /// Status, and where to.
    async fn authorize(&self, query: &[(&str, &str)]) -> (u16, String) {
        let url = format!("{}/authorize?{}", self.provider.url(), form(query));
        let response = self.browser.get(url).send().await.expect("it answers");
        let to = response.headers().get("location");
        let to = to.map(|to| to.to_str().expect("text").to_owned());
        (response.status().as_u16(), to.unwrap_or_default())
    }

    async fn code(&self) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let (status, to) = self.authorize(&asked(&challenge)).await;
        assert_eq!(status, 303, "{to}");
        let code = to.split("code=").nth(1).expect("a code");
        code.split('&').next().expect("a code").to_owned()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = self.browser.post(format!("{}{path}", self.provider.url()));
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let request = request.header(kind.0, kind.1).body(form(fields));
        let response = request.send().await.expect("it answers");
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// As the client, with one field more, or another.
    async fn token(&self, code: &str, other: &[(&str, &str)]) -> (u16, Value) {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
            ("client_id", "service"),
            ("client_secret", "secret"),
        ];
        fields.retain(|(name, _)| other.iter().all(|(changed, _)| changed != name));
        fields.extend(other.iter().filter(|(_, value)| !value.is_empty()));
        self.post("/token", &fields).await
    }
}

fn asked(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "service"),
        ("redirect_uri", BACK),
        ("state", "s t"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

fn form(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).expect("text")
}

fn refused(code: &str) -> (u16, Value) {
    (400, json!({ "error": code }))
}

#[tokio::test]
async fn a_code_becomes_a_token_that_holds_until_it_is_revoked() {
    let world = World::start().await;
    let (status, answer) = world.token(&world.code().await, &[]).await;
    assert_eq!((status, &answer["token_type"]), (200, &json!("Bearer")));
    let token = answer["access_token"].as_str().expect("a token");
    let client = [
        ("client_id", "service"),
        ("client_secret", "secret"),
        ("token", token),
    ];
    let (_, told) = world.post("/introspect", &client).await;
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &json!("ada"))
    );
    assert_eq!(world.post("/revoke", &client).await.0, 200);
    let (_, told) = world.post("/introspect", &client).await;
    assert_eq!(told, json!({ "active": false }));
    world.provider.stop().await;
}

#[tokio::test]
async fn a_code_without_its_verifier_is_worth_nothing() {
    let world = World::start().await;
    for verifier in ["", "another-verifier-that-is-long-enough-as-well"] {
        let told = world
            .token(&world.code().await, &[("code_verifier", verifier)])
            .await;
        assert_eq!(told, refused("invalid_grant"), "{verifier:?}");
    }
    world.provider.stop().await;
}

#[tokio::test]
async fn a_code_that_comes_again_ends_its_token() {
    let world = World::start().await;
    let code = world.code().await;
    let (_, answer) = world.token(&code, &[]).await;
    let token = answer["access_token"].as_str().expect("a token");
    assert!(world.provider.holds(token));
    assert_eq!(world.token(&code, &[]).await, refused("invalid_grant"));
    assert!(!world.provider.holds(token));
    world.provider.stop().await;
}

#[tokio::test]
async fn others_than_the_client_are_refused() {
    let world = World::start().await;
    let code = world.code().await;
    for (name, value) in [
        ("client_secret", "wrong"),
        ("client_id", "other"),
        ("client_secret", ""),
    ] {
        let (status, told) = world.token(&code, &[(name, value)]).await;
        assert_eq!((status, told), (401, json!({ "error": "invalid_client" })));
    }
    let told = world
        .token(&code, &[("redirect_uri", "http://127.0.0.1:2/")])
        .await;
    assert_eq!(told, refused("invalid_grant"));
    let told = world.token(&code, &[("grant_type", "password")]).await;
    assert_eq!(told, refused("unsupported_grant_type"));
    assert_eq!(
        world.token(&code, &[]).await.0,
        200,
        "the code is still good"
    );
    world.provider.stop().await;
}

#[tokio::test]
async fn nobody_is_sent_to_where_the_client_is_not() {
    let world = World::start().await;
    let challenge = "c".repeat(43);
    for (name, value) in [
        ("client_id", "other"),
        ("redirect_uri", "http://elsewhere.example/"),
    ] {
        let mut query = asked(&challenge);
        query.retain(|(key, _)| *key != name);
        query.push((name, value));
        assert_eq!(
            world.authorize(&query).await,
            (400, String::new()),
            "{name}"
        );
    }
    // What else is wrong is told to the client, with its state.
    for (name, error) in [
        ("code_challenge", "invalid_request"),
        ("code_challenge_method", "invalid_request"),
    ] {
        let mut query = asked(&challenge);
        query.retain(|(key, _)| *key != name);
        let told = world.authorize(&query).await;
        assert_eq!(
            told,
            (303, format!("{BACK}?error={error}&state=s+t")),
            "{name}"
        );
    }
    world.provider.stop().await;
}

#[tokio::test]
async fn a_token_that_has_expired_is_not_active() {
    let world = World::start().await;
    let token = world
        .provider
        .issue("grace", Duration::ZERO)
        .expect("there is room");
    assert!(!world.provider.holds(&token));
    let token = world
        .provider
        .issue("grace", Duration::from_secs(60))
        .expect("there is room");
    assert!(world.provider.holds(&token));
    world.provider.stop().await;
}
