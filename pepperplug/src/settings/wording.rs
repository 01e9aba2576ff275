//! The words of settings problems: serde's terms, put as the author of a settings file would.

use serde::de::Unexpected;

use crate::suggest::nearest;

/// As much of a value as a line has room for.
const SHOWN_CHARS: usize = 40;
/// As many names as a reader looks through.
const SHOWN_NAMES: usize = 12;

/// What was found, where a type did not expect it.
pub(super) fn describe(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => describe_float(*value),
        Unexpected::Char(value) => format!("{:?}", value.to_string()),
        Unexpected::Str(value) => format!("{:?}", shorten(value)),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        other => shorten(&other.to_string()),
    }
}

/// A float as TOML writes it: with its point, so that it does not look like an integer.
fn describe_float(value: f64) -> String {
    let text = value.to_string().to_lowercase();
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == '-');
    if is_plain { text + ".0" } else { text }
}

/// The beginning of a text that may be long, on one line.
pub(super) fn shorten(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A message on one line: each problem is one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a type expects. The types of the standard library and derived ones say it in Rust's words; others in their own.
pub(super) fn expectation(expected: &str) -> String {
    let words = match expected {
        "a boolean" => "`true` or `false`",
        "f32" | "f64" => "a number",
        "a character" => "a string of one character",
        "path string" | "os string" | "a borrowed string" => "a string",
        "a sequence" | "byte array" => "an array",
        "a map" => "a table",
        "i64" | "i128" | "isize" => "an integer",
        "u64" | "u128" | "usize" => "an integer, not negative",
        "a nonzero u64" | "a nonzero u128" | "a nonzero usize" => "an integer of at least 1",
        "i8" => "an integer from -128 to 127",
        "i16" => "an integer from -32768 to 32767",
        "i32" => "an integer from -2147483648 to 2147483647",
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" => "an integer from 0 to 4294967295",
        "a nonzero u8" => "an integer from 1 to 255",
        "a nonzero u16" => "an integer from 1 to 65535",
        "a nonzero u32" => "an integer from 1 to 4294967295",
        other => return derived_expectation(other),
    };
    words.to_owned()
}

/// What a derived type expects: serde names it with the name of the type, which the file's author does not know.
fn derived_expectation(expected: &str) -> String {
    let is = |prefix: &str| expected.starts_with(prefix);
    if let Some(size) = element_count(expected) {
        format!("an array of {size}")
    } else if is("tuple struct ") || is("tuple variant ") {
        "an array".to_owned()
    } else if is("struct ") || is("internally tagged enum ") || is("adjacently tagged enum ") {
        "a table".to_owned()
    } else {
        one_line(expected)
    }
}

/// The number of elements in serde's words for arrays and tuples of a fixed length.
fn element_count(expected: &str) -> Option<&str> {
    if let Some(size) = expected
        .strip_prefix("a tuple of size ")
        .or(expected.strip_prefix("an array of length "))
    {
        return Some(size);
    }
    let (kind, count) = expected.rsplit_once(" with ")?;
    let size = count
        .strip_suffix(" elements")
        .or(count.strip_suffix(" element"))?;
    kind.starts_with("tuple ").then_some(size)
}

/// `` `a`, `b` or `c` ``.
pub(super) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

/// How to go on from a name that is none of `names`: the one that was meant, or those there are.
pub(super) fn instead(word: &str, names: &[&str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None if names.is_empty() || names.len() > SHOWN_NAMES => String::new(),
        None => format!("; expected {}", one_of(names)),
    }
}

/// The words for a value that is not one of the allowed names.
pub(super) fn not_a_variant(found: &str, word: Option<&str>, names: &[&str]) -> String {
    let guess = word.and_then(|word| nearest(word, names.iter().copied()));
    let guess = guess.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    if names.is_empty() {
        format!("found {found}, but nothing is allowed here")
    } else if names.len() > SHOWN_NAMES && !guess.is_empty() {
        format!("found {found}{guess}")
    } else {
        format!("found {found}, expected {}{guess}", one_of(names))
    }
}

/// The words for a value that a type refused with a message of its own.
pub(super) fn refused(found: Option<&str>, message: &str) -> String {
    if message.starts_with("data did not match any variant of untagged enum ") {
        return format!(
            "found {}, which has none of the allowed forms",
            found.unwrap_or("a table")
        );
    }
    let message = one_line(message);
    match found {
        // Many messages quote what they refuse; it need not be said twice.
        Some(found) if !quotes(&message, found.trim_matches('"')) => {
            format!("found {found}: {message}")
        }
        _ => message,
    }
}

/// Whether `value` stands in `message`, and not only as a part of a word.
fn quotes(message: &str, value: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    message.match_indices(value).any(|(start, _)| {
        let before = message[..start].chars().next_back();
        let after = message[start + value.len()..].chars().next();
        !value.is_empty() && !is_word(before) && !is_word(after)
    })
}

/// The words for a number of elements that does not fit.
pub(super) fn wrong_length(length: usize, expected: &str) -> String {
    let plural = if length == 1 { "" } else { "s" };
    let expected = element_count(expected).map_or_else(|| expectation(expected), str::to_owned);
    format!("found {length} element{plural}, expected {expected}")
}
