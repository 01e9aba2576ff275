//! Tokens that somebody made up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{Session, SessionStore};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::app::{App, SECRET, basics};
use crate::keys::{Pair, other_rsa, rsa, section};

const INVALID: &str = "the token is not valid";

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

/// A service whose keys are known, and in which ada has a session.
struct Target {
    app: App,
    rsa: &'static Pair,
}

impl Target {
    async fn new() -> Self {
        let rsa = rsa();
        let key = section("rsa", "RS256", "public_key", &rsa.public);
        let app = App::with(&format!("{}\n{key}", basics())).await;
        app.register("ada").await;
        let session = Session {
            id: "s".to_owned(),
            user_id: "u1".to_owned(),
            expires_at: SystemTime::now() + Duration::from_secs(600),
        };
        app.store.begin_session(session).await.expect("it works");
        Self { app, rsa }
    }

    fn secret() -> EncodingKey {
        let secret = STANDARD.decode(SECRET).expect("base64");
        EncodingKey::from_secret(&secret)
    }

    fn header() -> Header {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("1".to_owned());
        header
    }

    /// Those of a token that is good.
    fn claims() -> Value {
        json!({
            "iss": "service", "aud": "service", "sub": "u1", "jti": "s",
            "iat": now(), "nbf": now(), "exp": now() + 60,
        })
    }

    /// A token of ours with one claim more, less or other.
    fn with(change: Value) -> String {
        let mut claims = Self::claims();
        for (name, value) in change.as_object().expect("claims") {
            match value {
                Value::Null => drop(claims.as_object_mut().expect("claims").remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        signed(&Self::header(), &claims, &Self::secret())
    }

    async fn expect(&self, what: &str, token: &str, text: &str) {
        let identity = self.app.bearer(token).await;
        assert_eq!(
            identity.as_ref().err().map(String::as_str),
            Some(text),
            "{what}: {identity:?}"
        );
    }
}

fn signed(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    jsonwebtoken::encode(header, claims, key).expect("a token")
}

/// Whatever header somebody writes, signed by nobody.
fn unsigned(header: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(&Target::claims()))
}

#[tokio::test]
async fn a_token_that_is_good_is_accepted() {
    let target = Target::new().await;
    let identity = target
        .app
        .bearer(&Target::with(json!({})))
        .await
        .expect("ada");
    assert_eq!(
        (identity.user.name.as_str(), identity.session.as_deref()),
        ("ada", Some("s"))
    );
    target.app.stop().await;
}

#[tokio::test]
async fn claims_that_do_not_hold_are_refused() {
    let target = Target::new().await;
    let hour = 3600;
    let table = [
        (
            "expired",
            json!({ "exp": now() - 1 }),
            "the token has expired",
        ),
        (
            "expires now",
            json!({ "exp": now() }),
            "the token has expired",
        ),
        (
            "expired in 1970",
            json!({ "exp": 0 }),
            "the token has expired",
        ),
        (
            "not yet",
            json!({ "nbf": now() + hour }),
            "the token is not valid yet",
        ),
        ("another audience", json!({ "aud": "elsewhere" }), INVALID),
        (
            "several audiences",
            json!({ "aud": ["service", "elsewhere"] }),
            INVALID,
        ),
        ("another issuer", json!({ "iss": "elsewhere" }), INVALID),
        ("no expiry", json!({ "exp": null }), INVALID),
        ("no beginning", json!({ "nbf": null }), INVALID),
        ("no audience", json!({ "aud": null }), INVALID),
        ("no issuer", json!({ "iss": null }), INVALID),
        ("no user", json!({ "sub": null }), INVALID),
        ("no session", json!({ "jti": null }), INVALID),
        (
            "an expiry that is text",
            json!({ "exp": "9999999999" }),
            INVALID,
        ),
        ("a negative expiry", json!({ "exp": -1 }), INVALID),
        ("another user", json!({ "sub": "u2" }), INVALID),
        (
            "another session",
            json!({ "jti": "t" }),
            "the session has ended: log in again",
        ),
    ];
    for (what, change, text) in table {
        target.expect(what, &Target::with(change), text).await;
    }
    target.app.stop().await;
}

#[tokio::test]
async fn roles_of_the_token_are_not_believed() {
    let target = Target::new().await;
    let token = Target::with(json!({ "roles": ["admin"], "name": "root" }));
    let identity = target.app.bearer(&token).await.expect("ada");
    assert_eq!(
        (identity.user.name.as_str(), &identity.user.roles[..]),
        ("ada", &["user".to_owned()][..])
    );
    target.app.stop().await;
}

#[tokio::test]
async fn algorithms_that_the_key_is_not_for_are_refused() {
    let target = Target::new().await;
    for name in ["none", "None", "NONE", "nOnE", "", "HS1", "HS256 "] {
        for signature in ["", "AA"] {
            let header = json!({ "typ": "JWT", "alg": name, "kid": "1" });
            target
                .expect(name, &unsigned(&header, signature), INVALID)
                .await;
        }
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let header = Header {
            alg: algorithm,
            ..Target::header()
        };
        let token = signed(&header, &Target::claims(), &Target::secret());
        target.expect("another hash", &token, INVALID).await;
    }
    // The public key is public: whoever takes it for a secret can be fooled by anybody.
    let public = target.rsa.public.as_bytes();
    let body: String = target
        .rsa
        .public
        .lines()
        .filter(|line| !line.contains("KEY"))
        .collect();
    let der = STANDARD.decode(body).expect("base64");
    for (what, secret) in [
        ("PEM", public),
        ("PEM, trimmed", public.trim_ascii()),
        ("DER", &der),
        ("nothing", b""),
    ] {
        for kid in ["rsa", "1"] {
            let mut header = Target::header();
            header.kid = Some(kid.to_owned());
            let token = signed(
                &header,
                &Target::claims(),
                &EncodingKey::from_secret(secret),
            );
            target.expect(what, &token, INVALID).await;
        }
    }
    // And the other way round: the algorithm of one key, and the id of another.
    let own = EncodingKey::from_rsa_pem(target.rsa.private.as_bytes()).expect("a key");
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("1".to_owned());
    let token = signed(&header, &Target::claims(), &own);
    target.expect("RS256 for a secret", &token, INVALID).await;
    target.app.stop().await;
}

#[tokio::test]
async fn keys_that_are_not_ours_are_refused() {
    let target = Target::new().await;
    let with_kid = |kid: Option<&str>| {
        let mut header = Target::header();
        header.kid = kid.map(str::to_owned);
        signed(&header, &Target::claims(), &Target::secret())
    };
    for kid in [
        None,
        Some(""),
        Some("2"),
        Some("rsa"),
        Some("../../dev/null"),
        Some("1' OR '1'='1"),
    ] {
        target.expect("kid", &with_kid(kid), INVALID).await;
    }
    let other = EncodingKey::from_secret(&[7; 32]);
    let token = signed(&Target::header(), &Target::claims(), &other);
    target.expect("another secret", &token, INVALID).await;

    // It may bring its own key along, or say where to get it.
    let theirs = other_rsa();
    let key = EncodingKey::from_rsa_pem(theirs.private.as_bytes()).expect("a key");
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("rsa".to_owned());
    header.jku = Some("http://127.0.0.1:1/keys".to_owned());
    header.x5u = header.jku.clone();
    let token = signed(&header, &Target::claims(), &key);
    target.expect("its own key", &token, INVALID).await;
    target.app.stop().await;
}

#[tokio::test]
async fn extensions_that_must_be_understood_are_not() {
    let target = Target::new().await;
    let mut header = Target::header();
    header.crit = Some(vec!["exp".to_owned()]);
    let token = signed(&header, &Target::claims(), &Target::secret());
    target.expect("crit", &token, INVALID).await;
    target.app.stop().await;
}

#[tokio::test]
async fn a_token_that_is_cut_or_swollen_is_refused() {
    let target = Target::new().await;
    let token = Target::with(json!({}));
    for length in 0..token.len() {
        let identity = target.app.bearer(&token[..length]).await;
        assert!(identity.is_err(), "{length}: {identity:?}");
    }
    let long = Target::with(json!({ "name": "x".repeat(10_000) }));
    target.expect("too long", &long, INVALID).await;
    target.app.stop().await;
}
