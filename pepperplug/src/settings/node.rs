//! Settings as a tree that knows where in the text each part of it stands.

use core::ops::Range;

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};
use toml::value::Datetime;

use super::path::{KeyPath, Step};
use super::wording::{describe, shorten};
use serde::de::Unexpected;

/// A value and the place of its text; of a table, that of its header.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    String(String),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    Datetime(Datetime),
    Array(Vec<Node>),
    /// The entries, in the order of the text.
    Table(Vec<Entry>),
    /// A repair: whatever the type asks for. It replaces what is missing or wrong, so that the rest can be checked too.
    /// The number counts how many texts a type has refused in its place.
    StandIn(usize),
    /// A repair: read as if it were not there. It keeps its place in the tree, so that all paths stay what they were.
    Gone,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) span: Range<usize>,
    pub(super) node: Node,
}

impl Entry {
    pub(super) fn is_table(&self) -> bool {
        matches!(self.node.value, Value::Table(_))
    }
}

/// A number that TOML's grammar allows and we cannot hold.
pub(super) struct OutOfRange(pub(super) Range<usize>);

impl Node {
    pub(super) fn table(span: Range<usize>, table: &DeTable<'_>) -> Result<Self, OutOfRange> {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            Ok(Entry {
                key: String::from(AsRef::<str>::as_ref(key.get_ref())),
                span: key.span(),
                node: Self::new(value)?,
            })
        };
        let mut entries = table.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| entry.span.start);
        Ok(Self {
            span,
            value: Value::Table(entries),
        })
    }

    fn new(value: &Spanned<DeValue<'_>>) -> Result<Self, OutOfRange> {
        let span = value.span();
        let value = match value.get_ref() {
            DeValue::String(string) => Value::String(string.as_ref().to_owned()),
            DeValue::Integer(integer) => parse_integer(integer, &span)?,
            DeValue::Float(float) => parse_float(float, &span)?,
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(array) => {
                Value::Array(array.iter().map(Self::new).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => return Self::table(span, table),
        };
        Ok(Self { span, value })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    pub(super) fn get(&self, path: &KeyPath) -> Option<&Self> {
        path.steps()
            .iter()
            .try_fold(self, |node, step| match (step, &node.value) {
                (Step::Key(key), Value::Table(_)) => node.entry(key).map(|entry| &entry.node),
                (Step::Index(index), Value::Array(items)) => items.get(*index),
                _ => None,
            })
    }

    /// The place of the key at the end of `path`, or of the value where `path` does not end in a key.
    pub(super) fn key_span(&self, path: &KeyPath) -> Option<Range<usize>> {
        match (path.parent(), path.last_key()) {
            (Some(parent), Some(key)) => Some(self.get(&parent)?.entry(key)?.span.clone()),
            _ => Some(self.get(path)?.span.clone()),
        }
    }

    /// Puts a repair in the place of what stands at `path`, adding it where there is nothing in a table.
    /// Says whether it could.
    pub(super) fn repair(&mut self, path: &KeyPath, repair: Value) -> bool {
        let mut node = self;
        for step in path.steps() {
            let next = match (step, &mut node.value) {
                (Step::Key(key), Value::Table(entries)) => Some(entry_or_insert(entries, key)),
                (Step::Index(index), Value::Array(items)) => items.get_mut(*index),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        node.value = repair;
        true
    }

    /// Takes what stands at `path`, a key in a table, out of the tree.
    pub(super) fn remove(&mut self, path: &[&str]) {
        let Value::Table(entries) = &mut self.value else {
            return;
        };
        match path {
            [] => {}
            [key] => entries.retain(|entry| entry.key != *key),
            [key, inner @ ..] => {
                if let Some(entry) = entries.iter_mut().find(|entry| entry.key == *key) {
                    entry.node.remove(inner);
                }
            }
        }
    }

    /// Whether this is, or holds, anything else than what the text says.
    pub(super) fn is_repaired(&self) -> bool {
        match &self.value {
            Value::StandIn(_) | Value::Gone => true,
            Value::Array(items) => items.iter().any(Self::is_repaired),
            Value::Table(entries) => entries.iter().any(|entry| entry.node.is_repaired()),
            _ => false,
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        matches!(self.value, Value::Gone)
    }

    pub(super) fn is_container(&self) -> bool {
        matches!(self.value, Value::Array(_) | Value::Table(_))
    }

    /// The value as a message shows it.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::String(string) => describe(&Unexpected::Str(string)),
            Value::Integer(integer) => integer.to_string(),
            Value::Float(float) => describe(&Unexpected::Float(*float)),
            Value::Boolean(boolean) => describe(&Unexpected::Bool(*boolean)),
            Value::Datetime(datetime) => shorten(&datetime.to_string()),
            Value::Array(_) => describe(&Unexpected::Seq),
            Value::Table(_) => describe(&Unexpected::Map),
            Value::StandIn(_) | Value::Gone => describe(&Unexpected::Unit),
        }
    }
}

fn entry_or_insert<'a>(entries: &'a mut Vec<Entry>, key: &str) -> &'a mut Node {
    let at = entries.iter().position(|entry| entry.key == key);
    let at = at.unwrap_or_else(|| {
        entries.push(Entry {
            key: key.to_owned(),
            span: 0..0,
            node: Node {
                span: 0..0,
                value: Value::Gone,
            },
        });
        entries.len() - 1
    });
    &mut entries[at].node
}

fn parse_integer(integer: &DeInteger<'_>, span: &Range<usize>) -> Result<Value, OutOfRange> {
    let parsed = i128::from_str_radix(integer.as_str(), integer.radix());
    parsed
        .map(Value::Integer)
        .map_err(|_| OutOfRange(span.clone()))
}

fn parse_float(float: &DeFloat<'_>, span: &Range<usize>) -> Result<Value, OutOfRange> {
    match float.as_str().parse::<f64>() {
        // Rust reads a number that is too large as infinity.
        Ok(number) if number.is_finite() || float.as_str().contains("inf") => {
            Ok(Value::Float(number))
        }
        Ok(number) if number.is_nan() => Ok(Value::Float(number)),
        _ => Err(OutOfRange(span.clone())),
    }
}
