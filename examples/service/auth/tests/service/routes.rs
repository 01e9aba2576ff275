//! `/register`, `/login`, `/logout`, `/me`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::app::{App, PASSWORD, basics, get, name_and_password, post};

#[tokio::test]
async fn from_the_account_to_the_logout() {
    let app = App::start().await;
    let registered = app.register("ada").await;
    assert_eq!(registered.status, 201);
    assert_eq!(registered.body["name"], "ada");
    assert_eq!(registered.body["roles"], json!(["user"]));

    let login = app.login("ada").await;
    assert_eq!(
        (login.status, login.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(login.body["token_type"], "Bearer");
    let token = login.token();

    let me = app.ask(get("/me").bearer(&token)).await;
    assert_eq!((me.status, &me.body["user"]["name"]), (200, &json!("ada")));

    let logout = app.ask(post("/logout").bearer(&token)).await;
    assert_eq!(logout.status, 204);
    let me = app.ask(get("/me").bearer(&token)).await;
    assert_eq!(me.status, 401);
    assert_eq!(me.detail(), "the session has ended: log in again");
    let emits = app.manager.log().emits();
    for event in ["user.registered", "user.login", "user.logout"] {
        assert!(emits.contains(&event), "{event}: {emits:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_login_by_the_header_needs_no_body() {
    let app = App::start().await;
    app.register("ada").await;
    let value = STANDARD.encode(format!("ada:{PASSWORD}"));
    let ask = post("/login").header("authorization", format!("basic {value}"));
    let token = app.ask(ask).await.token();
    assert_eq!(app.bearer(&token).await.expect("ada").user.name, "ada");
    app.stop().await;
}

#[tokio::test]
async fn who_is_not_known_is_told_how_to_be() {
    let app = App::start().await;
    for ask in [get("/me"), post("/logout")] {
        let answer = app.ask(ask).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(
            challenges,
            [
                "Basic realm=\"service\"",
                "Bearer realm=\"service\"",
                "OAuth realm=\"service\""
            ]
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_with_the_reason() {
    let app = App::start().await;
    app.register("ada").await;
    let cases = [
        (
            name_and_password("ada", PASSWORD),
            409,
            "the name `ada` is taken",
        ),
        (
            name_and_password("Ada L", PASSWORD),
            422,
            "a name is up to 64",
        ),
        (
            name_and_password("oauth:7", PASSWORD),
            422,
            "a name is up to 64",
        ),
        (
            name_and_password("grace", "short"),
            422,
            "at least 10 are wanted",
        ),
        (json!({ "name": "grace" }), 400, "missing field `password`"),
        (
            json!({ "name": "grace", "password": PASSWORD, "roles": ["admin"] }),
            400,
            "unknown field `roles`",
        ),
        (json!([]), 400, "not the JSON that is wanted"),
    ];
    for (body, status, text) in cases {
        let answer = app.ask(post("/register").json(body)).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.detail().contains(text), "{answer:?}");
    }
    let long = "x".repeat(20_000);
    let answer = app
        .ask(post("/register").json(name_and_password("grace", &long)))
        .await;
    assert_eq!(answer.status, 413);
    app.stop().await;
}

#[tokio::test]
async fn a_form_of_another_site_is_no_login() {
    let app = App::start().await;
    app.register("ada").await;
    let answer = app
        .ask(post("/login").header("content-type", "text/plain"))
        .await;
    assert_eq!(answer.status, 415, "{answer:?}");
    app.stop().await;
}

#[tokio::test]
async fn other_methods_are_not_answered() {
    let app = App::start().await;
    for (ask, allowed) in [
        (get("/login"), "POST"),
        (post("/me"), "GET"),
        (get("/logout"), "POST"),
    ] {
        let answer = app.ask(ask).await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed));
    }
    assert_eq!(app.ask(get("/elsewhere")).await.status, 404);
    assert_eq!(
        app.ask(get("/oauth/start")).await.status,
        404,
        "no provider is set"
    );
    app.stop().await;
}

#[tokio::test]
async fn the_operator_may_close_the_door() {
    let settings = format!("{}\n[auth]\nregistration = false", basics());
    let app = App::with(&settings).await;
    assert_eq!(app.register("ada").await.status, 403);
    app.stop().await;
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_end() {
    let app = App::start().await;
    app.register("ada").await;
    let value = STANDARD.encode(format!("ada:{PASSWORD}"));
    let answer = app
        .ask(post("/logout").header("authorization", format!("Basic {value}")))
        .await;
    assert_eq!(answer.status, 400);
    assert!(answer.detail().contains("no session to end"), "{answer:?}");
    app.stop().await;
}
