//! What types check of their values, told as everything else that is wrong with settings.

use garde::Validate;
use serde::Deserialize;

use super::{Wish, read_wishes, settings, wish};
use crate::settings::{Checked, Settings};
use crate::verdict::Checks;
use crate::verdict::otherwise::*;

#[derive(Debug, Deserialize, Validate)]
struct Auth {
    #[garde(range(min = 1))]
    token_ttl: u32,
    #[serde(default)]
    #[garde(length(min = 8))]
    password: String,
    #[serde(default)]
    #[garde(dive)]
    keys: Vec<Key>,
    #[serde(default, rename = "leewayMs")]
    #[garde(range(max = 10))]
    leeway: u32,
}

#[derive(Debug, Deserialize, Validate)]
struct Key {
    #[garde(custom(is_even))]
    bits: u32,
    #[serde(default)]
    #[garde(dive)]
    owner: Option<Owner>,
}

#[derive(Debug, Deserialize, Validate)]
#[garde(transparent)]
struct Owner(#[garde(ascii, length(min = 1))] String);

fn is_even(bits: &u32, (): &()) -> garde::Result {
    if bits % 2 == 0 {
        Ok(())
    } else {
        Err(garde::Error::new("must be even"))
    }
}

/// What is wrong with the section `auth`, read as a `T` that checks itself, and `cache`, which does not.
fn told(checked: Option<Checked>, text: &str) -> String {
    let cache = wish::<u8>("cache", "cache");
    let auth = Wish {
        parse: checked.expect("it checks its values").parse,
        ..wish::<Auth>("auth", "auth")
    };
    match read_wishes(&settings(text), &[auth, cache], &|_| false) {
        Ok(values) => format!("{} sections", values.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_fails_a_check_is_told_with_its_place_beside_all_else() {
    let text = "\
cache = -1
[auth]
token_ttl = 0
password = 'secret'
leewayMs = 11
keys = [{ bits = 2 }, { bits = 3, owner = 'ü' }]
";
    let expected = "\
6 problems in the settings
  <toml>:1:9   [cache]: found -1, expected an integer from 0 to 255 [PP211]
  <toml>:2:1   [auth] leeway: greater than 10 [PP205]
  <toml>:3:13  [auth] token_ttl: found 0: lower than 1 [PP205]
  <toml>:4:12  [auth] password: length is lower than 8 [PP205]
  <toml>:6:32  [auth] keys[1].bits: found 3: must be even [PP205]
  <toml>:6:43  [auth] keys[1].owner: not ascii [PP205]";
    assert_eq!(told(Checks::<Auth>::HOW, text), expected);
    let text =
        "cache = 1\nauth = { token_ttl = 1, password = 'long enough', keys = [{ bits = 2 }] }";
    assert_eq!(told(Checks::<Auth>::HOW, text), "2 sections");
}

#[test]
fn what_a_variable_says_is_told_by_its_name() {
    let variables = [
        ("APP__CACHE", "1"),
        ("APP__AUTH__TOKEN_TTL", "0"),
        ("APP__AUTH__PASSWORD", "short"),
    ];
    let settings = Settings::builder().env_from("APP", variables).build();
    let cache = wish::<u8>("cache", "cache");
    let auth = Wish {
        parse: Checks::<Auth>::HOW.expect("it checks its values").parse,
        ..wish::<Auth>("auth", "auth")
    };
    let read = read_wishes(&settings.expect("Unicode"), &[auth, cache], &|_| false);
    let expected = "\
2 problems in the settings
  APP__AUTH__PASSWORD   [auth] password: length is lower than 8 [PP205]
  APP__AUTH__TOKEN_TTL  [auth] token_ttl: found 0: lower than 1 [PP205]";
    assert_eq!(read.expect_err("both are wrong").to_string(), expected);
}

#[cfg(feature = "secrets")]
#[test]
fn what_is_secret_is_not_shown() {
    #[derive(Deserialize, Validate)]
    struct Lock {
        #[garde(custom(is_long))]
        pin: crate::Secret<u32>,
    }

    fn is_long(pin: &crate::Secret<u32>, (): &()) -> garde::Result {
        match pin.expose() {
            1000.. => Ok(()),
            _ => Err(garde::Error::new("too short")),
        }
    }

    let lock = Wish {
        parse: Checks::<Lock>::HOW.expect("it checks its values").parse,
        ..wish::<Lock>("lock", "lock")
    };
    let read = read_wishes(&settings("lock.pin = 12"), &[lock], &|_| false);
    let expected = "<toml>:1:12  [lock] pin: too short [PP205]";
    assert_eq!(read.expect_err("it is too short").to_string(), expected);
}

#[test]
fn what_cannot_be_read_is_not_checked() {
    let text = "cache = 1\n[auth]\ntoken_ttl = 'x'\npassword = 'short'";
    assert_eq!(
        told(Checks::<Auth>::HOW, text),
        "<toml>:3:13  [auth] token_ttl: found \"x\", expected an integer from 0 to 4294967295 [PP211]"
    );
}

#[test]
fn a_default_that_fails_a_check_is_told_at_the_section_or_at_the_file() {
    let text = "cache = 1\n\n[auth]\ntoken_ttl = 1";
    assert_eq!(
        told(Checks::<Auth>::HOW, text),
        "<toml>:3:1  [auth] password: length is lower than 8 [PP205]"
    );
    assert_eq!(told(Checks::<Option<Auth>>::HOW, "cache = 1"), "2 sections");
}

#[test]
fn only_types_that_can_be_checked_are() {
    #[derive(Deserialize)]
    struct Plain;

    #[derive(Deserialize, Validate)]
    #[garde(context(u8))]
    struct InContext {
        #[garde(skip)]
        _field: u8,
    }

    assert!(Checks::<Plain>::HOW.is_none());
    assert!(Checks::<InContext>::HOW.is_none());
    assert!(Checks::<Vec<Key>>::HOW.is_some());
}
