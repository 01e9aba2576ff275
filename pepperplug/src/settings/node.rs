//! Settings as a tree that knows where each part of it comes from.

use serde::de::Unexpected;
use toml::value::Datetime;

use super::path::{KeyPath, Step};
use super::source::{Origin, Source};
use super::wording::{describe, shorten};

/// A value and where it stands; of a table, where its header does.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(super) origin: Origin,
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
    /// What JSON and YAML call so.
    Null,
    /// A text that is read as what the type asks for: an environment variable knows no other.
    Text(Text),
    /// A repair: whatever the type asks for. It replaces what is missing or wrong, so that the rest can be checked too.
    /// The number counts how many texts a type has refused in its place.
    StandIn(usize),
    /// A repair: read as if it were not there. It keeps its place in the tree, so that all paths stay what they were.
    Gone,
}

/// A text of no type.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) raw: String,
    /// What it is where it is no string: a number, a boolean, a date, an array or a table.
    pub(super) parsed: Option<Box<Value>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(super) key: String,
    /// Of the key.
    pub(super) origin: Origin,
    pub(super) node: Node,
}

impl Entry {
    pub(super) fn is_table(&self) -> bool {
        matches!(self.node.shape(), Value::Table(_))
    }

    /// Whether it is a table without a header of its own, which is there only for what is in it.
    pub(super) fn is_implied(&self) -> bool {
        self.is_table() && self.node.origin.is_same(&self.origin)
    }

    /// Whether the key may be another that reads the same: environment variables have neither small letters nor dashes.
    pub(super) fn is_loose(&self) -> bool {
        self.origin.source.variable_name().is_some()
    }

    /// Which of `names` the key is.
    pub(super) fn name_among<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let exact = names.iter().find(|name| **name == self.key);
        let loose = || {
            if !self.is_loose() {
                return None;
            }
            let mut names = names.iter().filter(|name| reads_same(&self.key, name));
            names.next().filter(|_| names.next().is_none())
        };
        exact.or_else(loose).copied()
    }
}

/// Whether two keys are the same but for case, dashes and underscores.
pub(super) fn reads_same(a: &str, b: &str) -> bool {
    let letters = |key: &str| {
        let letters = key.chars().filter(|c| !matches!(c, '-' | '_'));
        letters.flat_map(char::to_lowercase).collect::<Vec<_>>()
    };
    letters(a) == letters(b)
}

/// The place of `key` in a table.
pub(super) fn position(entries: &[Entry], key: &str) -> Option<usize> {
    let exact = entries.iter().position(|entry| entry.key == key);
    let loose = || {
        entries
            .iter()
            .position(|entry| entry.is_loose() && reads_same(&entry.key, key))
    };
    exact.or_else(loose)
}

impl Node {
    pub(super) fn new(origin: Origin, value: Value) -> Self {
        Self { origin, value }
    }

    /// A table of nothing.
    pub(super) fn empty() -> Self {
        Self::new(Origin::whole(Source::nothing()), Value::Table(Vec::new()))
    }

    /// What it is, as far as that does not depend on what a type asks for.
    pub(super) fn shape(&self) -> &Value {
        match &self.value {
            Value::Text(Text {
                parsed: Some(parsed),
                ..
            }) => parsed,
            value => value,
        }
    }

    /// The value, to be changed in its parts: a text becomes what it was parsed as.
    pub(super) fn shape_mut(&mut self) -> &mut Value {
        if let Value::Text(Text {
            parsed: parsed @ Some(_),
            ..
        }) = &mut self.value
        {
            if let Some(parsed) = parsed.take() {
                self.value = *parsed;
            }
        }
        &mut self.value
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match self.shape() {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        let entries = self.entries();
        position(entries, key).map(|at| &entries[at])
    }

    pub(super) fn get(&self, path: &KeyPath) -> Option<&Self> {
        path.steps()
            .iter()
            .try_fold(self, |node, step| match (step, node.shape()) {
                (Step::Key(key), Value::Table(_)) => node.entry(key).map(|entry| &entry.node),
                (Step::Index(index), Value::Array(items)) => items.get(*index),
                _ => None,
            })
    }

    /// Where the key at the end of `path` stands, or the value where `path` does not end in a key.
    pub(super) fn key_origin(&self, path: &KeyPath) -> Option<&Origin> {
        match (path.parent(), path.last_key()) {
            (Some(parent), Some(key)) => Some(&self.get(&parent)?.entry(key)?.origin),
            _ => Some(&self.get(path)?.origin),
        }
    }

    /// Puts a repair in the place of what stands at `path`, adding it where there is nothing in a table.
    /// Says whether it could.
    pub(super) fn repair(&mut self, path: &KeyPath, repair: Value) -> bool {
        let mut node = self;
        for step in path.steps() {
            let next = match (step, node.shape_mut()) {
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
    pub(super) fn remove(&mut self, path: &[&str]) -> Option<Self> {
        let Value::Table(entries) = self.shape_mut() else {
            return None;
        };
        let (key, inner) = path.split_first()?;
        let at = position(entries, key)?;
        if inner.is_empty() {
            Some(entries.remove(at).node)
        } else {
            entries[at].node.remove(inner)
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
        matches!(self.shape(), Value::Array(_) | Value::Table(_))
    }

    /// The value as a message shows it.
    pub(super) fn describe(&self) -> String {
        match self.shape() {
            Value::String(string) | Value::Text(Text { raw: string, .. }) => {
                describe(&Unexpected::Str(string))
            }
            Value::Integer(integer) => integer.to_string(),
            Value::Float(float) => describe(&Unexpected::Float(*float)),
            Value::Boolean(boolean) => describe(&Unexpected::Bool(*boolean)),
            Value::Datetime(datetime) => shorten(&datetime.to_string()),
            Value::Array(_) => describe(&Unexpected::Seq),
            Value::Table(_) => describe(&Unexpected::Map),
            Value::Null => "null".to_owned(),
            Value::StandIn(_) | Value::Gone => describe(&Unexpected::Unit),
        }
    }
}

fn entry_or_insert<'a>(entries: &'a mut Vec<Entry>, key: &str) -> &'a mut Node {
    let at = position(entries, key).unwrap_or_else(|| {
        let node = Node::empty();
        entries.push(Entry {
            key: key.to_owned(),
            origin: node.origin.clone(),
            node: Node::new(node.origin, Value::Gone),
        });
        entries.len() - 1
    });
    &mut entries[at].node
}
