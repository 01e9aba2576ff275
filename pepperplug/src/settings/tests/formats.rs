//! The same settings, and the same mistakes, in each format.

use serde::Deserialize;

use super::files::File;
use super::{Settings, read_from};

#[derive(Debug, PartialEq, Deserialize)]
struct Auth {
    token_ttl: u32,
    keys: Vec<Key>,
    ratio: Option<f64>,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Key {
    id: String,
    active: bool,
}

/// What reading the section of a file of that format says.
fn read(ending: &str, text: &str) -> Result<Auth, String> {
    let name = format!("format-{:?}.{ending}", std::thread::current().id());
    let file = File::new(&name.replace(['(', ')'], ""), text.as_bytes());
    let settings = Settings::file(&file.0).map_err(|error| file.short(&error.to_string()))?;
    read_from(&settings).map_err(|error| file.short(&error.to_string()))
}

#[cfg(any(feature = "json", feature = "yaml"))]
fn sound() -> Auth {
    let key = |id: &str, active| Key {
        id: id.to_owned(),
        active,
    };
    Auth {
        token_ttl: 60,
        keys: vec![key("ä", true), key("b", false)],
        ratio: Some(0.5),
        note: None,
    }
}

#[cfg(not(feature = "json"))]
#[test]
fn a_format_that_is_not_built_in_names_its_feature() {
    assert_eq!(
        read("json", "{}"),
        Err(
            "app.toml  this build does not read JSON; turn it on in Cargo.toml: `pepperplug = { features = [\"json\"] }` [PP217]"
                .to_owned()
        ),
    );
}

#[cfg(feature = "json")]
mod json {
    use super::{read, sound};

    #[test]
    fn is_read_with_places() {
        let text = r#"{"auth": {"token_ttl": 60, "note": null, "ratio": 5e-1,
            "keys": [{"id": "\u00e4", "active": true}, {"id": "b", "active": false}]}}"#;
        assert_eq!(read("json", text), Ok(sound()));
        let text = "{\n  \"auth\": {\n    \"token_tll\": 1, \"größe\": {\"a\": [1, {}]},\n    \"keys\": [{\"id\": \"a\", \"active\": \"yes\"}, 5]\n  },\n  \"cache\": {}\n}\n";
        assert_eq!(
            read("JSON", text).expect_err("wrong"),
            "5 problems in the settings\n  \
               app.toml:3:5   [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]\n  \
               app.toml:3:21  [auth] \"größe\": no such key; expected `token_ttl`, `keys`, `ratio` or `note` [PP212]\n  \
               app.toml:4:36  [auth] keys[0].active: found \"yes\", expected `true` or `false` [PP211]\n  \
               app.toml:4:44  [auth] keys[1]: found 5, expected a table [PP211]\n  \
               app.toml:6:3   [cache]: no plugin reads this section [PP214]",
        );
    }

    #[test]
    fn mistakes_of_syntax_have_their_place() {
        let tell = |text: &str| read("json", text).expect_err("wrong");
        let is =
            |place: &str, text: &str| format!("app.toml:{place}  not valid JSON: {text} [PP210]");
        assert_eq!(
            tell("{\n  \"a\": yes\n}"),
            is("2:8", "a value is missing, or a string without its quotes")
        );
        assert_eq!(
            tell("{\"ä\": 1,}"),
            is("1:9", "a comma after the last value; remove it")
        );
        assert_eq!(
            tell("{\"a\": 1\n\"b\": 2}"),
            is("2:1", "expected `,` or `}`")
        );
        assert_eq!(tell("{a: 1}"), is("1:2", "a key must stand in quotes"));
        assert_eq!(tell("{\"a\": 1} x"), is("1:10", "trailing characters"));
        assert_eq!(
            tell("{\"a\": {\"b\": 1, \"b\": 2}}"),
            is("1:16", "`b` is given twice")
        );
        assert_eq!(
            tell("{\"a\": 1e999}"),
            is("1:7", "the number `1e999` is too large")
        );
        assert_eq!(
            tell("{\"a\": 999999999999999999999999999999999999999999}"),
            is(
                "1:7",
                "the number `999999999999999999999999999999999999999999` is too large"
            )
        );
        assert_eq!(tell("{\"a\": "), is("1:6", "the text ends within a value"));
        assert_eq!(tell(""), is("1:1", "the text ends within a value"));
        assert_eq!(
            tell("[1]"),
            "app.toml:1:1  found an array, expected a table of sections [PP210]"
        );
        assert_eq!(
            tell(&format!(
                "{{\"a\": {}1{}}}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            )),
            is("1:107", "nested too deeply")
        );
    }
}

#[cfg(feature = "yaml")]
mod yaml {
    use super::{read, sound};

    #[test]
    fn is_read_with_places() {
        let text = "# settings\nauth:\n  token_ttl: 60\n  note: ~\n  ratio: .5\n  keys:\n    - { id: ä, active: true }\n    - id: 'b'\n      active: false\n";
        assert_eq!(read("yaml", text), Ok(sound()));
        let text = "auth:\n  token_tll: 1\n  größe: {a: [1]}\n  keys:\n  - {id: ä, active: yes}\n  - 5\ncache: {}\n";
        assert_eq!(
            read("yml", text).expect_err("wrong"),
            "5 problems in the settings\n  \
               app.toml:2:3   [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]\n  \
               app.toml:3:3   [auth] \"größe\": no such key; expected `token_ttl`, `keys`, `ratio` or `note` [PP212]\n  \
               app.toml:5:21  [auth] keys[0].active: found \"yes\", expected `true` or `false` [PP211]\n  \
               app.toml:6:5   [auth] keys[1]: found 5, expected a table [PP211]\n  \
               app.toml:7:1   [cache]: no plugin reads this section [PP214]",
        );
    }

    #[test]
    fn scalars_are_those_of_the_core_schema() {
        let note = |scalar: &str| {
            let text = format!("auth: {{ token_ttl: 0x3C, ratio: 1, keys: [], note: {scalar} }}");
            read("yaml", &text).map(|auth| auth.note.unwrap_or_default())
        };
        for (scalar, text) in [
            ("no", "no"),
            ("'5'", "5"),
            ("!!str 5", "5"),
            ("1.2.3", "1.2.3"),
            ("null", ""),
            ("2000-01-01", "2000-01-01"),
        ] {
            assert_eq!(note(scalar).as_deref(), Ok(text), "{scalar}");
        }
        for (scalar, found) in [
            ("5", "5"),
            ("1e3", "1000.0"),
            ("-.inf", "-inf"),
            ("True", "true"),
            ("007", "7"),
        ] {
            let text = note(scalar).expect_err(scalar);
            assert!(
                text.contains(&format!("note: found {found}, expected a string")),
                "{text}"
            );
        }
    }

    #[test]
    fn anchors_and_merges_are_followed() {
        let text = "base: &base\n  token_ttl: 60\n  keys: &keys [{ id: ä, active: true }, { id: b, active: false }]\nauth:\n  <<: *base\n  ratio: 0.5\n  keys: *keys\n";
        let text = text.replace("base: &base", "auth2: &base");
        let error = read("yaml", &text).expect_err("one section too many");
        assert_eq!(
            error,
            "app.toml:1:1  [auth2]: no plugin reads this section; did you mean `[auth]`? [PP214]"
        );
        let text = "auth:\n  <<: { token_ttl: 60, ratio: 1 }\n  ratio: 0.5\n  keys: [&a { id: ä, active: true }, { <<: [*a], id: b, active: false }]\n";
        assert_eq!(read("yaml", text), Ok(sound()));
    }

    #[test]
    fn mistakes_of_syntax_have_their_place() {
        let tell = |text: &str| read("yaml", text).expect_err("wrong");
        let is =
            |place: &str, text: &str| format!("app.toml:{place}  not valid YAML: {text} [PP210]");
        assert_eq!(
            tell("auth:\n  a: 1\n  a: 2\n"),
            is("3:3", "`a` is given twice")
        );
        assert_eq!(
            tell("auth:\n  ? [a]\n  : 1\n"),
            is("2:5", "a key must be a text")
        );
        assert_eq!(
            tell("a: 1\n---\nb: 2\n"),
            is("2:1", "settings are one document; this begins another")
        );
        assert_eq!(
            tell("a: !secret x\n"),
            is(
                "1:4",
                "the tag `!secret` means nothing in settings; remove it"
            )
        );
        assert_eq!(
            tell("a: &a [*a]\n"),
            is("1:8", "an alias within what it stands for")
        );
        assert_eq!(
            tell("- 1\n"),
            "app.toml:1:1  found an array, expected a table of sections [PP210]"
        );
        assert_eq!(
            tell(&format!("a: {}", "[".repeat(100_000))),
            is("1:259", "nested too deeply")
        );
        let unclosed = tell("a: [1, 2\nb: 3\n");
        assert!(
            unclosed.starts_with("app.toml:2:") && unclosed.contains("not valid YAML"),
            "{unclosed}"
        );
        let alias = tell("a: *nowhere\n");
        assert!(alias.contains("not valid YAML"), "{alias}");
    }

    #[test]
    fn aliases_to_aliases_do_not_grow_without_end() {
        let mut text = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n".to_owned();
        for level in 1..10 {
            let inner = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
        }
        let error = read("yaml", &text).expect_err("a bomb");
        assert!(
            error.contains("the aliases stand for more than settings can be"),
            "{error}"
        );
    }

    #[test]
    fn a_long_line_is_read_like_any_other() {
        // With a look through the whole line for each place, this would take hours.
        let text = format!(
            "auth: {{ token_ttl: 1, keys: [{}] }}\n",
            "{ id: ä, active: true }, ".repeat(100_000)
        );
        assert_eq!(read("yaml", &text).map(|auth| auth.keys.len()), Ok(100_000));
    }

    #[test]
    fn a_file_of_comments_is_empty() {
        let error = read("yaml", "# auth:\n").expect_err("nothing there");
        assert!(error.contains("token_ttl: missing; expected an integer from 0 to 4294967295; add the section `[auth]`"), "{error}");
        let empty = read("yaml", "auth:\n  # token_ttl: 1\n").expect_err("nothing there");
        assert!(empty.contains("keys: missing"), "{empty}");
    }
}

#[cfg(all(feature = "json", feature = "yaml"))]
mod properties {
    use std::sync::Arc;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::super::again::same;
    use super::super::super::environment;
    use super::super::super::format::Format;
    use super::super::super::source::{Origin, Source};
    use super::super::super::value;
    use super::super::{Settings, settings_error};

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1.0e6..1.0e6f64).prop_map(Value::from),
            "[a-zé\"\\\\\n\t #:,-]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-cé\" ]{0,3}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    /// Nulls in tables, which values in the program do not have.
    fn without_null(value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().map(without_null).collect(),
            Value::Object(members) => {
                let members = members.into_iter().filter(|(_, value)| !value.is_null());
                members
                    .map(|(key, value)| (key, without_null(value)))
                    .collect()
            }
            other => other,
        }
    }

    proptest! {
        /// JSON is YAML, so both formats read the same from one text; and what they read is the value itself.
        #[test]
        fn json_is_read_as_serde_json_reads_it(value in any_value(), pretty in any::<bool>()) {
            let value = without_null(json!({ "a": value }));
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.expect("JSON");
            let expected = value::node(value, &Origin::whole(Source::nothing()));
            for format in [Format::Json, Format::Yaml] {
                let read = format.parse(Source::new("text", &text));
                let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
                prop_assert!(same(&read, &expected), "{format:?} {text}\n{read:?}");
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}a-c:=.\"'\n 0-9#,\\-é&*!|>?%@`~<\\\\\t\r]{0,60}") {
            for format in [Format::Toml, Format::Json, Format::Yaml] {
                if let Err(error) = format.parse(Source::new("text", &text)) {
                    prop_assert!(error.problems().iter().all(|problem| problem.line().is_some()), "{error}");
                }
            }
            let variables = [("APP__A__B", text)];
            if let Err(error) = Settings::builder().env_from("APP", variables).build() {
                prop_assert!(!settings_error(error).problems().is_empty());
            }
        }

        /// Every part of a tree stands in the text, and begins where its value does.
        #[test]
        fn places_are_in_the_text(value in any_value()) {
            let text = serde_json::to_string_pretty(&json!({ "a": value })).expect("JSON");
            for format in [Format::Json, Format::Yaml] {
                let source = Source::new("text", &text);
                let read = format.parse(source).expect("JSON");
                let entry = &read.entries()[0];
                prop_assert_eq!(&text[entry.origin.start..][..3], "\"a\"");
                let start = entry.node.origin.start;
                let is_value = text[start..].starts_with(|c: char| !c.is_whitespace() && c != ':');
                prop_assert!(is_value, "{format:?} {start} {text}");
            }
        }
    }

    #[test]
    fn names_of_variables_are_made_of_keys() {
        let name = |section: &str, key: &str| environment::name("APP", section, key);
        assert_eq!(
            name("rate-limit", "jwt.token_ttl").as_deref(),
            Some("APP__RATE_LIMIT__JWT__TOKEN_TTL")
        );
        assert_eq!(name("auth", "keys[0].id"), None);
        assert_eq!(name("auth", "größe"), None);
        let source = Arc::new(Source::variable("APP__AUTH__TTL".to_owned()));
        assert_eq!(
            environment::meant(&source, "ttl", "token-ttl").as_deref(),
            Some("APP__AUTH__TOKEN_TTL")
        );
        assert_eq!(environment::meant(&source, "auth", "x"), None);
    }
}
