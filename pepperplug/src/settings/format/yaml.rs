//! YAML text → tree, from the events of a parser of YAML 1.2.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::super::node::{Entry, Node, Value};
use super::super::problem::{Code, SettingsError};
use super::super::source::{Origin, Source};
use super::MAX_DEPTH;

/// As many values as aliases may add: a few lines of aliases to aliases are otherwise billions of them.
const MAX_ALIASED: usize = 100_000;

/// Parses the text of `source`.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(source: &Arc<Source>) -> Result<Node, SettingsError> {
    let mut builder = Builder {
        source,
        places: Places::of(source.text()),
        events: Parser::new_from_str(source.text()),
        anchors: HashMap::new(),
        aliased: 0,
    };
    builder.document()
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    places: Places,
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Node, usize)>,
    aliased: usize,
}

impl<'a> Builder<'a> {
    fn document(&mut self) -> Result<Node, SettingsError> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(
                        self.problem(span, "settings are one document; this begins another")
                    );
                }
                Event::Nothing
                | Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
        Ok(root.unwrap_or_else(|| Node::new(Origin::new(self.source, 0..0), Value::Null)))
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), SettingsError> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, SettingsError> {
        if depth > MAX_DEPTH {
            return Err(self.problem(span, "nested too deeply"));
        }
        let origin = self.origin(span);
        let (value, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                (self.scalar(&text, style, tag.as_deref(), span)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), "seq", span)?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), "map", span)?;
                (self.mapping(depth)?, anchor)
            }
            _ => return Err(self.problem(span, "a value is missing")),
        };
        let node = Node::new(origin, value);
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, SettingsError> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return Err(self.problem(span, "an alias within what it stands for"));
        };
        self.aliased += size;
        if self.aliased > MAX_ALIASED {
            return Err(self.problem(span, "the aliases stand for more than settings can be"));
        }
        // Where it is used is what its user looks for; what is in it stands elsewhere.
        Ok(Node::new(self.origin(span), node.value.clone()))
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, SettingsError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, SettingsError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, ()> = HashMap::new();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let (key, is_merge) = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, ..) => {
                    let is_merge = text == "<<" && style == ScalarStyle::Plain;
                    (text.into_owned(), is_merge)
                }
                _ => return Err(self.problem(span, "a key must be a text")),
            };
            let (event, value_span) = self.next()?;
            let node = self.node(event, value_span, depth + 1)?;
            if is_merge {
                merged.push((node, span));
                continue;
            }
            if seen.insert(key.clone(), ()).is_some() {
                return Err(self.problem(span, &format!("`{key}` is given twice")));
            }
            entries.push(Entry {
                key,
                origin: self.origin(span),
                node,
            });
        }
        for (node, span) in merged {
            self.merge(node, span, &mut entries)?;
        }
        Ok(Value::Table(entries))
    }

    /// `<<: *other`: what the table does not have itself is as in the other one.
    fn merge(&self, other: Node, span: Span, into: &mut Vec<Entry>) -> Result<(), SettingsError> {
        match other.value {
            Value::Table(entries) => {
                for entry in entries {
                    if into.iter().all(|own| own.key != entry.key) {
                        into.push(entry);
                    }
                }
                Ok(())
            }
            Value::Array(tables) => tables
                .into_iter()
                .try_for_each(|table| self.merge(table, span, into)),
            _ => Err(self.problem(span, "`<<` takes a table, or an array of tables")),
        }
    }

    /// A scalar as YAML's core schema reads it.
    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Value, SettingsError> {
        if let Some(tag) = tag {
            if is_core(tag, "str") || tag.handle.is_empty() && tag.suffix == "!" {
                return Ok(Value::String(text.to_owned()));
            }
            let is_plain = ["int", "float", "bool", "null"];
            if !is_plain.iter().any(|name| is_core(tag, name)) {
                return Err(self.tag(tag, span));
            }
        } else if style != ScalarStyle::Plain {
            return Ok(Value::String(text.to_owned()));
        }
        plain(text).ok_or_else(|| {
            let words = format!("the number `{text}` is too large");
            self.problem(span, &words)
        })
    }

    fn refuse_tag(&self, tag: Option<&Tag>, own: &str, span: Span) -> Result<(), SettingsError> {
        match tag {
            Some(tag) if !is_core(tag, own) => Err(self.tag(tag, span)),
            _ => Ok(()),
        }
    }

    fn tag(&self, tag: &Tag, span: Span) -> SettingsError {
        let words = format!("the tag `{tag}` means nothing in settings; remove it");
        self.problem(span, &words)
    }

    fn origin(&self, span: Span) -> Origin {
        let start = self.offset(span.start.line(), span.start.col());
        let end = self.offset(span.end.line(), span.end.col());
        Origin::new(self.source, start..end.max(start))
    }

    /// The offset of a place that the parser tells: a line from 1, and a column in characters, from 0.
    fn offset(&self, line: usize, column: usize) -> usize {
        self.places.offset(self.source.text(), line, column)
    }

    fn problem(&self, span: Span, words: &str) -> SettingsError {
        let start = self.offset(span.start.line(), span.start.col());
        let text = format!("not valid YAML: {words}");
        self.source.error(Some(start), Code::Syntax, text)
    }

    fn syntax(&self, error: &ScanError) -> SettingsError {
        let at = error.marker();
        let offset = self.offset(at.line(), at.col());
        let words = match error.info() {
            "recursion limit exceeded" => "nested too deeply",
            words => words,
        };
        let text = format!("not valid YAML: {words}");
        self.source.error(Some(offset), Code::Syntax, text)
    }
}

/// Where characters are in a text: a line may be as long as the file, and is not to be walked through for each place in it.
struct Places {
    /// How many characters there are before each line.
    lines: Vec<usize>,
    /// The offset of each character whose number is a multiple of `STEP`.
    steps: Vec<usize>,
}

const STEP: usize = 64;

impl Places {
    fn of(text: &str) -> Self {
        let (mut lines, mut steps) = (vec![0], Vec::new());
        for (number, (offset, c)) in text.char_indices().enumerate() {
            if number % STEP == 0 {
                steps.push(offset);
            }
            if c == '\n' {
                lines.push(number + 1);
            }
        }
        Self { lines, steps }
    }

    /// The offset of a line, from 1, and a column, from 0; the end of the text for what is beyond it.
    fn offset(&self, text: &str, line: usize, column: usize) -> usize {
        let place = |line: usize| {
            let number = self.lines.get(line)? + column;
            let step = self.steps.get(number / STEP)?;
            let (at, _) = text.get(*step..)?.char_indices().nth(number % STEP)?;
            Some(step + at)
        };
        place(line.saturating_sub(1)).unwrap_or(text.len())
    }
}

fn is_core(tag: &Tag, name: &str) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == name
}

/// How many values there are in a tree.
fn size(node: &Node) -> usize {
    let inner = match &node.value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Table(entries) => entries.iter().map(|entry| size(&entry.node)).sum(),
        _ => 0,
    };
    inner + 1
}

/// A scalar without quotes; none for a number that is too large.
fn plain(text: &str) -> Option<Value> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Boolean(true),
        "false" | "False" | "FALSE" => Value::Boolean(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        _ => return number(text),
    };
    Some(value)
}

fn number(text: &str) -> Option<Value> {
    let is_all =
        |digits: &str, radix| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text
            .strip_prefix(prefix)
            .filter(|digits| is_all(digits, radix))
        {
            return i128::from_str_radix(digits, radix).ok().map(Value::Integer);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_all(unsigned, 10) {
        return text.parse().ok().map(Value::Integer);
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |digits: &str| digits.is_empty() || is_all(digits, 10);
    let is_float = is_all(exponent, 10)
        && is_digits(whole)
        && is_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty());
    if !is_float {
        return Some(Value::String(text.to_owned()));
    }
    let float: f64 = text.parse().ok()?;
    float.is_finite().then_some(Value::Float(float))
}
