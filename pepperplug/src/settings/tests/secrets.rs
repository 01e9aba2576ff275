//! Values that no message shows.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::section::{Section, find};
use super::{problems, read, settings};
use crate::Secret;

const WORD: &str = "hunter2";

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read and not used")]
struct Auth {
    key: Secret<String>,
    #[serde(default)]
    pins: Vec<Secret<u16>>,
    mode: Option<Secret<Mode>>,
    own: Option<Secret<Own>>,
}

#[derive(Debug, Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Fast,
    Slow,
}

impl zeroize::Zeroize for Mode {
    fn zeroize(&mut self) {
        *self = Self::default();
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Own(String);

impl zeroize::Zeroize for Own {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl TryFrom<String> for Own {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("`{text}` is refused"))
    }
}

#[test]
fn it_is_read_and_not_printed() {
    let auth = read::<Auth>("auth = { key = 'hunter2', pins = [1234] }").expect("sound settings");
    assert_eq!(auth.key.expose(), WORD);
    assert_eq!(
        format!("{auth:?}"),
        "Auth { key: Secret(..), pins: [Secret(..)], mode: None, own: None }"
    );
}

#[test]
fn messages_do_not_show_it() {
    let text = problems::<Auth>(
        "[auth]\nkey = 1234\npins = [5, 'hunter2', 70000]\nmode = 'hunter2'\nown = 'hunter2'\n",
    );
    assert_eq!(
        text,
        "5 problems in the settings\n  \
           <toml>:2:7   [auth] key: found a secret value, expected a string [PP211]\n  \
           <toml>:3:12  [auth] pins[1]: found a secret value, expected an integer from 0 to 65535 [PP211]\n  \
           <toml>:3:23  [auth] pins[2]: found a secret value, expected an integer from 0 to 65535 [PP211]\n  \
           <toml>:4:8   [auth] mode: found a secret value, expected `fast` or `slow` [PP211]\n  \
           <toml>:5:7   [auth] own: found a secret value that its type does not accept [PP211]",
    );
    assert_eq!(
        problems::<Auth>("[auth]\nkye = 'hunter2'\n"),
        "<toml>:2:1  [auth] kye: no such key; did you mean `key`? [PP212]",
    );
    assert_eq!(
        problems::<Auth>("[auth]\n"),
        "<toml>:1:1  [auth] key: missing; expected a string [PP213]",
    );
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read and not used")]
struct Outer {
    name: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read and not used")]
struct Inner {
    pin: Secret<u16>,
}

#[test]
fn messages_do_not_show_what_serde_has_in_a_buffer() {
    let text = problems::<Outer>("auth = { name = 'x', pin = 'hunter2' }");
    assert!(
        text.contains("found a secret value, expected an integer from 0 to 65535"),
        "{text}"
    );
    assert!(!text.contains(WORD), "{text}");
}

/// The paths that are found to be secret.
fn secrets<T: serde::de::DeserializeOwned>(text: &str) -> Vec<String> {
    let settings = settings(text);
    let node = find(settings.root(), "auth", &[]);
    let section = Section::new(&settings, None, "auth", node);
    section.read::<T>().map(drop).expect("sound settings");
    section.secrets().iter().map(ToString::to_string).collect()
}

#[test]
fn where_they_stand_is_known() {
    assert_eq!(
        secrets::<Auth>("auth = { key = 'x', pins = [1, 2], mode = 'slow' }"),
        ["key", "mode", "pins[0]", "pins[1]"]
    );
    assert_eq!(
        secrets::<BTreeMap<String, u8>>("auth = { key = 1 }"),
        [""; 0]
    );
    // Of what serde has in a buffer anything may be one; `name` it has not.
    let found = secrets::<Outer>("auth = { name = 'x', pin = 1, more = { a = 1 } }");
    assert_eq!(found, ["more", "more.a", "pin"]);
}

#[test]
fn the_value_is_overwritten_when_it_is_dropped() {
    use std::cell::Cell;
    use std::rc::Rc;

    struct Seen(Rc<Cell<bool>>);

    impl zeroize::Zeroize for Seen {
        fn zeroize(&mut self) {
            self.0.set(true);
        }
    }

    let seen = Rc::new(Cell::new(false));
    drop(Secret::new(Seen(Rc::clone(&seen))));
    assert!(seen.get());
}
