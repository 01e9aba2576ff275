//! Keys that are unknown, missing, or there twice.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{problems, read};

#[derive(Debug, PartialEq, Deserialize)]
struct Auth {
    token_ttl: u32,
    issuer: Option<String>,
    #[serde(default)]
    jwt: Jwt,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Jwt {
    algorithm: String,
    keys: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct Strict {
    token_ttl: u32,
    issuer: Option<String>,
    jwt: Option<StrictJwt>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct StrictJwt {
    algorithm: String,
}

const UNKNOWN: &str = r#"
[auth]
token_ttl = 1
isuer = "x"
colour = "blue"

[auth.jwt]
algoritm = "HS256"
algorithm = "HS256"
keys = []
"#;

#[test]
fn tells_every_unknown_key() {
    assert_eq!(
        problems::<Auth>(UNKNOWN),
        "3 problems in the settings\n  \
           <toml>:4:1  [auth] isuer: no such key; did you mean `issuer`? [PP212]\n  \
           <toml>:5:1  [auth] colour: no such key; expected `token_ttl`, `issuer` or `jwt` [PP212]\n  \
           <toml>:8:1  [auth] jwt.algoritm: no such key; did you mean `algorithm`? [PP212]",
    );
}

#[test]
fn tells_every_unknown_key_of_a_type_that_denies_them_itself() {
    let text = UNKNOWN.replace("keys = []\n", "");
    assert_eq!(problems::<Strict>(&text), problems::<Auth>(UNKNOWN));
}

#[test]
fn tells_unknown_keys_beside_other_problems() {
    let text =
        "[auth]\nisuer = 1\ntoken_ttl = \"x\"\ncolour = 1\njwt.algorithm = 1\njwt.algoritm = []\n";
    let expected = "5 problems in the settings\n  \
        <toml>:2:1   [auth] isuer: no such key; did you mean `issuer`? [PP212]\n  \
        <toml>:3:13  [auth] token_ttl: found \"x\", expected an integer from 0 to 4294967295 [PP211]\n  \
        <toml>:4:1   [auth] colour: no such key; expected `token_ttl`, `issuer` or `jwt` [PP212]\n  \
        <toml>:5:17  [auth] jwt.algorithm: found 1, expected a string [PP211]\n  \
        <toml>:6:5   [auth] jwt.algoritm: no such key; did you mean `algorithm`? [PP212]";
    assert_eq!(problems::<Strict>(text), expected);
    assert_eq!(
        problems::<Auth>(&format!("{text}jwt.keys = []\n")),
        expected
    );
}

#[test]
fn tells_every_missing_key_with_what_it_should_be() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Wanted {
        url: String,
        size: u8,
        on: bool,
        list: Vec<u8>,
        pair: (u8, String),
        inner: Inner,
        mode: Mode,
        wrapped: Wrapped,
        any: toml::Value,
        optional: Option<u8>,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        a: u8,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Mode {
        Fast,
        Safe,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Wrapped(f64);

    let text = "# settings\n\n  [auth]\n";
    assert_eq!(
        problems::<Wanted>(text),
        "9 problems in the settings\n  \
           <toml>:3:3  [auth] url: missing; expected a string [PP213]\n  \
           <toml>:3:3  [auth] size: missing; expected an integer from 0 to 255 [PP213]\n  \
           <toml>:3:3  [auth] on: missing; expected `true` or `false` [PP213]\n  \
           <toml>:3:3  [auth] list: missing; expected an array [PP213]\n  \
           <toml>:3:3  [auth] pair: missing; expected an array of 2 [PP213]\n  \
           <toml>:3:3  [auth] inner: missing; expected a table [PP213]\n  \
           <toml>:3:3  [auth] mode: missing; expected `fast` or `safe` [PP213]\n  \
           <toml>:3:3  [auth] wrapped: missing; expected a number [PP213]\n  \
           <toml>:3:3  [auth] any: missing [PP213]",
    );
}

#[test]
fn a_missing_key_points_at_its_own_table() {
    let text = "[auth]\ntoken_ttl = 1\njwt = { algorithm = \"x\" }\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:3:7  [auth] jwt.keys: missing; expected an array [PP213]"
    );
    let text = "[auth]\ntoken_ttl = 1\njwt.algorithm = \"x\"\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:3:1  [auth] jwt.keys: missing; expected an array [PP213]"
    );
    let text = "[auth]\ntoken_ttl = 1\n[auth.jwt]\nalgorithm = \"x\"\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:3:1  [auth] jwt.keys: missing; expected an array [PP213]"
    );
    // Without a header of its own, a section begins where it is first named.
    let text = "[auth.jwt]\nalgorithm = \"x\"\nkeys = []\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:1:2  [auth] token_ttl: missing; expected an integer from 0 to 4294967295 [PP213]",
    );
}

#[test]
fn a_mistyped_key_is_one_mistake_though_the_right_one_is_missing() {
    let text = "[auth]\ntoken_tll = 1\n";
    let expected = "<toml>:2:1  [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]";
    assert_eq!(problems::<Auth>(text), expected);
    assert_eq!(problems::<Strict>(text), expected);
}

#[test]
fn accepts_keys_that_the_type_has_only_to_ignore_them() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Old {
        #[serde(default)]
        retired: Option<IgnoredAny>,
        #[serde(rename = "new-name", alias = "old_name")]
        name: IgnoredAny,
    }
    assert_eq!(
        problems::<Old>("[auth]\nretired = 5\nold_name = { a = 1 }\n"),
        "no problem"
    );
}

#[test]
fn tells_a_key_that_is_there_under_two_names() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Renamed {
        #[serde(alias = "ttl")]
        token_ttl: u8,
    }
    assert_eq!(
        problems::<Renamed>("[auth]\nttl = 1\ntoken_ttl = 2\n"),
        "<toml>:1:1  [auth]: `token_ttl` is given twice, under two names [PP211]",
    );
}

#[test]
fn defaults_fill_what_is_not_there() {
    let auth = Auth {
        token_ttl: 5,
        issuer: None,
        jwt: Jwt::default(),
    };
    assert_eq!(read("[auth]\ntoken_ttl = 5\n"), Ok(auth));
}

#[test]
fn keys_in_quotes_and_in_other_scripts_keep_their_form() {
    let text = "[auth]\ntoken_ttl = 1\n'a b' = 'ä'\n\"größe\" = 1\n\"\" = 1\n";
    assert_eq!(
        problems::<Auth>(text),
        "3 problems in the settings\n  \
           <toml>:3:1  [auth] \"a b\": no such key; expected `token_ttl`, `issuer` or `jwt` [PP212]\n  \
           <toml>:4:1  [auth] \"größe\": no such key; expected `token_ttl`, `issuer` or `jwt` [PP212]\n  \
           <toml>:5:1  [auth] \"\": no such key; expected `token_ttl`, `issuer` or `jwt` [PP212]",
    );
}

#[test]
fn a_type_without_keys_expects_none() {
    #[derive(Debug, Deserialize)]
    struct Nothing {}
    assert_eq!(
        problems::<Nothing>("[auth]\na = 1\n"),
        "<toml>:2:1  [auth] a: no such key [PP212]"
    );
}
