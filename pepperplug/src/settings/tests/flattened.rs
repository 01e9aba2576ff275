//! Structs in structs, which serde reads from a buffer that forgets where its values come from.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{problems, read};

#[derive(Debug, PartialEq, Deserialize)]
struct Auth {
    name: String,
    size: u8,
    #[serde(flatten)]
    limits: Limits,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Limits {
    per_user: u8,
    total: u16,
}

#[test]
fn reads_what_is_right() {
    let auth = Auth {
        name: "a".to_owned(),
        size: 1,
        limits: Limits {
            per_user: 2,
            total: 3,
        },
    };
    assert_eq!(
        read("[auth]\nname = \"a\"\nsize = 1\nper_user = 2\ntotal = 3\n"),
        Ok(auth)
    );
}

#[test]
fn finds_the_place_of_a_value_by_what_it_is() {
    let text = "[auth]\nname = \"a\"\nsize = \"small\"\nper_user = \"few\"\ntotal = \"many\"\n";
    assert_eq!(
        problems::<Auth>(text),
        "3 problems in the settings\n  \
           <toml>:3:8   [auth] size: found \"small\", expected an integer from 0 to 255 [PP211]\n  \
           <toml>:4:12  [auth] per_user: found \"few\", expected an integer from 0 to 255 [PP211]\n  \
           <toml>:5:9   [auth] total: found \"many\", expected an integer from 0 to 65535 [PP211]",
    );
}

#[test]
fn does_not_guess_between_two_places() {
    let text = "[auth]\nname = \"few\"\nsize = 1\nper_user = \"few\"\ntotal = 1\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:1:1  [auth]: found \"few\", expected an integer from 0 to 255 [PP211]",
    );
}

#[test]
fn tells_missing_keys() {
    let text = "[auth]\nname = \"a\"\nsize = 1\nper_user = 1\n";
    assert_eq!(
        problems::<Auth>(text),
        "<toml>:1:1  [auth] total: missing [PP213]"
    );
    let text = "[auth]\nname = 5\nper_user = 1\ntotal = 2\n";
    assert_eq!(
        problems::<Auth>(text),
        "2 problems in the settings\n  \
           <toml>:1:1  [auth] size: missing; expected an integer from 0 to 255 [PP213]\n  \
           <toml>:2:8  [auth] name: found 5, expected a string [PP211]",
    );
}

#[test]
fn a_flattened_map_takes_every_other_key() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Open {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
    let open = Open {
        a: 1,
        rest: BTreeMap::from([("b".to_owned(), "x".to_owned())]),
    };
    assert_eq!(read("[auth]\na = 1\nb = \"x\"\n"), Ok(open));
    assert_eq!(
        problems::<Open>("[auth]\na = 1\nb = 2\nc = 3\n"),
        "2 problems in the settings\n  \
           <toml>:3:5  [auth] b: found 2, expected a string [PP211]\n  \
           <toml>:4:5  [auth] c: found 3, expected a string [PP211]",
    );
}

#[test]
fn tells_unknown_keys_where_the_type_denies_them() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Strict {
        a: u8,
        #[serde(flatten)]
        limits: Option<Limits>,
    }
    assert_eq!(
        problems::<Strict>("[auth]\na = 1\nper_user = 1\ntotal = 2\nb = 1\n"),
        "<toml>:5:1  [auth] b: no such key [PP212]",
    );
}
