//! Several sources, one on another.

use std::collections::BTreeMap;
use std::ffi::OsString;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::again::same as is_same;
use super::super::section::read_wishes;
use super::files::File;
use super::{Settings, SettingsError, read_from, settings_error, value_of, wish};
use crate::{SettingsBuilder, SettingsPlace};

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Auth {
    token_ttl: u32,
    issuer: String,
    audiences: Vec<String>,
    strict: bool,
    jwt: Option<Jwt>,
    #[serde(rename = "rateLimit")]
    rate_limit: Option<f64>,
}

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Jwt {
    leeway: u8,
    algorithm: Algorithm,
}

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Algorithm {
    #[default]
    Hs256,
    HalfKey(u8),
}

#[derive(Serialize)]
struct Defaults {
    auth: Auth,
}

fn build(builder: SettingsBuilder) -> Settings {
    builder.build().expect("sound sources")
}

fn errors(builder: SettingsBuilder) -> String {
    settings_error(builder.build().expect_err("unsound sources")).to_string()
}

fn auth(builder: SettingsBuilder) -> Result<Auth, SettingsError> {
    read_from(&build(builder))
}

fn wrong(builder: SettingsBuilder) -> String {
    auth(builder).expect_err("wrong settings").to_string()
}

/// The same with `here` for the place of a call in this file, whose lines change.
fn here(text: &str) -> String {
    let mut words = String::new();
    for (at, part) in text.split(file!()).enumerate() {
        let part = match at {
            0 => part,
            _ => part.trim_start_matches([':', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
        };
        words.push_str(if at == 0 { "" } else { "here" });
        words.push_str(part);
    }
    words
}

#[test]
fn later_kinds_override_earlier_ones_whatever_the_order_of_the_calls() {
    let file = File::new(
        "layers.toml",
        b"auth.issuer = 'file'\nauth.token_ttl = 2\nauth.jwt.leeway = 2\n",
    );
    let defaults = Defaults {
        auth: Auth {
            token_ttl: 1,
            issuer: "default".to_owned(),
            audiences: vec!["default".to_owned()],
            ..Auth::default()
        },
    };
    let settings = Settings::builder()
        .set("auth.strict", true)
        .env_from(
            "APP",
            [
                ("APP__AUTH__TOKEN_TTL", "3"),
                ("APP__AUTH__STRICT", "false"),
                ("OTHER", "x"),
            ],
        )
        .file(&file.0)
        .defaults(&defaults);
    assert_eq!(
        auth(settings),
        Ok(Auth {
            token_ttl: 3,
            issuer: "file".to_owned(),
            audiences: vec!["default".to_owned()],
            strict: true,
            jwt: Some(Jwt {
                leeway: 2,
                ..Jwt::default()
            }),
            rate_limit: None,
        })
    );
}

#[test]
fn of_several_files_the_later_one_wins_key_by_key() {
    let base = "[auth]\ntoken_ttl = 1\naudiences = ['a', 'b']\njwt = { leeway = 1, algorithm = 'hs256' }\n";
    let local = "[auth]\naudiences = ['c']\njwt.leeway = 2\n";
    let read = auth(Settings::builder().toml(base).toml(local)).expect("sound settings");
    assert_eq!(read.token_ttl, 1);
    assert_eq!(read.audiences, ["c"]);
    assert_eq!(
        read.jwt,
        Some(Jwt {
            leeway: 2,
            algorithm: Algorithm::Hs256
        })
    );
}

#[test]
fn a_file_that_need_not_be_there_may_be_missing_and_another_may_not() {
    let builder = Settings::builder().optional_file("no/such/local.toml");
    assert_eq!(auth(builder), Ok(Auth::default()));
    let text = errors(
        Settings::builder()
            .file("no/such/app.toml")
            .file("no/such/other.toml"),
    );
    assert_eq!(
        text,
        "2 problems in the settings\n  \
           no/such/app.toml    cannot be read: No such file or directory (os error 2) [PP215]\n  \
           no/such/other.toml  cannot be read: No such file or directory (os error 2) [PP215]",
    );
}

#[test]
fn every_source_tells_its_mistakes_at_once() {
    let first = File::new("first.toml", b"[auth\n");
    let second = File::new("second.toml", b"a = yes\n");
    let builder = Settings::builder()
        .set("auth..ttl", 1)
        .env_from("APP", [("APP__AUTH____TTL", "1")])
        .file(&first.0)
        .file(&second.0)
        .defaults(&5);
    let text = here(&errors(builder));
    let folder = std::env::temp_dir().join(format!("pepperplug-{}-", std::process::id()));
    let text = text.replace(&*folder.to_string_lossy(), "");
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "5 problems in the settings",
            "here found 5, expected a table of sections [PP219]",
            "first.toml:1:6 not valid TOML: unclosed table, expected `]` [PP210]",
            "second.toml:1:5 not valid TOML: `yes` is no value; a string must stand in quotes [PP210]",
            "APP__AUTH____TTL a name between two `__` is empty; the form is `PREFIX__SECTION__KEY` [PP216]",
            "here `auth..ttl` is no key; write the section, a dot and the key: `auth.token_ttl` [PP219]",
        ],
    );
}

#[test]
fn a_wrong_value_is_told_where_its_own_source_has_it() {
    let file = File::new(
        "wrong-layers.toml",
        b"[auth]\nissuer = 1\ntoken_tll = 1\n[cache]\n",
    );
    let builder = Settings::builder()
        .file(&file.0)
        .env_from(
            "APP",
            [
                ("APP__AUTH__TOKEN_TTL", "soon"),
                ("APP__AUTH__STIRCT", "1"),
                ("APP__ATUH__X", "1"),
            ],
        )
        .set("auth.audiences", ["a", "b"])
        .set("auth.jwt.leeway", 300);
    let text = here(&file.short(&wrong(builder)));
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "7 problems in the settings",
            "app.toml:2:10 [auth] issuer: found 1, expected a string [PP211]",
            "app.toml:3:1 [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]",
            "app.toml:4:1 [cache]: no plugin reads this section [PP214]",
            "APP__ATUH__X [atuh]: no plugin reads this section; did you mean `[auth]`? [PP214]",
            "APP__AUTH__STIRCT [auth] stirct: no such key; did you mean `APP__AUTH__STRICT`? [PP212]",
            "APP__AUTH__TOKEN_TTL [auth] token_ttl: found \"soon\", expected an integer from 0 to 4294967295 [PP211]",
            "here [auth] jwt.leeway: found 300, expected an integer from 0 to 255 [PP211]",
        ],
    );
}

#[test]
fn places_can_be_taken_apart() {
    let builder = Settings::builder()
        .toml("auth.token_ttl = 'x'")
        .env_from("APP", [("APP__AUTH__STRICT", "x")])
        .set("auth.issuer", 1);
    let line = line!() - 1;
    let error = auth(builder).expect_err("wrong settings");
    let [file, variable, code] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(file.place().to_string(), "<toml>:1:18");
    assert_eq!(
        (file.file(), file.line(), file.column()),
        (Some("<toml>"), Some(1), Some(18))
    );
    assert_eq!(variable.place().variable(), Some("APP__AUTH__STRICT"));
    assert_eq!((variable.file(), variable.line()), (None, None));
    assert!(
        matches!(code.place(), SettingsPlace::Code { .. }),
        "{error}"
    );
    assert_eq!((code.file(), code.line()), (Some(file!()), Some(line)));
}

fn environment(variables: &[(&str, &str)]) -> SettingsBuilder {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(format!("APP__AUTH__{name}")), *value));
    Settings::builder().env_from("APP", variables)
}

#[test]
fn a_variable_is_read_as_what_the_type_asks_for() {
    let read = auth(environment(&[
        ("TOKEN_TTL", " 60 "),
        ("ISSUER", "017"),
        ("AUDIENCES", r#"["a", "b"]"#),
        ("STRICT", "1"),
        ("JWT__LEEWAY", "5"),
        ("JWT__ALGORITHM__HALF_KEY", "7"),
        ("RATE_LIMIT", "2"),
    ]));
    let jwt = Jwt {
        leeway: 5,
        algorithm: Algorithm::HalfKey(7),
    };
    assert_eq!(
        read,
        Ok(Auth {
            token_ttl: 60,
            issuer: "017".to_owned(),
            audiences: vec!["a".to_owned(), "b".to_owned()],
            strict: true,
            jwt: Some(jwt),
            rate_limit: Some(2.0),
        })
    );
    for table in [
        "{ leeway = 5, algorithm = 'hs256' }",
        r#"{"leeway": 5, "algorithm": "hs256"}"#,
    ] {
        let read = auth(environment(&[("JWT", table)])).expect(table);
        assert_eq!(
            read.jwt,
            Some(Jwt {
                leeway: 5,
                algorithm: Algorithm::Hs256
            }),
            "{table}"
        );
    }
    // A text stays a text, whatever it looks like.
    for text in [
        "",
        "true",
        "1.50",
        "[1, 2]",
        "\"quoted\"",
        "a # b",
        "2000-01-01",
    ] {
        let read = auth(environment(&[("ISSUER", text)])).expect(text);
        assert_eq!(read.issuer, text);
    }
}

#[test]
fn a_wrong_variable_says_how_to_write_it() {
    let tell = |name: &str, value: &str| {
        let text = wrong(environment(&[(name, value)]));
        text.split_once("  ").map(|(_, text)| text.to_owned())
    };
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(
        tell("AUDIENCES", "a,b"),
        is("[auth] audiences: found \"a,b\", expected an array, such as `[\"a\", \"b\"]` [PP211]")
    );
    assert_eq!(
        tell("JWT", "x"),
        is(
            "[auth] jwt: found \"x\", expected a table, such as `{ key = \"value\" }`, or a variable for each key [PP211]"
        )
    );
    assert_eq!(
        tell("AUDIENCES", "['a', 5]"),
        is("[auth] audiences[1]: found 5, expected a string [PP211]")
    );
    assert_eq!(
        tell("STRICT", "yes"),
        is("[auth] strict: found \"yes\", expected `true` or `false` [PP211]")
    );
    assert_eq!(
        tell("TOKEN_TTL", "-1"),
        is("[auth] token_ttl: found -1, expected an integer from 0 to 4294967295 [PP211]")
    );
    assert_eq!(
        tell("JWT__ALGORITHM", "hs257"),
        is(
            "[auth] jwt.algorithm: found \"hs257\", expected `hs256` or `half-key`; did you mean `hs256`? [PP211]"
        )
    );
}

#[test]
fn a_missing_key_is_told_where_it_would_stand() {
    #[derive(Debug, Deserialize)]
    struct Url {
        #[expect(dead_code, reason = "it is never there")]
        url: String,
    }
    let tell = |builder: SettingsBuilder| {
        read_from::<Url>(&build(builder))
            .expect_err("missing")
            .to_string()
    };
    assert_eq!(
        tell(Settings::builder().toml("[auth]\n").toml("")),
        "<toml>:1:1  [auth] url: missing; expected a string [PP213]",
    );
    assert_eq!(
        tell(environment(&[])),
        "APP__AUTH__URL  [auth] url: missing; expected a string; add the section `[auth]` [PP213]",
    );
    assert_eq!(
        tell(
            Settings::builder()
                .toml("")
                .env_from("APP", [("APP__AUTH__ULR", "x")])
        ),
        "APP__AUTH__ULR  [auth] ulr: no such key; did you mean `APP__AUTH__URL`? [PP212]",
    );
}

#[test]
fn variables_find_sections_with_dashes() {
    let settings = build(
        Settings::builder()
            .env_from("APP", [("APP__RATE_LIMIT__LEEWAY", "3")])
            .toml("[rate-limit]\nalgorithm = 'hs256'"),
    );
    let jwt = |settings: &Settings| {
        let mut read = read_wishes(
            settings,
            &[wish::<Jwt>("rate-limit", "rate-limit")],
            &|_| false,
        )?;
        Ok::<_, SettingsError>(value_of::<Jwt>(read.remove(0).1))
    };
    assert_eq!(
        jwt(&settings),
        Ok(Jwt {
            leeway: 3,
            algorithm: Algorithm::Hs256
        })
    );
    let settings = build(Settings::builder().env_from("APP", [("APP__RATE_LIMIT__LEEWAY", "3")]));
    assert_eq!(
        jwt(&settings),
        Ok(Jwt {
            leeway: 3,
            algorithm: Algorithm::Hs256
        })
    );
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_settings_are_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let variables = [
        (OsString::from("APP__AUTH"), OsString::from("5")),
        (OsString::from("APP__AUTH__ISSUER"), OsString::from("x")),
        (
            OsString::from("APP__CACHE__SIZE"),
            OsString::from_vec(b"\xff".to_vec()),
        ),
        (OsString::from("APP__cache__x"), OsString::from("1")),
        (OsString::from("APP__CACHE__X"), OsString::from("1")),
        (OsString::from("APP__"), OsString::from("1")),
        (
            OsString::from_vec(b"\xff".to_vec()),
            OsString::from_vec(b"\xff".to_vec()),
        ),
    ];
    assert_eq!(
        errors(Settings::builder().env_from("APP", variables)),
        "3 problems in the settings\n  \
           APP__AUTH__ISSUER  sets a key in what `APP__AUTH` sets to a single value; remove one of them [PP216]\n  \
           APP__CACHE__SIZE   the value is not Unicode [PP216]\n  \
           APP__cache__x      sets the same key as `APP__CACHE__X`; remove one of them [PP216]",
    );
    assert_eq!(
        errors(Settings::builder().env("")),
        "__  `` is no prefix of environment variables; write a name, such as `APP` [PP216]",
    );
}

#[test]
fn an_empty_section_takes_nothing_away() {
    let null = Settings::builder()
        .toml("auth.issuer = 'x'\nauth.jwt.leeway = 1")
        .set("auth", ());
    assert_eq!(auth(null).map(|auth| auth.issuer), Ok("x".to_owned()));
    let nothing = Settings::builder()
        .toml("auth.issuer = 'x'")
        .set("auth.issuer", None::<String>);
    assert_eq!(
        wrong(nothing)
            .split_once("  ")
            .map(|(_, text)| text.to_owned()),
        Some("[auth] issuer: found null, expected a string [PP211]".to_owned())
    );
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let file = File::new("large.toml", &vec![b'\n'; 16 * 1024 * 1024 + 1]);
    assert_eq!(
        file.short(&errors(Settings::builder().file(&file.0))),
        "app.toml  the file is larger than 16 MiB, which is the most that settings may be [PP217]",
    );
    assert!(file.error().contains("[PP217]"), "{}", file.error());
}

#[test]
fn files_are_read_again_and_all_else_stays() {
    let file = File::new(
        "again.toml",
        b"[auth]\nissuer = 'old'\ntoken_ttl = 1\n[cache]\n",
    );
    let missing = File::new("later.toml", b"");
    std::fs::remove_file(&missing.0).expect("it is there");
    let old = build(
        Settings::builder()
            .file(&file.0)
            .optional_file(&missing.0)
            .env_from("APP", [("APP__AUTH__TOKEN_TTL", "2")])
            .set("auth.strict", true),
    );
    assert_eq!(old.files(), [file.0.clone(), missing.0.clone()]);
    let others = ["auth", "auth.jwt", "cache"];

    std::fs::write(
        &file.0,
        "\n\n[cache]\n\n[auth]\ntoken_ttl = 1\nissuer = 'old' # as it was\n",
    )
    .expect("a file");
    let same = old.reread().expect("sound files");
    assert!(same.same(&old) && same.same_section(&old, "auth", &others));

    std::fs::write(
        &file.0,
        "[cache]\n[auth]\nissuer = 'old'\ntoken_ttl = 1\njwt.leeway = 5",
    )
    .expect("a file");
    let inner = old.reread().expect("sound files");
    assert!(
        inner.same_section(&old, "auth", &others) && !inner.same_section(&old, "auth.jwt", &others)
    );
    assert!(!inner.same(&old) && inner.same_section(&old, "cache", &others));

    std::fs::write(&missing.0, "[auth]\nissuer = 'new'\n").expect("a file");
    std::fs::write(&file.0, "[auth]\nissuer = 'old'\ntoken_ttl = 1\n").expect("a file");
    let new = old.reread().expect("sound files");
    assert!(!new.same_section(&old, "auth", &others));
    let read = read_from::<Auth>(&new).expect("sound settings");
    assert_eq!(
        (&*read.issuer, read.token_ttl, read.strict),
        ("new", 2, true)
    );

    std::fs::write(&file.0, "[auth").expect("a file");
    assert_eq!(old.reread().expect_err("no TOML").code(), "PP210");
}

#[cfg(feature = "loader")]
#[test]
fn manifests_stand_between_files_and_environment() {
    let tree = |text: &str| {
        Settings::from_toml(text)
            .expect("valid TOML")
            .root()
            .clone()
    };
    let settings = build(
        Settings::builder()
            .toml("[auth]\nissuer = 'file'\ntoken_ttl = 1\n")
            .env_from("APP", [("APP__AUTH__TOKEN_TTL", "3")]),
    );
    let with = settings.with_manifests([
        (
            "auth".to_owned(),
            tree("issuer = 'manifest'\ntoken_ttl = 2\nstrict = true"),
        ),
        ("auth.jwt".to_owned(), tree("leeway = 9")),
    ]);
    let read = read_from::<Auth>(&with).expect("sound settings");
    assert_eq!(
        (&*read.issuer, read.token_ttl, read.strict),
        ("manifest", 3, true)
    );
    assert_eq!(read.jwt.map(|jwt| jwt.leeway), Some(9));
    // Others take their place.
    let with = with.with_manifests([("auth".to_owned(), tree("strict = true"))]);
    let read = read_from::<Auth>(&with).expect("sound settings");
    assert_eq!((&*read.issuer, read.strict, read.jwt), ("file", true, None));
    assert!(with.with_manifests([]).same(&settings));
}

/// A tree to be merged, by a model: keys to numbers or tables.
#[derive(Debug, Clone, PartialEq)]
enum Model {
    Number(u8),
    Table(BTreeMap<String, Model>),
}

impl Model {
    fn put(&mut self, upper: &Self) {
        match (self, upper) {
            (Self::Table(lower), Self::Table(upper)) => {
                for (key, value) in upper {
                    match lower.get_mut(key) {
                        Some(lower) => lower.put(value),
                        None => drop(lower.insert(key.clone(), value.clone())),
                    }
                }
            }
            (lower, upper) => *lower = upper.clone(),
        }
    }

    fn toml(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Table(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| format!("{key} = {}", value.toml()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    fn file(&self) -> String {
        match self {
            Self::Table(entries) => entries
                .iter()
                .map(|(key, value)| format!("{key} = {}\n", value.toml()))
                .collect(),
            Self::Number(_) => String::new(),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Table(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), value.json()))
                .collect(),
        }
    }

    /// A variable for each number.
    fn variables(&self, name: &str, to: &mut Vec<(String, String)>) {
        match self {
            Self::Number(number) => to.push((name.to_owned(), number.to_string())),
            Self::Table(entries) => {
                for (key, value) in entries {
                    value.variables(&format!("{name}__{}", key.to_uppercase()), to);
                }
            }
        }
    }

    /// Without tables that hold no number, which no variable can name.
    fn without_empty(self) -> Option<Self> {
        match self {
            Self::Number(_) => Some(self),
            Self::Table(entries) => {
                let entries = entries
                    .into_iter()
                    .filter_map(|(key, value)| Some((key, value.without_empty()?)));
                let entries: BTreeMap<_, _> = entries.collect();
                (!entries.is_empty()).then_some(Self::Table(entries))
            }
        }
    }
}

fn table() -> impl Strategy<Value = Model> {
    let leaf = any::<u8>().prop_map(Model::Number);
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(Model::Table)
    });
    prop::collection::btree_map("[a-c]", value, 0..4).prop_map(Model::Table)
}

proptest! {
    #[test]
    fn layers_merge_as_the_model_does(defaults in table(), files in prop::collection::vec(table(), 0..4), variables in table(), sets in table()) {
        let variables = variables.without_empty().unwrap_or(Model::Table(BTreeMap::new()));
        let mut given = Vec::new();
        variables.variables("APP", &mut given);
        let mut builder = Settings::builder().defaults(&defaults.json()).env_from("APP", given);
        for file in &files {
            builder = builder.toml(file.file());
        }
        if let Model::Table(entries) = &sets {
            for (key, value) in entries {
                builder = builder.set(key, value.json());
            }
        }
        let ours = builder.build().expect("sound sources");

        let mut model = defaults;
        for layer in files.iter().chain([&variables, &sets]) {
            model.put(layer);
        }
        let expected = Settings::from_toml(&model.file()).expect("valid TOML");
        prop_assert!(same_numbers(ours.root(), expected.root()), "{:?}\n{:?}", ours.root(), model);
    }
}

/// As `same`, where the text of a variable is the number that it says.
fn same_numbers(ours: &super::super::node::Node, expected: &super::super::node::Node) -> bool {
    fn plain(node: &super::super::node::Node) -> super::super::node::Node {
        let mut node = node.clone();
        node.shape_mut();
        if let super::super::node::Value::Table(entries) = &mut node.value {
            for entry in entries {
                entry.node = plain(&entry.node);
            }
        }
        node
    }
    is_same(&plain(ours), expected)
}
