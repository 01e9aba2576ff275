//! How far reading goes on after a fault, and that it always ends.

use core::fmt;
use core::net::IpAddr;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::problems;

#[test]
fn a_value_that_a_type_refuses_hides_nothing_beside_it() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Net {
        first: IpAddr,
        second: Option<IpAddr>,
        inner: Inner,
        last: u8,
        absent: u8,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        ip: IpAddr,
        size: u8,
    }
    let text = "[auth]\nfirst = \"x\"\nsecond = \"y\"\ninner = { ip = 1, size = -1 }\nlast = -1\n";
    assert_eq!(
        problems::<Net>(text),
        "6 problems in the settings\n  \
           <toml>:1:1   [auth] absent: missing; expected an integer from 0 to 255 [PP213]\n  \
           <toml>:2:9   [auth] first: found \"x\": invalid IP address syntax [PP211]\n  \
           <toml>:3:10  [auth] second: found \"y\": invalid IP address syntax [PP211]\n  \
           <toml>:4:16  [auth] inner.ip: found 1, expected IP address [PP211]\n  \
           <toml>:4:26  [auth] inner.size: found -1, expected an integer from 0 to 255 [PP211]\n  \
           <toml>:5:8   [auth] last: found -1, expected an integer from 0 to 255 [PP211]",
    );
}

/// A type that no stand-in pleases.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Picky;

impl TryFrom<String> for Picky {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        if word == "please" {
            Ok(Self)
        } else {
            Err("one says please".to_owned())
        }
    }
}

#[test]
fn a_value_that_no_stand_in_pleases_hides_at_most_what_is_missing() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Auth {
        #[serde(default)]
        many: Vec<Picky>,
        maybe: Option<Picky>,
        before: u8,
        word: Picky,
        after: u8,
        size: u8,
    }
    let text = "[auth]\nword = \"x\"\nmany = [\"please\", \"y\"]\nmaybe = \"z\"\nsize = -1\n";
    // Whether `after` is missing cannot be told: the type asks for `word` before, and cannot do without it.
    assert_eq!(
        problems::<Auth>(text),
        "5 problems in the settings\n  \
           <toml>:1:1   [auth] before: missing; expected an integer from 0 to 255 [PP213]\n  \
           <toml>:2:8   [auth] word: found \"x\": one says please [PP211]\n  \
           <toml>:3:19  [auth] many[1]: found \"y\": one says please [PP211]\n  \
           <toml>:4:9   [auth] maybe: found \"z\": one says please [PP211]\n  \
           <toml>:5:8   [auth] size: found -1, expected an integer from 0 to 255 [PP211]",
    );
}

#[test]
fn a_type_that_holds_itself_does_not_go_on_for_ever() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Auth {
        rule: Rule,
        size: u8,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only read")]
    enum Rule {
        Both(Box<Rule>, Box<Rule>),
        Not(Box<Rule>),
        User(String),
    }
    assert_eq!(
        problems::<Auth>("[auth]\n"),
        "<toml>:1:1  [auth] rule: missing; expected `both`, `not` or `user` [PP213]",
    );
    assert_eq!(
        problems::<Auth>(
            "[auth]\nrule = { not = { both = [{ user = 1 }, { use = 1 }] } }\nsize = -1\n"
        ),
        "3 problems in the settings\n  \
           <toml>:2:35  [auth] rule.not.both[0].user: found 1, expected a string [PP211]\n  \
           <toml>:2:42  [auth] rule.not.both[1].use: found \"use\", expected `both`, `not` or `user`; did you mean `user`? [PP211]\n  \
           <toml>:3:8   [auth] size: found -1, expected an integer from 0 to 255 [PP211]",
    );
}

/// A type whose own code goes wrong in a way that says nothing true of the text.
#[derive(Debug)]
struct Odd;

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Odd;

        impl<'de> Visitor<'de> for Odd {
            type Value = super::repairs::Odd;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("something odd")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // A value before its key.
                if let Err(error) = map.next_value::<u8>() {
                    return Err(A::Error::custom(format!("odd: {error}")));
                }
                Err(A::Error::unknown_field("bogus", &["other"]))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                match number {
                    0 => Err(E::unknown_field("bogus", &["other"])),
                    1 => Err(E::missing_field("bogus")),
                    2 => Err(E::duplicate_field("bogus")),
                    _ => Err(E::invalid_length(5, &"a tuple of size 2")),
                }
            }
        }

        deserializer.deserialize_any(Odd)
    }
}

#[test]
fn a_type_that_blames_what_is_not_there_is_quoted_at_its_value() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Auth {
        odd: Odd,
        last: u8,
    }
    let odd = |value: &str| problems::<Auth>(&format!("[auth]\nodd = {value}\nlast = 1\n"));
    let tell = |text: &str| format!("<toml>:2:7  [auth] odd: {text} [PP211]");
    assert_eq!(odd("{}"), tell("odd: a value was read before its key"));
    assert_eq!(odd("0"), tell("no such key: `bogus`"));
    assert_eq!(odd("1"), tell("`bogus` is missing"));
    assert_eq!(odd("2"), tell("`bogus` is given twice, under two names"));
    assert_eq!(odd("3"), tell("found 5 elements, expected 2"));
    assert_eq!(
        problems::<Odd>("auth = 0\n"),
        "<toml>:1:8  [auth]: no such key: `bogus` [PP211]"
    );
    assert_eq!(
        problems::<Odd>("auth = 1\n"),
        "<toml>:1:8  [auth]: `bogus` is missing [PP211]"
    );
}

#[test]
fn tells_no_more_problems_than_anybody_reads() {
    let text = format!("[auth]\nlist = [{}]\n", "-1, ".repeat(1000));
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Auth {
        list: Vec<u8>,
    }
    assert!(problems::<Auth>(&text).starts_with("100 problems in the settings\n"));
}
