//! A login at the provider, from the first click to the token.

use std::time::Duration;

use axum::http::Uri;
use oauth_provider::{Client, Misbehavior, Provider};
use serde_json::json;

use crate::app::{Answer, App, Ask, basics, get};

pub(crate) const BACK: &str = "http://127.0.0.1:1/oauth/callback";

/// The service, its provider, and a browser that follows nothing by itself.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) provider: Provider,
    browser: reqwest::Client,
}

/// What a browser has after `/oauth/start`.
pub(crate) struct Begun {
    pub(crate) to: String,
    pub(crate) cookie: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// With more in the section `[oauth]`.
    pub(crate) async fn with(more: &str) -> Self {
        let client = Client::new("service", "a-secret", BACK);
        let provider = Provider::start(client).await.expect("a port is free");
        let url = provider.url();
        let settings = format!(
            r#"
            {}
            [oauth]
            {more}
            [oauth.provider]
            authorize_url = "{url}/authorize"
            token_url = "{url}/token"
            introspection_url = "{url}/introspect"
            revocation_url = "{url}/revoke"
            redirect_url = "{BACK}"
            client_id = "service"
            client_secret = "a-secret"
            scopes = ["profile"]
            "#,
            basics()
        );
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        Self {
            app: App::with(&settings).await,
            provider,
            browser: browser.expect("a client"),
        }
    }

    /// Clicks on "log in".
    pub(crate) async fn begin(&self) -> Begun {
        let answer = self.app.ask(get("/oauth/start")).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let cookie = answer.header("set-cookie").split(';').next();
        Begun {
            to: answer.header("location").to_owned(),
            cookie: cookie.expect("a cookie").to_owned(),
        }
    }

    /// Logs in at the provider, and is sent back: to this path.
    pub(crate) async fn at_provider(&self, to: &str) -> String {
        let response = self.browser.get(to).send().await.expect("it answers");
        assert_eq!(response.status(), 303);
        let back = response.headers()["location"].to_str().expect("text");
        let back = back.strip_prefix("http://127.0.0.1:1").expect("to us");
        back.to_owned()
    }

    pub(crate) async fn come_back(&self, path: &str, cookie: &str) -> Answer {
        self.app.ask(back(path, cookie)).await
    }

    pub(crate) async fn log_in(&self) -> Answer {
        let Begun { to, cookie } = self.begin().await;
        let path = self.at_provider(&to).await;
        self.come_back(&path, &cookie).await
    }

    pub(crate) async fn stop(self) {
        self.app.stop().await;
        self.provider.stop().await;
    }
}

pub(crate) fn back(path: &str, cookie: &str) -> Ask {
    get(path).header("cookie", cookie)
}

/// The value of a parameter in a URL.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let uri: Uri = url.parse().expect("a URL");
    let query = uri.query().expect("a query");
    let pairs: axum::extract::Query<Vec<(String, String)>> =
        axum::extract::Query::try_from_uri(&uri).expect(query);
    let pair = pairs.0.into_iter().find(|(key, _)| key == name);
    pair.unwrap_or_else(|| panic!("no {name} in {url}")).1
}

#[tokio::test]
async fn who_logs_in_at_the_provider_gets_a_token_of_ours() {
    let world = World::start().await;
    let answer = world.log_in().await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{answer:?}"
    );
    assert_eq!(answer.body["user"]["name"], "oauth:ada");
    assert_eq!(answer.body["user"]["roles"], json!(["user"]));
    let me = world.app.ask(get("/me").bearer(&answer.token())).await;
    assert_eq!((me.status, &me.body["scheme"]), (200, &json!("Bearer")));
    assert!(me.body["session"].is_string(), "it can be ended: {me:?}");

    // The second time it is the same user, and another one is another.
    let again = world.log_in().await;
    assert_eq!(again.body["user"], answer.body["user"]);
    world.provider.log_in("grace");
    assert_eq!(world.log_in().await.body["user"]["name"], "oauth:grace");
    let registered = world.app.manager.log().emits();
    let registered = registered
        .iter()
        .filter(|event| **event == "user.registered");
    assert_eq!(registered.count(), 2);
    world.stop().await;
}

#[tokio::test]
async fn the_browser_is_sent_away_with_state_and_challenge_and_keeps_a_cookie() {
    let world = World::start().await;
    let answer = world.app.ask(get("/oauth/start")).await;
    let to = answer.header("location");
    assert!(
        to.starts_with(&format!("{}/authorize?", world.provider.url())),
        "{to}"
    );
    assert_eq!(parameter(to, "response_type"), "code");
    assert_eq!(parameter(to, "code_challenge_method"), "S256");
    assert_eq!(parameter(to, "redirect_uri"), BACK);
    assert_eq!(parameter(to, "scope"), "profile");
    assert_eq!(parameter(to, "state").len(), 43);
    let cookie = answer.header("set-cookie");
    for part in [
        "Path=/oauth/callback",
        "Max-Age=600",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    // The cache knows neither of the two, so who reads it cannot go on with the login.
    let kept = world.app.cache.keys("oauth:login:");
    let text = format!("{kept:?} {:?}", world.app.cache.value(&kept[0]));
    let value = cookie.split(['=', ';']).nth(1).expect("a value");
    assert!(
        !text.contains(&parameter(to, "state")) && !text.contains(value),
        "{text}"
    );
    let ttl = world.app.cache.ttl(&kept[0]).expect("it ends");
    assert!(ttl <= Duration::from_secs(600), "{ttl:?}");
    world.stop().await;
}

#[tokio::test]
async fn the_token_of_the_provider_is_revoked_when_it_has_told_who_it_is() {
    let world = World::start().await;
    world.log_in().await;
    let calls = world.provider.calls();
    assert_eq!((calls.token, calls.introspect, calls.revoke), (1, 1, 1));
    world.stop().await;
}

#[tokio::test]
async fn who_has_no_password_cannot_log_in_with_one() {
    let world = World::start().await;
    world.log_in().await;
    assert_eq!(world.app.store.hash_of("oauth:ada").as_deref(), Some("*"));
    for password in ["*", "", "difference-engine"] {
        let hashes = world.app.hashes();
        let body = crate::app::name_and_password("oauth:ada", password);
        let answer = world.app.ask(crate::app::post("/login").json(body)).await;
        assert_eq!(
            (answer.status, world.app.hashes() - hashes),
            (401, 1),
            "{password}"
        );
    }
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_misbehaves_lets_nobody_in() {
    let world = World::with("timeout = \"300ms\"").await;
    let table = [
        (Misbehavior::WrongState, 401),
        (Misbehavior::ExpiredCode, 401),
        (Misbehavior::ReplayedCode, 401),
        (Misbehavior::WrongChallenge, 401),
        (Misbehavior::OtherClient, 401),
        (Misbehavior::Slow(Duration::from_secs(30)), 502),
        (Misbehavior::Broken, 502),
        (Misbehavior::Redirects, 502),
        (Misbehavior::Garbage, 502),
        (Misbehavior::Endless, 502),
    ];
    for (how, status) in table {
        world.provider.misbehave(Some(how));
        let answer = world.log_in().await;
        assert_eq!(answer.status, status, "{how:?}: {answer:?}");
        assert!(answer.body["token"].is_null(), "{how:?}");
        let text = answer.body.to_string();
        assert!(
            !text.contains("127.0.0.1") && !text.contains("a-secret"),
            "{how:?}: {text}"
        );
    }
    assert_eq!(
        world.provider.calls().redirected,
        0,
        "no secret goes elsewhere"
    );
    assert!(world.app.store.sessions().is_empty());
    world.provider.misbehave(None);
    assert_eq!(world.log_in().await.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_lets_nobody_in() {
    let World {
        app,
        provider,
        browser,
    } = World::start().await;
    let world = World {
        app,
        provider,
        browser,
    };
    let Begun { to, cookie } = world.begin().await;
    let path = world.at_provider(&to).await;
    let World { app, provider, .. } = world;
    provider.stop().await;
    let answer = app.ask(back(&path, &cookie)).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    app.stop().await;
}

#[tokio::test]
async fn who_is_refused_by_the_provider_is_told_so() {
    let world = World::start().await;
    let Begun { to, cookie } = world.begin().await;
    let state = parameter(&to, "state");
    let path = format!("/oauth/callback?error=access_denied%3Cscript%3E&state={state}");
    let answer = world.come_back(&path, &cookie).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.detail(),
        "the OAuth provider refused: access_deniedscript"
    );
    world.stop().await;
}
