//! TOML text → tree.

use core::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue, Error};

use super::super::node::{Entry, Node, Value};
use super::super::problem::{Code, SettingsError, SettingsProblem};
use super::super::source::{Origin, Position, Source};

/// Parses the text of `source`.
///
/// # Errors
///
/// The first mistake of every line that has one.
pub(super) fn parse(source: &Arc<Source>) -> Result<Node, SettingsError> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        return Err(SettingsError::new(problems(source, &errors)));
    }
    let tree = Tree { source };
    tree.table(table.span(), table.get_ref())
        .map_err(|OutOfRange(span)| {
            let text = format!(
                "not valid TOML: the number `{}` is too large",
                slice(source, &span)
            );
            source.error(Some(span.start), Code::Syntax, text)
        })
}

/// The value that `text` is, all of it, with `source` for the origin of its parts. None where it is no value of TOML.
pub(in crate::settings) fn parse_value(text: &str, source: &Arc<Source>) -> Option<Value> {
    let value = DeValue::parse(text).ok()?;
    // The parser takes a comment for no part of the value; in a text that is a value and nothing else, it is.
    let is_all = value.span() == (0..text.len());
    let node = Tree { source }.node(&value).ok()?;
    is_all.then(|| in_one_place(node, source).value)
}

/// A tree in which nothing has a place of its own.
fn in_one_place(mut node: Node, source: &Arc<Source>) -> Node {
    node.origin = Origin::new(source, 0..0);
    match &mut node.value {
        Value::Array(items) => {
            for item in items {
                let empty = Node::new(node.origin.clone(), Value::Null);
                *item = in_one_place(core::mem::replace(item, empty), source);
            }
        }
        Value::Table(entries) => {
            for entry in entries {
                entry.origin = node.origin.clone();
                let empty = Node::new(node.origin.clone(), Value::Null);
                entry.node = in_one_place(core::mem::replace(&mut entry.node, empty), source);
            }
        }
        _ => {}
    }
    node
}

/// A number that TOML's grammar allows and we cannot hold.
struct OutOfRange(Range<usize>);

struct Tree<'a> {
    source: &'a Arc<Source>,
}

impl Tree<'_> {
    fn table(&self, span: Range<usize>, table: &DeTable<'_>) -> Result<Node, OutOfRange> {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            Ok(Entry {
                key: String::from(AsRef::<str>::as_ref(key.get_ref())),
                origin: Origin::new(self.source, key.span()),
                node: self.node(value)?,
            })
        };
        let mut entries = table.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| entry.origin.start);
        Ok(Node::new(
            Origin::new(self.source, span),
            Value::Table(entries),
        ))
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, OutOfRange> {
        let span = value.span();
        let value = match value.get_ref() {
            DeValue::String(string) => Value::String(string.as_ref().to_owned()),
            DeValue::Integer(integer) => parse_integer(integer, &span)?,
            DeValue::Float(float) => parse_float(float, &span)?,
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(array) => {
                let items = array.iter().map(|item| self.node(item));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => return self.table(span, table),
        };
        Ok(Node::new(Origin::new(self.source, span), value))
    }
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

fn problems(source: &Source, errors: &[Error]) -> Vec<SettingsProblem> {
    let place = |error: &Error| error.span().map(|span| source.position(span.start));
    let mut errors: Vec<(Option<Position>, &Error)> =
        errors.iter().map(|error| (place(error), error)).collect();
    errors.sort_by_key(|(position, _)| *position);
    // The parser goes on after a mistake as best it can; the rest of the line is then mostly a consequence of it.
    errors.dedup_by_key(|(position, _)| position.map(|position| position.line));
    let problem = |(_, error): (_, &Error)| {
        let text = format!("not valid TOML: {}", explain(source, error));
        let offset = error.span().map(|span| span.start);
        source.problem(offset, Code::Syntax, text)
    };
    errors.into_iter().map(problem).collect()
}

/// The parser's message, where a better one is known in better words.
fn explain(source: &Source, error: &Error) -> String {
    let found = error.span().map_or("", |span| slice(source, &span).trim());
    match error.message() {
        "duplicate key" => format!("`{found}` is given twice"),
        "recursion limit" => "nested too deeply".to_owned(),
        message if message.starts_with("string values must be quoted") => match found {
            "" => "the value is missing".to_owned(),
            word => format!("`{word}` is no value; a string must stand in quotes"),
        },
        message => message
            .strip_suffix(", expected nothing")
            .unwrap_or(message)
            .to_owned(),
    }
}

fn slice<'a>(source: &'a Source, span: &Range<usize>) -> &'a str {
    source.text().get(span.clone()).unwrap_or_default()
}
