//! Values of the wrong type, and values that a type refuses.

use core::net::SocketAddr;
use core::num::NonZeroU16;
use core::time::Duration;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::{problems, read};

#[derive(Debug, PartialEq, Deserialize)]
struct Plain {
    on: bool,
    port: u16,
    ratio: f64,
    name: String,
    tags: Vec<String>,
}

const PLAIN: &str = r#"
[auth]
on = true
port = 80
ratio = 1
name = "ada"
tags = ["a", "b"]
"#;

#[test]
fn reads_what_is_right() {
    let plain: Plain = read(PLAIN).expect("valid settings");
    let expected = Plain {
        on: true,
        port: 80,
        ratio: 1.0,
        name: "ada".to_owned(),
        tags: vec!["a".to_owned(), "b".to_owned()],
    };
    assert_eq!(plain, expected);
}

#[test]
fn tells_every_wrong_type_of_a_section_at_once() {
    let text = r#"
[auth]
on = "yes"
port = "ten"
ratio = true
name = 5
tags = ["a", 2]
"#;
    assert_eq!(
        problems::<Plain>(text),
        r#"5 problems in the settings
  <toml>:3:6   [auth] on: found "yes", expected `true` or `false` [PP211]
  <toml>:4:8   [auth] port: found "ten", expected an integer from 0 to 65535 [PP211]
  <toml>:5:9   [auth] ratio: found true, expected a number [PP211]
  <toml>:6:8   [auth] name: found 5, expected a string [PP211]
  <toml>:7:14  [auth] tags[1]: found 2, expected a string [PP211]"#,
    );
}

#[test]
fn tells_numbers_out_of_range_by_their_range() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Numbers {
        a: u8,
        b: i8,
        c: NonZeroU16,
        d: u64,
        e: i32,
        f: u32,
    }
    let text = "[auth]\na = 256\nb = -129\nc = 0\nd = -1\ne = 1.0\nf = 0x1_0000_0000\n";
    assert_eq!(
        problems::<Numbers>(text),
        "6 problems in the settings\n  \
           <toml>:2:5  [auth] a: found 256, expected an integer from 0 to 255 [PP211]\n  \
           <toml>:3:5  [auth] b: found -129, expected an integer from -128 to 127 [PP211]\n  \
           <toml>:4:5  [auth] c: found 0, expected an integer from 1 to 65535 [PP211]\n  \
           <toml>:5:5  [auth] d: found -1, expected an integer, not negative [PP211]\n  \
           <toml>:6:5  [auth] e: found 1.0, expected an integer from -2147483648 to 2147483647 [PP211]\n  \
           <toml>:7:5  [auth] f: found 4294967296, expected an integer from 0 to 4294967295 [PP211]",
    );
}

#[test]
fn tells_tables_and_arrays_from_values() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Shapes {
        list: Vec<u8>,
        pair: (u8, u8),
        triple: [u8; 3],
        inner: Inner,
        word: String,
        path: PathBuf,
        letter: char,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        a: u8,
    }
    let text = r#"
[auth]
list = 1
pair = [1]
triple = [1, 2, 3, 4]
inner = [1]
word = { a = 1 }
path = []
letter = "ab"
"#;
    assert_eq!(
        problems::<Shapes>(text),
        r#"7 problems in the settings
  <toml>:3:8   [auth] list: found 1, expected an array [PP211]
  <toml>:4:8   [auth] pair: found 1 element, expected 2 [PP211]
  <toml>:5:10  [auth] triple: found 4 elements, expected 3 [PP211]
  <toml>:6:9   [auth] inner: found an array, expected a table [PP211]
  <toml>:7:8   [auth] word: found a table, expected a string [PP211]
  <toml>:8:8   [auth] path: found an array, expected a string [PP211]
  <toml>:9:10  [auth] letter: found "ab", expected a string of one character [PP211]"#,
    );
}

#[test]
fn names_nested_tables_and_array_elements_by_their_path() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        jwt: Jwt,
        keys: Vec<Key>,
        limits: BTreeMap<String, u8>,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Jwt {
        issuer: String,
        leeway: Option<u8>,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Key {
        id: u8,
    }
    let text = r#"
[auth]
limits = { "per user" = "x", total = 300 }
jwt.issuer = 1

[[auth.keys]]
id = 1

[[auth.keys]]
id = "two"
"#;
    assert_eq!(
        problems::<Outer>(text),
        r#"4 problems in the settings
  <toml>:3:25  [auth] limits."per user": found "x", expected an integer from 0 to 255 [PP211]
  <toml>:3:38  [auth] limits.total: found 300, expected an integer from 0 to 255 [PP211]
  <toml>:4:14  [auth] jwt.issuer: found 1, expected a string [PP211]
  <toml>:10:6  [auth] keys[1].id: found "two", expected an integer from 0 to 255 [PP211]"#,
    );
}

#[test]
fn quotes_what_a_type_says_in_its_own_words() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Net {
        listen: SocketAddr,
        #[serde(deserialize_with = "even")]
        workers: u8,
        port: u16,
        timeout: Duration,
    }
    fn even<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        let number = u8::deserialize(deserializer)?;
        let odd =
            || serde::de::Error::custom(format!("{number} is odd,\nbut workers come in pairs"));
        if number % 2 == 0 {
            Ok(number)
        } else {
            Err(odd())
        }
    }
    let text = "[auth]\nlisten = \"here\"\nworkers = 3\nport = -1\ntimeout = \"5s\"\n";
    assert_eq!(
        problems::<Net>(text),
        "4 problems in the settings\n  \
           <toml>:2:10  [auth] listen: found \"here\": invalid socket address syntax [PP211]\n  \
           <toml>:3:11  [auth] workers: 3 is odd, but workers come in pairs [PP211]\n  \
           <toml>:4:8   [auth] port: found -1, expected an integer from 0 to 65535 [PP211]\n  \
           <toml>:5:11  [auth] timeout: found \"5s\", expected a table [PP211]",
    );
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "RawPool")]
struct Pool {
    size: u8,
}

#[derive(Debug, Deserialize)]
struct RawPool {
    min: u8,
    max: u8,
}

impl TryFrom<RawPool> for Pool {
    type Error = String;

    fn try_from(raw: RawPool) -> Result<Self, String> {
        if raw.max < raw.min {
            return Err(format!("`max` must be at least `min` ({})", raw.min));
        }
        Ok(Self { size: raw.max })
    }
}

#[test]
fn a_check_of_the_whole_section_points_at_its_header() {
    assert_eq!(
        read::<Pool>("[auth]\nmin = 1\nmax = 2\n").map(|pool| pool.size),
        Ok(2)
    );
    assert_eq!(
        problems::<Pool>("\n[auth]\nmin = 2\nmax = 1\n"),
        "<toml>:2:1  [auth]: `max` must be at least `min` (2) [PP211]",
    );
}

#[test]
fn a_check_of_the_whole_section_says_nothing_of_values_that_are_wrong_anyway() {
    // The stand-in for `max` is 1, and would not pass the check.
    assert_eq!(
        problems::<Pool>("[auth]\nmin = 2\nmax = \"many\"\n"),
        "<toml>:3:7  [auth] max: found \"many\", expected an integer from 0 to 255 [PP211]",
    );
}

#[test]
fn shows_long_values_shortened_and_on_one_line() {
    let text = format!(
        "[auth]\non = \"\"\"\nfirst\n\tsecond{}\"\"\"\n",
        "é".repeat(50)
    );
    assert_eq!(
        problems::<BTreeMap<String, bool>>(&text),
        format!(
            "<toml>:2:6  [auth] on: found \"first second{}…\", expected `true` or `false` [PP211]",
            "é".repeat(28)
        ),
    );
}

#[test]
fn reads_dates_as_text_and_as_dates() {
    #[derive(Debug, Deserialize)]
    struct Dates {
        text: String,
        date: toml::value::Datetime,
        any: toml::Value,
    }
    let text = "[auth]\ntext = 1979-05-27\ndate = 1979-05-27T07:32:00Z\nany = 07:32:00\n";
    let dates: Dates = read(text).expect("valid settings");
    assert_eq!(dates.text, "1979-05-27");
    assert_eq!(dates.date.to_string(), "1979-05-27T07:32:00Z");
    assert_eq!(
        dates.any.as_datetime().map(ToString::to_string).as_deref(),
        Some("07:32:00")
    );

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Other {
        port: u16,
        date: toml::value::Datetime,
    }
    assert_eq!(
        problems::<Other>("[auth]\nport = 1979-05-27\ndate = 5\n"),
        "2 problems in the settings\n  \
           <toml>:2:8  [auth] port: found 1979-05-27, expected an integer from 0 to 65535 [PP211]\n  \
           <toml>:3:8  [auth] date: found 5, expected a TOML datetime [PP211]",
    );
}

#[test]
fn reads_numbers_of_every_size() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Sizes {
        a: u64,
        b: i128,
        c: u128,
        d: f32,
        e: f64,
    }
    let text = "[auth]\na = 18446744073709551615\nb = -170141183460469231731687303715884105728\n\
                c = 0b1010\nd = -inf\ne = 1_000.5e3\n";
    let sizes = Sizes {
        a: u64::MAX,
        b: i128::MIN,
        c: 10,
        d: f32::NEG_INFINITY,
        e: 1_000_500.0,
    };
    assert_eq!(read::<Sizes>(text), Ok(sizes));
}

#[test]
fn reads_tables_with_keys_that_are_no_strings() {
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Color {
        Red,
        Blue,
    }
    type Names = BTreeMap<u8, BTreeMap<Color, bool>>;
    let names: Names = read("[auth]\n1.red = true\n").expect("valid settings");
    assert!(names[&1][&Color::Red]);
    assert_eq!(
        problems::<Names>("[auth]\none.red = true\n2.blu = true\n3.blue = 1\n"),
        "3 problems in the settings\n  \
           <toml>:2:1   [auth] one: the key must be an integer from 0 to 255 [PP211]\n  \
           <toml>:3:3   [auth] 2.blu: found \"blu\", expected `red` or `blue`; did you mean `blue`? [PP211]\n  \
           <toml>:4:10  [auth] 3.blue: found 1, expected `true` or `false` [PP211]",
    );
}
