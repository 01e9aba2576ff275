//! The sound options of one attribute, by key.

use syn::{Ident, LitStr, Path, Type};

use super::value::{Number, Value};

/// What [`super::parse`] found.
#[derive(Default)]
pub(crate) struct Options {
    /// The string that stands first; `Some(None)` when it has a fault, which is reported.
    pub(super) leading: Option<Option<LitStr>>,
    pub(super) entries: Vec<Entry>,
}

pub(super) struct Entry {
    pub(super) key: Ident,
    pub(super) name: &'static str,
    /// Nothing when the value had a fault, which is reported; the key still counts as given.
    pub(super) value: Option<Value>,
}

/// The value of a priority option as written.
pub(crate) enum PriorityValue {
    Word(Ident),
    Number(Number),
}

impl Options {
    /// The keys that were given, in the order written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Ident> {
        self.entries.iter().map(|entry| &entry.key)
    }

    /// The string that stands first. Where there is none at all, `absent` reports it.
    pub(crate) fn leading(&mut self, absent: impl FnOnce()) -> Option<LitStr> {
        if self.leading.is_none() {
            absent();
        }
        self.leading.take().flatten()
    }

    /// The key of an option, whether or not its value was sound.
    pub(crate) fn key(&self, name: &str) -> Option<Ident> {
        self.entries
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| entry.key.clone())
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<LitStr> {
        self.take(name, |value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }

    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<LitStr>> {
        self.take(name, |value| match value {
            Value::Texts(texts) => Some(texts),
            _ => None,
        })
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<Number> {
        self.take(name, |value| match value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    }

    pub(crate) fn word(&mut self, name: &str) -> Option<Ident> {
        self.take(name, |value| match value {
            Value::Word(word) => Some(word),
            _ => None,
        })
    }

    pub(crate) fn priority(&mut self, name: &str) -> Option<PriorityValue> {
        self.take(name, |value| match value {
            Value::Word(word) => Some(PriorityValue::Word(word)),
            Value::Number(number) => Some(PriorityValue::Number(number)),
            _ => None,
        })
    }

    pub(crate) fn types(&mut self, name: &str) -> Option<Vec<Type>> {
        self.take(name, |value| match value {
            Value::Types(types) => Some(types),
            _ => None,
        })
    }

    pub(crate) fn ty(&mut self, name: &str) -> Option<Type> {
        self.take(name, |value| match value {
            Value::Type(ty) => Some(*ty),
            _ => None,
        })
    }

    pub(crate) fn path(&mut self, name: &str) -> Option<Path> {
        self.take(name, |value| match value {
            Value::Path(path) => Some(path),
            _ => None,
        })
    }

    fn take<T>(&mut self, name: &str, as_kind: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let entry = self.entries.iter_mut().find(|entry| entry.name == name)?;
        entry.value.take().and_then(as_kind)
    }
}
