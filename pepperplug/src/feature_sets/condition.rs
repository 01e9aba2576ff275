//! The condition of an entry: the text of its `#[cfg(…)]`, as far as features decide it.

use std::collections::BTreeSet;

/// A `cfg` predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Feature(String),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Something else, such as `unix`: features do not change it, so it is as it is in this build.
    Other,
}

impl Condition {
    /// The predicate written `text`; no text is always true. The compiler has parsed it before, so what does not parse
    /// here is something else.
    pub(super) fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::All(Vec::new());
        }
        Parser { rest: text }.predicate()
    }

    pub(super) fn holds(&self, features: &BTreeSet<&str>) -> bool {
        self.holds_if(features, true)
    }

    /// `other` is what anything but a feature counts as: under each `not` the opposite, so that it never decides.
    fn holds_if(&self, features: &BTreeSet<&str>, other: bool) -> bool {
        match self {
            Self::Feature(feature) => features.contains(feature.as_str()),
            Self::All(all) => all
                .iter()
                .all(|condition| condition.holds_if(features, other)),
            Self::Any(any) => any
                .iter()
                .any(|condition| condition.holds_if(features, other)),
            Self::Not(not) => !not.holds_if(features, !other),
            Self::Other => other,
        }
    }

    pub(super) fn features(&self) -> Vec<&str> {
        match self {
            Self::Feature(feature) => vec![feature],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::features).collect(),
            Self::Not(not) => not.features(),
            Self::Other => Vec::new(),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn predicate(&mut self) -> Condition {
        let word = self.word();
        if self.take('(') {
            let parts = self.list();
            return match (word, parts) {
                ("all", parts) => Condition::All(parts),
                ("any", parts) => Condition::Any(parts),
                ("not", mut parts) => parts
                    .pop()
                    .map_or(Condition::Other, |part| Condition::Not(Box::new(part))),
                _ => Condition::Other,
            };
        }
        if self.take('=') {
            let value = self.string();
            if word == "feature" {
                return Condition::Feature(value.to_owned());
            }
        }
        Condition::Other
    }

    /// Up to the closing parenthesis.
    fn list(&mut self) -> Vec<Condition> {
        let mut parts = Vec::new();
        while !self.take(')') && !self.rest.trim().is_empty() {
            let before = self.rest;
            parts.push(self.predicate());
            self.take(',');
            if self.rest == before {
                break;
            }
        }
        parts
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn string(&mut self) -> &'a str {
        self.rest = self
            .rest
            .trim_start()
            .strip_prefix('"')
            .unwrap_or(self.rest);
        let (value, rest) = self.rest.split_once('"').unwrap_or((self.rest, ""));
        self.rest = rest;
        value
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Condition;

    fn holds(cfg: &str, features: &[&str]) -> bool {
        Condition::parse(cfg).holds(&features.iter().copied().collect())
    }

    #[test]
    fn features_decide() {
        assert!(holds("", &[]));
        assert!(holds(r#"feature = "a""#, &["a"]));
        assert!(!holds(r#"feature = "a""#, &["b"]));
        assert!(holds(r#"all(feature = "a", not(feature = "b"))"#, &["a"]));
        assert!(!holds(
            r#"all(feature = "a", not(feature = "b"),)"#,
            &["a", "b"]
        ));
        assert!(holds(
            r#"any(feature = "a", all(feature="b", feature = "c"))"#,
            &["b", "c"]
        ));
    }

    #[test]
    fn nothing_else_decides() {
        assert!(holds("unix", &[]));
        assert!(holds("not(unix)", &[]));
        assert!(holds(r#"all(target_os = "linux", feature = "a")"#, &["a"]));
        assert!(!holds(
            r#"all(not(target_os = "linux"), feature = "a")"#,
            &[]
        ));
    }

    #[test]
    fn all_features_are_named() {
        let condition = Condition::parse(r#"any(feature = "a", not(all(feature = "b", unix)))"#);
        assert_eq!(condition.features(), ["a", "b"]);
    }
}
