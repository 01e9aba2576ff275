//! TOML text → tree.

use core::ops::Range;

use toml::de::{DeTable, Error};

use super::node::{Node, OutOfRange};
use super::problem::{SettingsError, SettingsProblem};
use super::source::{Position, Source};

/// Parses the text of `source`.
///
/// # Errors
///
/// The first mistake of every line that has one.
pub(super) fn parse(source: &Source) -> Result<Node, SettingsError> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        return Err(SettingsError::new(problems(source, &errors)));
    }
    Node::table(table.span(), table.get_ref()).map_err(|OutOfRange(span)| {
        let text = format!(
            "not valid TOML: the number `{}` is too large",
            slice(source, &span)
        );
        let position = source.position(span.start);
        SettingsError::new(vec![SettingsProblem::syntax(
            source.name(),
            Some(position),
            text,
        )])
    })
}

fn problems(source: &Source, errors: &[Error]) -> Vec<SettingsProblem> {
    let place = |error: &Error| error.span().map(|span| source.position(span.start));
    let mut errors: Vec<(Option<Position>, &Error)> =
        errors.iter().map(|error| (place(error), error)).collect();
    errors.sort_by_key(|(position, _)| *position);
    // The parser goes on after a mistake as best it can; the rest of the line is then mostly a consequence of it.
    errors.dedup_by_key(|(position, _)| position.map(|position| position.line));
    let problem = |(position, error): (Option<Position>, &Error)| {
        let text = format!("not valid TOML: {}", explain(source, error));
        SettingsProblem::syntax(source.name(), position, text)
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
