//! JSON text → tree.
//!
//! serde_json knows no places, but a `RawValue` is a slice of the text, so where it stands can be told. Each level is parsed
//! again by the one below it; levels are few.

use core::fmt;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::node::{Entry, Node, Value};
use super::super::problem::{Code, SettingsError};
use super::super::source::{Origin, Source};
use super::MAX_DEPTH;

/// Parses the text of `source`.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(source: &Arc<Source>) -> Result<Node, SettingsError> {
    let tree = Tree { source };
    let text = source.text();
    // Its errors have line and column of the text as a whole.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(tree.syntax(&error));
    }
    tree.node(text.trim_matches(is_space), 0)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

struct Tree<'a> {
    source: &'a Arc<Source>,
}

impl<'a> Tree<'a> {
    /// The node of a slice of the text that is one value.
    fn node(&self, raw: &'a str, depth: usize) -> Result<Node, SettingsError> {
        let start = self.offset(raw);
        if depth > MAX_DEPTH {
            let text = "not valid JSON: nested too deeply".to_owned();
            return Err(self.source.error(Some(start), Code::Syntax, text));
        }
        let value = match raw.as_bytes().first() {
            Some(b'{') => self.table(raw, depth)?,
            Some(b'[') => {
                let items: Vec<&RawValue> = self.read(raw)?;
                let items = items
                    .into_iter()
                    .map(|item| self.node(item.get(), depth + 1));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::String(self.read::<Cow<'_, str>>(raw)?.into_owned()),
            Some(b't' | b'f') => Value::Boolean(self.read(raw)?),
            Some(b'n') => Value::Null,
            _ => self.number(raw)?,
        };
        let origin = Origin::new(self.source, start..start + raw.len());
        Ok(Node::new(origin, value))
    }

    fn table(&self, raw: &'a str, depth: usize) -> Result<Value, SettingsError> {
        let Members(members) = self.read(raw)?;
        let mut entries: Vec<Entry> = Vec::with_capacity(members.len());
        let mut seen: HashMap<String, ()> = HashMap::with_capacity(members.len());
        // A key begins after the brace, or after the value and the comma before it.
        let mut end = self.offset(raw) + 1;
        for (key, value) in members {
            let between = self.source.text().get(end..).unwrap_or_default();
            let start = end + between.find('"').unwrap_or_default();
            let value = value.get();
            end = self.offset(value) + value.len();
            if seen.insert(key.clone(), ()).is_some() {
                let text = format!("not valid JSON: `{key}` is given twice");
                return Err(self.source.error(Some(start), Code::Syntax, text));
            }
            let node = self.node(value, depth + 1)?;
            // As a TOML header, an object stands where its key does.
            let origin = Origin::new(self.source, start..start + key.len() + 2);
            entries.push(Entry { key, origin, node });
        }
        Ok(Value::Table(entries))
    }

    fn number(&self, raw: &str) -> Result<Value, SettingsError> {
        if let Ok(integer) = raw.parse::<i128>() {
            return Ok(Value::Integer(integer));
        }
        match raw.parse::<f64>() {
            Ok(float) if float.is_finite() && raw.contains(['.', 'e', 'E']) => {
                Ok(Value::Float(float))
            }
            _ => {
                let text = format!("not valid JSON: the number `{raw}` is too large");
                let start = Some(self.offset(raw));
                Err(self.source.error(start, Code::Syntax, text))
            }
        }
    }

    fn read<T: Deserialize<'a>>(&self, raw: &'a str) -> Result<T, SettingsError> {
        // The text as a whole was found to be valid.
        serde_json::from_str(raw).map_err(|error| {
            let text = format!("not valid JSON: {}", words(&error));
            let start = Some(self.offset(raw));
            self.source.error(start, Code::Syntax, text)
        })
    }

    /// Where a slice of the text begins.
    fn offset(&self, slice: &str) -> usize {
        (slice.as_ptr() as usize).saturating_sub(self.source.text().as_ptr() as usize)
    }

    fn syntax(&self, error: &serde_json::Error) -> SettingsError {
        let text = self.source.text();
        let lines = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let line_start: usize = lines.map(str::len).sum();
        // It counts in bytes, up to the one that it did not expect.
        let mut offset = (line_start + error.column().saturating_sub(1)).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let words = match text[offset..].starts_with(['}', ']']) {
            true if text[..offset].trim_end().ends_with(',') => TRAILING_COMMA.to_owned(),
            _ => words(error),
        };
        let words = format!("not valid JSON: {words}");
        self.source.error(Some(offset), Code::Syntax, words)
    }
}

const TRAILING_COMMA: &str = "a comma after the last value; remove it";

/// The parser's message without the place, which stands in front.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(text, _)| text);
    match text {
        "expected value" => "a value is missing, or a string without its quotes".to_owned(),
        "key must be a string" => "a key must stand in quotes".to_owned(),
        other => other.replace("EOF while parsing", "the text ends within"),
    }
}

/// The members of an object, repeated ones included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}
