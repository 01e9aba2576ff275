//! Values in the program → tree.

use serde::Serialize;

use super::node::{Entry, Node, Value};
use super::problem::{Code, SettingsError};
use super::source::{Origin, Source};
use crate::location::Location;

/// The tree of `value`, which the program gives at `location`.
///
/// # Errors
/// That it can be no setting; `what` says which value it is.
pub(super) fn tree(
    value: &(impl Serialize + ?Sized),
    location: Location,
    order: u32,
    what: &str,
) -> Result<Node, SettingsError> {
    let source = Source::code(location).at(order);
    match serde_json::to_value(value) {
        Ok(json) => Ok(node(json, &Origin::whole(source))),
        Err(error) => {
            let text = format!("{what} cannot be a setting: {error}");
            Err(source.error(None, Code::Value, text))
        }
    }
}

/// A tree all of which comes from `origin`. What is `None` is not there.
pub(super) fn node(json: serde_json::Value, origin: &Origin) -> Node {
    use serde_json::Value as Json;

    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(boolean) => Value::Boolean(boolean),
        Json::Number(number) => match (number.as_i128(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, float) => Value::Float(float.unwrap_or(f64::NAN)),
        },
        Json::String(string) => Value::String(string),
        Json::Array(items) => {
            Value::Array(items.into_iter().map(|item| node(item, origin)).collect())
        }
        Json::Object(members) => {
            let entry = |(key, value)| Entry {
                key,
                origin: origin.clone(),
                node: node(value, origin),
            };
            let entries = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Table(entries.map(entry).collect())
        }
    };
    Node::new(origin.clone(), value)
}

/// `node` in the tables that `path` names, from the outermost to the innermost.
pub(super) fn nested<'a>(path: impl DoubleEndedIterator<Item = &'a str>, node: Node) -> Node {
    path.rev().fold(node, |node, key| {
        let origin = node.origin.clone();
        let entry = Entry {
            key: key.to_owned(),
            origin: origin.clone(),
            node,
        };
        Node::new(origin, Value::Table(vec![entry]))
    })
}
