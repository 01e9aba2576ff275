//! Environment variables → tree: `APP__AUTH__TOKEN_TTL` is the key `token_ttl` of the section `auth`.

use std::ffi::OsString;

use super::format::parse_value;
use super::merge::merge;
use super::node::{Node, Text, Value};
use super::problem::{Code, SettingsProblem};
use super::source::{Origin, Source};
use super::value::{nested, node};

/// What stands between the prefix, the section and its keys.
const SEPARATOR: &str = "__";

/// The tree of all variables that begin with `prefix`. Each problem is told, and its variable left out.
pub(super) fn tree(
    prefix: &str,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    order: u32,
    problems: &mut Vec<SettingsProblem>,
) -> Node {
    let start = format!("{prefix}{SEPARATOR}");
    let mut root = Node::empty();
    let mut given: Vec<Given> = Vec::new();
    for variable in sorted(variables, &start) {
        let Variable { name, value } = variable;
        let source = Source::variable(name.clone()).at(order);
        let path: Vec<String> = name[start.len()..]
            .split(SEPARATOR)
            .map(str::to_lowercase)
            .collect();
        match check(&path, value, &given) {
            Ok(raw) => {
                let node = text(raw, source);
                let is_table = matches!(node.shape(), Value::Table(_));
                merge(&mut root, nested(path.iter().map(String::as_str), node));
                given.push(Given {
                    path,
                    name,
                    is_table,
                });
            }
            Err(text) => problems.push(source.problem(None, Code::Variable, text)),
        }
    }
    root
}

/// A variable that was read.
struct Given {
    path: Vec<String>,
    name: String,
    is_table: bool,
}

struct Variable {
    name: String,
    value: OsString,
}

/// The variables that are meant, by name: their order is otherwise that of chance. A name with nothing after `start` is none.
fn sorted(variables: impl IntoIterator<Item = (OsString, OsString)>, start: &str) -> Vec<Variable> {
    let meant = |(name, value): (OsString, OsString)| {
        // A name that is not Unicode may still be one that is meant, and its key is then unknown.
        let name = name.to_string_lossy().into_owned();
        (name.starts_with(start) && name.len() > start.len()).then_some(Variable { name, value })
    };
    let mut meant: Vec<_> = variables.into_iter().filter_map(meant).collect();
    meant.sort_by(|a, b| a.name.cmp(&b.name));
    meant
}

/// The text of a variable that can be a setting. All whose names are a part of its own come before it.
fn check(path: &[String], value: OsString, given: &[Given]) -> Result<String, String> {
    if path.iter().any(String::is_empty) {
        return Err(format!(
            "a name between two `{SEPARATOR}` is empty; the form is `PREFIX{SEPARATOR}SECTION{SEPARATOR}KEY`"
        ));
    }
    for other in given {
        let name = &other.name;
        if other.path == path {
            return Err(format!("sets the same key as `{name}`; remove one of them"));
        }
        if !other.is_table && path.starts_with(&other.path) {
            return Err(format!(
                "sets a key in what `{name}` sets to a single value; remove one of them"
            ));
        }
    }
    let is_unicode = |value: OsString| value.into_string().ok();
    is_unicode(value).ok_or_else(|| "the value is not Unicode".to_owned())
}

/// The text of a variable, and what else it could be.
fn text(raw: String, source: Source) -> Node {
    let origin = Origin::whole(source);
    let trimmed = raw.trim();
    let parsed = parse_value(trimmed, &origin.source).or_else(|| json(trimmed, &origin));
    let parsed = parsed.filter(|value| !matches!(value, Value::String(_)));
    let text = Text {
        raw,
        parsed: parsed.map(Box::new),
    };
    Node::new(origin, Value::Text(text))
}

fn json(text: &str, origin: &Origin) -> Option<Value> {
    if !text.starts_with(['[', '{']) {
        return None;
    }
    let json = serde_json::from_str(text).ok()?;
    Some(node(json, origin).value)
}

/// The variable that was meant, where that of `source` names the key `wrong` and should name `right`.
pub(super) fn meant(source: &Source, wrong: &str, right: &str) -> Option<String> {
    let (front, last) = source.variable_name()?.rsplit_once(SEPARATOR)?;
    let right = part(right)?;
    (last.to_lowercase() == wrong).then(|| format!("{front}{SEPARATOR}{right}"))
}

/// The variable for a key of a section; none for what no variable can name, such as a part of an array.
pub(super) fn name(prefix: &str, section: &str, key: &str) -> Option<String> {
    let mut name = prefix.to_owned();
    for key in section.split('.').chain(key.split('.')) {
        name.push_str(SEPARATOR);
        name.push_str(&part(key)?);
    }
    Some(name)
}

/// A key as a part of a variable's name.
fn part(key: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let can_be = !key.is_empty() && key.chars().all(is_plain) && !key.contains(SEPARATOR);
    can_be.then(|| key.replace('-', "_").to_ascii_uppercase())
}
