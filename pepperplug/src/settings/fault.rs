//! Why a value could not be read: serde's errors, with their parts and their place kept apart.

use core::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::hidden::{SHOWN, is_reading};
use super::path::{KeyPath, Trail};
use super::wording::{describe, expectation, not_a_variant};

/// What serde calls an error. Boxed, because every step of reading returns a `Result` of it.
#[derive(Debug)]
pub(super) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    at: Option<Place>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A value of the wrong type, or out of range.
    Type {
        found: String,
        expected: String,
    },
    /// A word that is none of those allowed.
    Variant {
        found: String,
        word: Option<String>,
        allowed: &'static [&'static str],
    },
    Length {
        length: usize,
        expected: String,
    },
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    MissingKey {
        key: &'static str,
    },
    /// The same key twice: TOML refuses that, so under two names, of which one is an alias.
    RepeatedKey {
        key: &'static str,
    },
    /// What a type says in its own words.
    Refused(String),
    /// Something wrong with a secret, in words that do not show it.
    Hidden(String),
}

/// Where a fault is: at a value, or at the key of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: KeyPath,
    pub(super) on_key: bool,
}

impl Fault {
    pub(super) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, at: None }))
    }

    /// Places the fault at the value at `trail`, unless a value further in has it already.
    pub(super) fn at(self, trail: Trail<'_>) -> Self {
        self.place(trail, false)
    }

    /// Places the fault at the key of the value at `trail`.
    pub(super) fn at_key(self, trail: Trail<'_>) -> Self {
        self.place(trail, true)
    }

    fn place(mut self, trail: Trail<'_>, on_key: bool) -> Self {
        self.0.at.get_or_insert_with(|| Place {
            path: trail.to_path(),
            on_key,
        });
        self
    }

    /// What is wrong, and where. What nobody placed is wrong with the section as a whole.
    pub(super) fn into_parts(self) -> (Kind, Place) {
        let root = Place {
            path: KeyPath::default(),
            on_key: false,
        };
        (self.0.kind, self.0.at.unwrap_or(root))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // For types that look into the errors of their parts; problems are worded elsewhere.
        match &self.0.kind {
            Kind::Type { found, expected } => write!(f, "found {found}, expected {expected}"),
            Kind::Variant { found, .. } => write!(f, "found {found}, which is not allowed"),
            Kind::Length { length, expected } => {
                write!(f, "found {length} elements, expected {expected}")
            }
            Kind::UnknownKey { key, .. } => write!(f, "no such key: `{key}`"),
            Kind::MissingKey { key } => write!(f, "missing: `{key}`"),
            Kind::RepeatedKey { key } => write!(f, "given twice: `{key}`"),
            Kind::Refused(text) | Kind::Hidden(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        if is_reading() {
            return Self::new(Kind::Hidden(format!(
                "found {SHOWN} that its type does not accept"
            )));
        }
        let message = message.to_string();
        // A type that flattens another and denies unknown fields reports them as text.
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.strip_suffix('`'));
        match unknown {
            Some(key) => Self::unknown_field(key, &[]),
            None => Self::new(Kind::Refused(message)),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        if is_reading() {
            let expected = expectation(&expected.to_string());
            return Self::new(Kind::Hidden(format!("found {SHOWN}, expected {expected}")));
        }
        Self::new(Kind::Type {
            found: describe(&found),
            expected: expected.to_string(),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(Kind::Length {
            length,
            expected: expected.to_string(),
        })
    }

    fn unknown_variant(word: &str, allowed: &'static [&'static str]) -> Self {
        if is_reading() {
            return Self::new(Kind::Hidden(not_a_variant(SHOWN, None, allowed)));
        }
        Self::new(Kind::Variant {
            found: describe(&Unexpected::Str(word)),
            word: Some(word.to_owned()),
            allowed,
        })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownKey {
            key: key.to_owned(),
            known,
        })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Kind::MissingKey { key })
    }

    fn duplicate_field(key: &'static str) -> Self {
        Self::new(Kind::RepeatedKey { key })
    }
}
