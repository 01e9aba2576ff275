//! Settings by key.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Settings, settings};

const TEXT: &str = "[auth]\ntoken_ttl = 60\njwt.keys = ['a']\n[hooks.\"user.login\"]\ntimeout = '5s'\n[auth.session]\nttl = 1\n";

#[derive(Debug, PartialEq, Deserialize)]
struct Auth {
    token_ttl: u32,
}

#[test]
fn a_key_is_found_wherever_it_stands() {
    let settings = settings(TEXT);
    assert_eq!(settings.get::<u64>("auth.token_ttl").ok(), Some(60));
    assert_eq!(
        settings.get::<Vec<String>>("auth.jwt.keys").ok(),
        Some(vec!["a".to_owned()])
    );
    assert_eq!(
        settings
            .get::<String>("hooks.user.login.timeout")
            .ok()
            .as_deref(),
        Some("5s")
    );
    assert_eq!(
        settings.get::<Auth>("auth").ok(),
        Some(Auth { token_ttl: 60 })
    );
    assert!(settings.has("auth.session.ttl") && settings.has("auth"));
    assert!(!settings.has("auth.session.tll") && !settings.has("") && !settings.has("auth."));
}

#[test]
fn a_section_that_is_not_there_is_empty() {
    let settings = settings(TEXT);
    assert_eq!(
        settings.section::<Auth>("auth").ok(),
        Some(Auth { token_ttl: 60 })
    );
    assert_eq!(settings.section::<Option<Auth>>("cache").ok(), Some(None));
    assert_eq!(
        settings.section::<BTreeMap<String, u8>>("cache").ok(),
        Some(BTreeMap::new())
    );
    let error = settings
        .section::<Auth>("cache")
        .expect_err("nothing there");
    assert_eq!(
        error.to_string(),
        "<toml>  [cache] token_ttl: missing; expected an integer from 0 to 4294967295; add the section `[cache]` [PP213]"
    );
}

#[test]
fn what_is_wrong_has_its_key_and_place() {
    let tell = |key: &str| {
        settings(TEXT)
            .get::<Auth>(key)
            .expect_err("wrong")
            .to_string()
    };
    assert_eq!(
        tell("auht"),
        "<toml>  auht: not set; did you mean `auth`? [PP218]"
    );
    assert_eq!(
        tell("auht.token_ttl"),
        "<toml>  auht.token_ttl: not set; did you mean `auth.token_ttl`? [PP218]"
    );
    assert_eq!(
        tell("auth.jwt.kyes"),
        "<toml>:3:1  auth.jwt.kyes: not set; did you mean `auth.jwt.keys`? [PP218]"
    );
    assert_eq!(tell("mail"), "<toml>  mail: not set [PP218]");
    assert_eq!(
        tell("auth.token_ttl"),
        "<toml>:2:13  auth.token_ttl: found 60, expected a table [PP211]"
    );
    assert_eq!(
        tell("auth.session"),
        "<toml>:6:1  auth.session.token_ttl: missing; expected an integer from 0 to 4294967295 [PP213]"
    );
    let variables = [("APP__AUTH__TOKEN_TTL", "soon")];
    let settings = Settings::builder()
        .env_from("APP", variables)
        .build()
        .expect("sound sources");
    assert_eq!(
        settings.get::<Auth>("auth").expect_err("wrong").to_string(),
        "APP__AUTH__TOKEN_TTL  auth.token_ttl: found \"soon\", expected an integer from 0 to 4294967295 [PP211]"
    );
    assert_eq!(
        settings
            .get::<u8>("auth.issuer")
            .expect_err("not set")
            .to_string(),
        "APP__AUTH__ISSUER  auth.issuer: not set [PP218]"
    );
}
