//! Which section is whose.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::section::read_wishes;
use super::{Settings, SettingsError, problems, read, read_from, settings, value_of, wish};

#[derive(Debug, PartialEq, Deserialize)]
struct Ttl {
    ttl: u8,
}

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(default)]
struct Lenient {
    ttl: u8,
}

type Anything = BTreeMap<String, toml::Value>;

#[test]
fn a_section_that_is_not_there_is_read_as_if_it_were_empty() {
    assert_eq!(read(""), Ok(Lenient { ttl: 0 }));
    assert_eq!(read_from(&Settings::new()), Ok(Lenient { ttl: 0 }));
    assert_eq!(read::<()>(""), Ok(()));
    assert_eq!(
        problems::<Ttl>(""),
        "<toml>  [auth] ttl: missing; expected an integer from 0 to 255; add the section `[auth]` [PP213]",
    );
    assert_eq!(
        read_from::<Ttl>(&Settings::new())
            .expect_err("nothing there")
            .to_string(),
        "(no settings)  [auth] ttl: missing; expected an integer from 0 to 255; add the section `[auth]` [PP213]",
    );
}

#[test]
fn an_optional_section_may_be_left_out_as_a_whole() {
    assert_eq!(read::<Option<Ttl>>(""), Ok(None));
    assert_eq!(read("[auth]\nttl = 1\n"), Ok(Some(Ttl { ttl: 1 })));
    assert_eq!(
        problems::<Option<Ttl>>("[auth]\n"),
        "<toml>:1:1  [auth] ttl: missing; expected an integer from 0 to 255 [PP213]",
    );
}

#[test]
fn a_plugin_that_names_its_section_otherwise_is_named_with_it() {
    let error = read_wishes(&settings(""), &[wish::<Ttl>("jwt-auth", "auth")], &|_| {
        false
    })
    .expect_err("nothing there");
    assert_eq!(
        error.to_string(),
        "<toml>  [auth] ttl: missing; expected an integer from 0 to 255; add the section `[auth]` for plugin `jwt-auth` \
         [PP213]",
    );
    let [problem] = error.problems() else {
        panic!("one problem")
    };
    assert_eq!(problem.file(), Some("<toml>"));
    assert_eq!((problem.line(), problem.column()), (None, None));
    assert_eq!(problem.section(), Some("auth"));
    assert_eq!(problem.plugin(), Some("jwt-auth"));
    assert_eq!(problem.key(), Some("ttl"));
    assert_eq!(problem.code(), "PP213");
    assert_eq!(
        problem.text(),
        "missing; expected an integer from 0 to 255; add the section `[auth]` for plugin `jwt-auth`",
    );
}

#[test]
fn a_section_that_is_no_table_is_told_as_that() {
    assert_eq!(
        problems::<Ttl>("auth = 5\n"),
        "<toml>:1:8  [auth]: found 5, expected a table [PP211]"
    );
    assert_eq!(
        problems::<Ttl>("[[auth]]\nttl = 1\n"),
        "<toml>:1:1  [auth]: found an array, expected a table [PP211]"
    );
}

#[test]
fn a_section_may_be_written_as_an_inline_table_or_in_dotted_keys() {
    assert_eq!(read("auth = { ttl = 1 }\n"), Ok(Ttl { ttl: 1 }));
    assert_eq!(read("auth.ttl = 1\n"), Ok(Ttl { ttl: 1 }));
    assert_eq!(
        problems::<Ttl>("auth.tll = 1\n"),
        "<toml>:1:6  [auth] tll: no such key; did you mean `ttl`? [PP212]",
    );
}

#[test]
fn tells_everything_of_all_plugins_in_the_order_of_the_file() {
    let settings = settings("[cache]\nttl = 300\n\n[auht]\nttl = 1\n\n[auth]\ntll = 1\n\n[gone]\n");
    let wishes = [
        wish::<Ttl>("mail", "mail"),
        wish::<Ttl>("auth", "auth"),
        wish::<Ttl>("cache", "cache"),
    ];
    let error = read_wishes(&settings, &wishes, &|_| false).expect_err("five problems");
    assert_eq!(
        error.to_string(),
        "5 problems in the settings\n  \
           <toml>:2:7   [cache] ttl: found 300, expected an integer from 0 to 255 [PP211]\n  \
           <toml>:4:1   [auht]: no plugin reads this section; did you mean `[auth]`? [PP214]\n  \
           <toml>:8:1   [auth] tll: no such key; did you mean `ttl`? [PP212]\n  \
           <toml>:10:1  [gone]: no plugin reads this section [PP214]\n  \
           <toml>       [mail] ttl: missing; expected an integer from 0 to 255; add the section `[mail]` [PP213]",
    );
    let plugins: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.plugin())
        .collect();
    assert_eq!(
        plugins,
        [Some("cache"), None, Some("auth"), None, Some("mail")]
    );
}

#[test]
fn tells_what_belongs_to_nobody() {
    let text = "debug = true\nlist = [1]\nother = { a = 1 }\nmore.a.b = 1\n[auth]\nttl = 1\n[[many]]\n[[many]]\n";
    assert_eq!(
        problems::<Ttl>(text),
        "5 problems in the settings\n  \
           <toml>:1:1  debug: no plugin reads this key; a setting stands in the section of its plugin [PP214]\n  \
           <toml>:2:1  list: no plugin reads this key; a setting stands in the section of its plugin [PP214]\n  \
           <toml>:3:1  [other]: no plugin reads this section [PP214]\n  \
           <toml>:4:1  [more]: no plugin reads this section [PP214]\n  \
           <toml>:7:1  [many]: no plugin reads this section [PP214]",
    );
}

#[test]
fn sections_of_what_is_switched_off_are_left_alone() {
    let settings = settings("[auth]\nttl = 1\n[guides]\nany = 1\n[guides.more]\nany = 1\n");
    let wishes = [wish::<Ttl>("auth", "auth")];
    assert!(read_wishes(&settings, &wishes, &|name| name == "guides").is_ok());
    assert!(read_wishes(&settings, &wishes, &|name| name == "guide").is_err());
}

#[test]
fn a_name_with_a_dot_is_a_section_in_a_section() {
    let text = "[auth]\nttl = 1\n[auth.jwt]\nttl = 2\n[auth.jwt.more]\nttl = 3\n";
    let wishes = [
        wish::<Ttl>("auth", "auth"),
        wish::<Ttl>("auth.jwt", "auth.jwt"),
        wish::<Ttl>("more", "auth.jwt.more"),
    ];
    let values = read_wishes(&settings(text), &wishes, &|_| false).expect("valid settings");
    let values: Vec<u8> = values
        .into_iter()
        .map(|(_, value)| value_of::<Ttl>(value).ttl)
        .collect();
    assert_eq!(values, [1, 2, 3]);

    let values = read_wishes(
        &settings("[\"auth.jwt\"]\nttl = 2\n"),
        &wishes[1..2],
        &|_| false,
    )
    .expect("valid settings");
    assert_eq!(values.len(), 1);
}

#[test]
fn a_section_is_not_there_if_only_one_in_it_is() {
    let wishes = [
        wish::<Option<Ttl>>("auth", "auth"),
        wish::<Ttl>("auth.jwt", "auth.jwt"),
    ];
    let values = |text| {
        let mut values = read_wishes(&settings(text), &wishes, &|_| false)?;
        Ok::<Option<Ttl>, SettingsError>(value_of(values.remove(0).1))
    };
    assert_eq!(values("[auth.jwt]\nttl = 2\n"), Ok(None));
    assert_eq!(
        values("auth.jwt.ttl = 2\nauth.ttl = 1\n"),
        Ok(Some(Ttl { ttl: 1 }))
    );
    assert_eq!(
        values("[auth]\n[auth.jwt]\nttl = 2\n").map_err(|error| error.to_string()),
        Err(
            "<toml>:1:1  [auth] ttl: missing; expected an integer from 0 to 255 [PP213]".to_owned()
        ),
    );
}

#[test]
fn what_stands_beside_a_section_in_a_section_belongs_to_nobody() {
    let text = "[auth]\nttl = 1\n[auth.jwt]\nttl = 2\n[auth.jwtt]\nttl = 3\n";
    let error = read_wishes(
        &settings(text),
        &[wish::<Ttl>("auth.jwt", "auth.jwt")],
        &|_| false,
    )
    .expect_err("two problems");
    assert_eq!(
        error.to_string(),
        "2 problems in the settings\n  \
           <toml>:2:1  auth.ttl: no plugin reads this key; a setting stands in the section of its plugin [PP214]\n  \
           <toml>:5:1  [auth.jwtt]: no plugin reads this section; did you mean `[auth.jwt]`? [PP214]",
    );
}

#[test]
fn a_section_in_a_section_is_hidden_from_the_outer_one() {
    let wishes = [
        wish::<Anything>("auth", "auth"),
        wish::<Ttl>("auth.jwt", "auth.jwt"),
    ];
    let settings = settings("[auth]\na = 1\n[auth.jwt]\nttl = 2\n");
    let mut values = read_wishes(&settings, &wishes, &|_| false).expect("valid settings");
    let outer: Anything = value_of(values.remove(0).1);
    assert_eq!(outer.keys().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn debugging_prints_no_values() {
    let settings = settings("[auth]\npassword = \"secret\"\n");
    assert_eq!(
        format!("{settings:?}"),
        "Settings { sources: [\"<toml>\"], sections: [\"auth\"] }"
    );
}
