//! `Authorization: Basic`, and names and passwords in a body.

use auth::AuthError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::{App, Ask, PASSWORD, basics, get, name_and_password, post};

fn basic(ask: Ask, name: &str, password: &str) -> Ask {
    let value = STANDARD.encode(format!("{name}:{password}"));
    ask.header("authorization", format!("Basic {value}"))
}

#[tokio::test]
async fn name_and_password_tell_who_it_is() {
    let app = App::start().await;
    app.register("ada").await;
    let answer = app.ask(basic(get("/me"), "ada", PASSWORD)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["user"]["name"], "ada");
    assert_eq!(answer.body["session"], serde_json::Value::Null);
    app.stop().await;
}

#[tokio::test]
async fn users_and_others_are_refused_with_the_same_words_and_the_same_work() {
    let app = App::start().await;
    app.register("ada").await;
    let mut told = Vec::new();
    for (name, password) in [
        ("ada", "wrong"),
        ("nobody", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
    ] {
        let before = app.hashes();
        let by_header = app.ask(basic(get("/me"), name, password)).await;
        assert_eq!(app.hashes() - before, 1, "{name}");
        let before = app.hashes();
        let by_body = app
            .ask(post("/login").json(name_and_password(name, password)))
            .await;
        assert_eq!(app.hashes() - before, 1, "{name}");
        told.push((
            by_header.status,
            by_header.body,
            by_body.status,
            by_body.body,
        ));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!((told[0].0, told[0].2), (401, 401));
    app.stop().await;
}

#[tokio::test]
async fn credentials_that_are_none_are_refused() {
    let app = App::start().await;
    for value in ["x", "YWRh", "!!!!", "YWRhOv8="] {
        let ask = get("/me").header("authorization", format!("Basic {value}"));
        let answer = app.ask(ask).await;
        assert_eq!(answer.status, 401, "{value}");
        assert_eq!(answer.detail(), AuthError::Refused.to_string());
    }
    app.stop().await;
}

#[tokio::test]
async fn a_hash_is_told_to_nobody() {
    let app = App::start().await;
    let registered = app.register("ada").await;
    let hash = app.store.hash_of("ada").expect("ada is there");
    assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
    let login = app.login("ada").await;
    for answer in [registered, login] {
        let text = answer.body.to_string();
        assert!(
            !text.contains("argon2") && !text.contains(PASSWORD),
            "{text}"
        );
    }
    app.stop().await;
}

#[tokio::test(start_paused = true)]
async fn too_many_failures_of_a_name_close_it_for_a_while() {
    let app = App::with(&basics().replace("[basic]", "[basic]\nfailures_per_name = 3")).await;
    app.register("ada").await;
    let wrong = || post("/login").json(name_and_password("ada", "wrong"));
    for _ in 0..3 {
        assert_eq!(app.ask(wrong()).await.status, 401);
    }
    let hashes = app.hashes();
    // The right password neither: or else it could be found in the meantime.
    let answer = app.login("ada").await;
    assert_eq!(answer.status, 429, "{answer:?}");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=300).contains(&wait), "{wait}");
    let answer = app.ask(basic(get("/me"), "ada", PASSWORD)).await;
    assert_eq!(answer.status, 429, "by whatever way: {answer:?}");
    assert_eq!(app.hashes(), hashes, "no work is done for it");
    tokio::time::advance(std::time::Duration::from_secs(301)).await;
    assert_eq!(app.login("ada").await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn names_that_do_not_exist_are_closed_as_well() {
    let app = App::with(&basics().replace("[basic]", "[basic]\nfailures_per_name = 1")).await;
    let wrong = || post("/login").json(name_and_password("nobody", "wrong"));
    assert_eq!(app.ask(wrong()).await.status, 401);
    assert_eq!(app.ask(wrong()).await.status, 429);
    app.stop().await;
}

#[tokio::test]
async fn too_many_failures_from_an_address_close_it_for_all_names() {
    let app = App::with(&basics().replace("[basic]", "[basic]\nfailures_per_address = 3")).await;
    app.register("ada").await;
    for (number, name) in ["a", "b", "c"].into_iter().enumerate() {
        let ask = post("/login").json(name_and_password(name, "wrong"));
        let answer = app.ask(ask.from("10.0.0.1")).await;
        assert_eq!(answer.status, 401, "{number}");
    }
    let right = || post("/login").json(name_and_password("ada", PASSWORD));
    assert_eq!(app.ask(right().from("10.0.0.1")).await.status, 429);
    let by_header = basic(get("/me"), "ada", PASSWORD).from("10.0.0.1");
    assert_eq!(app.ask(by_header).await.status, 429);
    assert_eq!(app.ask(right().from("10.0.0.2")).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn who_logs_in_often_is_not_counted() {
    let app = App::with(&basics().replace("[basic]", "[basic]\nfailures_per_name = 2")).await;
    app.register("ada").await;
    for _ in 0..10 {
        assert_eq!(app.login("ada").await.status, 200);
    }
    app.stop().await;
}
