//! Enums in each of serde's forms.

use serde::Deserialize;

use super::{problems, read};

#[derive(Debug, PartialEq, Deserialize)]
struct Auth {
    backend: Backend,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Backend {
    Memory,
    Disabled,
    Size(u8),
    Pair(u8, u8),
    Redis { url: String, pool: Option<u8> },
}

fn backend(value: &str) -> String {
    problems::<Auth>(&format!("[auth]\nbackend = {value}\n"))
}

#[test]
fn reads_every_form() {
    let read = |value: &str| {
        read::<Auth>(&format!("[auth]\nbackend = {value}\n")).map(|auth| auth.backend)
    };
    assert_eq!(read("\"memory\""), Ok(Backend::Memory));
    assert_eq!(read("{ memory = {} }"), Ok(Backend::Memory));
    assert_eq!(read("{ size = 3 }"), Ok(Backend::Size(3)));
    assert_eq!(read("{ pair = [1, 2] }"), Ok(Backend::Pair(1, 2)));
    let redis = Backend::Redis {
        url: "x".to_owned(),
        pool: Some(1),
    };
    assert_eq!(read("{ redis = { url = \"x\", pool = 1 } }"), Ok(redis));
}

#[test]
fn tells_what_is_no_variant() {
    let allowed = "expected `memory`, `disabled`, `size`, `pair` or `redis`";
    assert_eq!(
        backend("\"memroy\""),
        format!(
            "<toml>:2:11  [auth] backend: found \"memroy\", {allowed}; did you mean `memory`? [PP211]"
        ),
    );
    assert_eq!(
        backend("{ file = 1 }"),
        format!("<toml>:2:13  [auth] backend.file: found \"file\", {allowed} [PP211]"),
    );
    assert_eq!(
        backend("5"),
        format!("<toml>:2:11  [auth] backend: found 5, {allowed} [PP211]")
    );
    assert_eq!(
        backend("{ size = 1, memory = {} }"),
        format!("<toml>:2:11  [auth] backend: found a table, {allowed} [PP211]"),
    );
}

#[test]
fn tells_what_is_wrong_within_a_variant() {
    assert_eq!(
        backend("\"redis\""),
        "<toml>:2:11  [auth] backend: `redis` needs a value: write `{ redis = … }` [PP211]",
    );
    assert_eq!(
        backend("{ memory = 1 }"),
        "<toml>:2:22  [auth] backend.memory: found 1: `memory` takes no value: write `\"memory\"` [PP211]",
    );
    assert_eq!(
        backend("{ size = 300 }"),
        "<toml>:2:20  [auth] backend.size: found 300, expected an integer from 0 to 255 [PP211]",
    );
    assert_eq!(
        backend("{ pair = [1] }"),
        "<toml>:2:20  [auth] backend.pair: found 1 element, expected 2 [PP211]"
    );
    assert_eq!(
        backend("{ redis = { pol = 1, pool = \"x\" } }"),
        "3 problems in the settings\n  \
           <toml>:2:21  [auth] backend.redis.url: missing; expected a string [PP213]\n  \
           <toml>:2:23  [auth] backend.redis.pol: no such key; did you mean `pool`? [PP212]\n  \
           <toml>:2:39  [auth] backend.redis.pool: found \"x\", expected an integer from 0 to 255 [PP211]",
    );
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Tagged {
    my_store: Store,
    after: u8,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
enum Store {
    File { path: String, size: u8 },
    Redis { url: String },
}

#[test]
fn points_into_an_enum_that_is_tagged_inside() {
    let store =
        |store: &str| problems::<Tagged>(&format!("[auth]\nafter = -1\nmy_store = {store}\n"));
    let after =
        "\n  <toml>:2:9   [auth] after: found -1, expected an integer from 0 to 255 [PP211]\n  ";
    let tell = |problem: &str| format!("2 problems in the settings{after}{problem}");
    assert_eq!(
        store("{ kind = \"rediss\", url = \"x\" }"),
        tell(
            "<toml>:3:21  [auth] my_store.kind: found \"rediss\", expected `file` or `redis`; did you mean `redis`? [PP211]"
        ),
    );
    assert_eq!(
        store("{ kind = \"file\", path = \"x\", size = \"big\" }"),
        tell(
            "<toml>:3:48  [auth] my_store.size: found \"big\", expected an integer from 0 to 255 [PP211]"
        ),
    );
    assert_eq!(
        store("{ kind = \"redis\", url = \"x\", ulr = 1 }"),
        tell("<toml>:3:41  [auth] my_store.ulr: no such key; did you mean `url`? [PP212]"),
    );
    assert_eq!(
        store("{ kind = \"redis\" }"),
        tell("<toml>:3:12  [auth] my_store.url: missing [PP213]"),
    );
    assert_eq!(
        store("{ url = \"x\" }"),
        tell("<toml>:3:12  [auth] my_store.kind: missing [PP213]"),
    );
    assert_eq!(
        store("5"),
        tell("<toml>:3:12  [auth] my_store: found 5, expected a table [PP211]"),
    );
}

#[test]
fn tells_that_no_form_of_an_untagged_enum_fits() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Auth {
        listen: Listen,
        also: Listen,
    }
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Listen {
        Port(u16),
        Full { host: String, port: u16 },
    }
    assert_eq!(
        problems::<Auth>("[auth]\nlisten = \"x\"\nalso = { host = \"x\", prot = 1 }\n"),
        "2 problems in the settings\n  \
           <toml>:2:10  [auth] listen: found \"x\", which has none of the allowed forms [PP211]\n  \
           <toml>:3:8   [auth] also: found a table, which has none of the allowed forms [PP211]",
    );
}
