//! The event `http.request`.

use std::sync::atomic::Ordering;

use crate::app::{App, get};

#[tokio::test]
async fn without_a_header_nobody_is_known() {
    let app = App::start().await;
    assert_eq!(app.identify(None).await, Ok(None));
    app.stop().await;
}

#[tokio::test]
async fn an_unknown_scheme_is_an_error_that_names_it() {
    let app = App::start().await;
    let error = app.identify(Some("Digest username=\"ada\"")).await;
    assert_eq!(error, Err("Unknown scheme: Digest".to_owned()));
    let answer = app
        .ask(get("/me").header("authorization", "Digest x"))
        .await;
    assert_eq!(
        (answer.status, answer.detail()),
        (401, "Unknown scheme: Digest")
    );
    app.stop().await;
}

#[tokio::test]
async fn a_scheme_is_known_in_any_case() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        for gap in [" ", "   "] {
            let header = format!("{scheme}{gap}{token}");
            let identity = app
                .identify(Some(&header))
                .await
                .expect("ada")
                .expect("ada");
            assert_eq!(
                (identity.user.name.as_str(), identity.scheme.as_str()),
                ("ada", "Bearer")
            );
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_header_that_is_none_is_malformed() {
    let app = App::start().await;
    for header in ["", "Bearer", "Bearer ", "a,b c"] {
        let answer = app.ask(get("/me").header("authorization", header)).await;
        assert_eq!(answer.status, 400, "{header:?}: {answer:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_bearer_token_that_no_provider_knows_is_refused() {
    let app = App::start().await;
    let error = app.bearer("opaque").await;
    assert_eq!(error, Err("the credentials are not accepted".to_owned()));
    app.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_not_the_users_fault_and_keeps_its_secrets() {
    let app = App::start().await;
    let token = app.token_of("ada").await;
    app.store.is_broken.store(true, Ordering::Relaxed);
    let answer = app.ask(get("/me").bearer(&token)).await;
    assert_eq!(answer.status, 503);
    assert!(!answer.detail().contains("fire"), "{answer:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_cache_that_fails_costs_time_and_nothing_else() {
    let app = App::start().await;
    app.cache.is_broken.store(true, Ordering::Relaxed);
    let token = app.token_of("ada").await;
    assert_eq!(app.ask(get("/me").bearer(&token)).await.status, 200);
    app.stop().await;
}
