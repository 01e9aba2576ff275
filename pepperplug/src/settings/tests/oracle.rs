//! Random settings, read by us and by `toml` itself: both must come to the same value, or neither to any.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::read;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: u8,
    b: Option<String>,
    #[serde(default)]
    c: Vec<i64>,
    d: Option<Mode>,
    e: Option<Box<Strict>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    a: Either,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Rest {
    b: Option<String>,
    #[serde(flatten)]
    more: BTreeMap<String, toml::Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    A,
    B(u8),
    C { a: u8, b: Option<bool> },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Mode(Mode),
    Tagged(Tagged),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "a", rename_all = "lowercase", deny_unknown_fields)]
enum Tagged {
    A { b: u8 },
    B { c: Vec<bool> },
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-2..300i64).prop_map(|number| number.to_string()),
        Just("1.5".to_owned()),
        any::<bool>().prop_map(|boolean| boolean.to_string()),
        "[abc]".prop_map(|word| format!("{word:?}")),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            table(inner).prop_map(|entries| format!("{{ {} }}", entries.join(", "))),
        ]
    })
}

fn table(value: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<String>> {
    let entries = prop::collection::btree_map("[a-f]", value, 0..5);
    entries.prop_map(|entries| {
        entries
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect()
    })
}

#[derive(Deserialize)]
struct File<T> {
    auth: T,
}

/// Whether a struct, or a variant with fields, is given as an array of its fields, which `toml` accepts and we do not.
fn has_array_for_a_struct(entries: &[String]) -> bool {
    entries.iter().any(|entry| {
        entry.contains("e = [") || (entry.contains("d = {") && entry.contains("c = ["))
    })
}

proptest! {
    // One in five of the strict cases is rejected: proptest's limit of 1,024 would be near enough to be met by chance.
    #![proptest_config(ProptestConfig { cases: 2000, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn strict_types_are_read_as_toml_reads_them(entries in table(value())) {
        let text = format!("[auth]\n{}\n", entries.join("\n"));
        prop_assume!(!has_array_for_a_struct(&entries));
        let ours = read::<Strict>(&text);
        let theirs = toml::from_str::<File<Strict>>(&text).map(|file| file.auth);
        if let Err(error) = &ours {
            prop_assert!(!error.problems().is_empty());
            prop_assert!(error.problems().iter().all(|problem| problem.line().is_some()), "{error}");
        }
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}\n{:?}\n{:?}", text, ours, theirs);
        prop_assert_eq!(ours.ok(), theirs.ok());
    }

    #[test]
    fn buffered_types_are_read_as_toml_reads_them(entries in table(value())) {
        let text = format!("[auth]\n{}\n", entries.join("\n"));
        let ours = read::<Flat>(&text);
        let theirs = toml::from_str::<File<Flat>>(&text).map(|file| file.auth);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}\n{:?}\n{:?}", text, ours, theirs);
        prop_assert_eq!(ours.ok(), theirs.ok());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}a-c=.\"'\n 0-9#,\\-é]{0,60}") {
        if let Err(error) = super::Settings::from_toml(&text) {
            let error = super::settings_error(error);
            prop_assert!(!error.problems().is_empty());
        }
    }
}
