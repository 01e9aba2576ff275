//! Reads a section and collects everything that is wrong with it, not only the first thing.
//!
//! serde stops at the first fault. Each fault is therefore repaired in a copy of the tree, with a stand-in or by leaving
//! the value out, and the section is read again, until it can be read or a fault comes of a repair.

use core::ops::ControlFlow;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::de::Log;
use super::fault::{Fault, Kind, Place};
use super::node::{Node, Value};
use super::path::KeyPath;
use super::stand_in::after;
use super::wording::{expectation, not_a_variant, refused, wrong_length};
use crate::suggest::nearest;

/// More problems than anybody reads in one go.
const MAX_FINDINGS: usize = 100;

/// Reads a section as the type that is wanted, and keeps what comes of it.
type Read<'a> = dyn FnMut(&Node, &Log) -> Result<(), Fault> + 'a;

/// Something wrong with a section.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) place: Place,
    pub(super) issue: Issue,
}

#[derive(Debug)]
pub(super) enum Issue {
    Wrong(String),
    Unknown {
        known: &'static [&'static str],
    },
    /// The place is the key that should be there.
    Missing {
        expected: Option<String>,
    },
}

/// Reads `section` with `read`, which is called until it succeeds with all of it or everything that is wrong is known. Keys
/// that the type does not have are wrong only where it `is_strict`.
pub(super) fn collect(
    section: &Node,
    is_strict: bool,
    read: &mut Read<'_>,
) -> Result<(), Vec<Finding>> {
    let mut collector = Collector {
        tree: Cow::Borrowed(section),
        findings: Vec::new(),
        unknown: BTreeMap::new(),
        asked: BTreeMap::new(),
    };
    // It ends: every turn finds something, or brings a part of the tree closer to being left out.
    while collector.findings.len() < MAX_FINDINGS {
        let log = Log::default();
        let result = read(&collector.tree, &log);
        if is_strict {
            collector.unknown.extend(log.unknown.into_inner());
        }
        collector.asked.extend(log.asked.into_inner());
        match result {
            Ok(()) if collector.found_nothing() => return Ok(()),
            Ok(()) => break,
            Err(fault) => {
                if collector.take(fault).is_break() {
                    break;
                }
            }
        }
    }
    Err(collector.into_findings())
}

struct Collector<'a> {
    tree: Cow<'a, Node>,
    findings: Vec<Finding>,
    /// Key → the keys that its table may have.
    unknown: BTreeMap<KeyPath, &'static [&'static str]>,
    /// Missing key → what the type expected there.
    asked: BTreeMap<KeyPath, String>,
}

impl Collector<'_> {
    fn found_nothing(&self) -> bool {
        self.findings.is_empty() && self.unknown.is_empty()
    }

    /// Records a fault and repairs it. Breaks where that cannot be done.
    fn take(&mut self, fault: Fault) -> ControlFlow<()> {
        let (kind, place) = fault.into_parts();
        match kind {
            Kind::UnknownKey { key, known } => self.take_unknown(key, known, place),
            Kind::MissingKey { key } => self.take_missing(key, place),
            kind => self.take_wrong(kind, place),
        }
    }

    fn take_unknown(
        &mut self,
        key: String,
        known: &'static [&'static str],
        place: Place,
    ) -> ControlFlow<()> {
        let path = if place.on_key {
            Some(place.path.clone())
        } else {
            self.find_key(&key, &place.path)
        };
        match path {
            Some(path) => {
                self.unknown.insert(path.clone(), known);
                self.repair(&path, Value::Gone)
            }
            None => self.take_wrong(Kind::UnknownKey { key, known }, place),
        }
    }

    fn take_missing(&mut self, key: &'static str, place: Place) -> ControlFlow<()> {
        let path = place.path.key(key);
        match self.tree.get(&path) {
            // It was left out as a repair, and the type cannot do without it.
            Some(node) if node.is_repaired() => return ControlFlow::Break(()),
            // It is there, so a table further in lacks it, which serde has in a buffer.
            Some(_) => return self.take_wrong(Kind::MissingKey { key }, place),
            None if !self.is_table(&place.path) => {
                return self.take_wrong(Kind::MissingKey { key }, place);
            }
            None => {}
        }
        self.findings.push(Finding {
            place: Place {
                path: path.clone(),
                on_key: true,
            },
            issue: Issue::Missing { expected: None },
        });
        self.repair(&path, Value::StandIn(0))
    }

    fn take_wrong(&mut self, kind: Kind, place: Place) -> ControlFlow<()> {
        match self.tree.get(&place.path).map(|node| &node.value) {
            // The type refuses the stand-in too.
            Some(Value::StandIn(refused)) => {
                let next = after(*refused);
                return self.repair(&place.path, next);
            }
            None | Some(Value::Gone) => return ControlFlow::Break(()),
            Some(_) => {}
        }
        let (place, repair) = match self.find_buffered(&kind, &place) {
            // serde holds the value in a buffer of its own, which has no idea of a stand-in.
            Some(inner) => (inner, Value::Gone),
            None if self.comes_of_a_repair(&place) => {
                return self.repair(&place.path, Value::StandIn(0));
            }
            None => (place, Value::StandIn(0)),
        };
        let text = self
            .tree
            .get(&place.path)
            .map_or_else(String::new, |node| wrong(kind, &place, node));
        let path = place.path.clone();
        self.findings.push(Finding {
            place,
            issue: Issue::Wrong(text),
        });
        self.repair(&path, repair)
    }

    fn repair(&mut self, path: &KeyPath, repair: Value) -> ControlFlow<()> {
        // With the section itself replaced there is nothing left to find.
        if !path.is_root() && self.tree.to_mut().repair(path, repair) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn is_table(&self, path: &KeyPath) -> bool {
        self.tree
            .get(path)
            .is_some_and(|node| matches!(node.shape(), Value::Table(_)))
    }

    /// Whether what is wrong with the value at `place` may be wrong only because of what it now holds.
    fn comes_of_a_repair(&self, place: &Place) -> bool {
        self.tree.get(&place.path).is_some_and(Node::is_repaired)
    }

    /// The path of `key` in the table at `table`, or further in where serde had the table in a buffer.
    fn find_key(&self, key: &str, table: &KeyPath) -> Option<KeyPath> {
        let mut found = Vec::new();
        if let Some(node) = self.tree.get(table) {
            descend(node, table, &mut |path, _| {
                if path.last_key() == Some(key) {
                    found.push(path.clone());
                }
            });
        }
        let beside = found
            .iter()
            .position(|path| path.parent().as_ref() == Some(table));
        match (beside, found.len()) {
            (Some(at), _) => Some(found.swap_remove(at)),
            (None, 1) => found.pop(),
            _ => None,
        }
    }

    /// The value that `kind` is about, where it is not the one at `place` but in it.
    ///
    /// A type with a flattened field, and an enum that is untagged or tagged inside, is read from a buffer of serde's,
    /// which forgets where its values come from. What was found then tells them apart, if it is there only once.
    fn find_buffered(&self, kind: &Kind, place: &Place) -> Option<Place> {
        let (Kind::Type { found, .. } | Kind::Variant { found, .. }) = kind else {
            return None;
        };
        let node = self.tree.get(&place.path)?;
        if place.on_key || !node.is_container() || node.describe() == *found {
            return None;
        }
        let mut paths = Vec::new();
        descend(node, &place.path, &mut |path, node| {
            if node.describe() == *found {
                paths.push(path.clone());
            }
        });
        let [path] = <[KeyPath; 1]>::try_from(paths).ok()?;
        Some(Place {
            path,
            on_key: false,
        })
    }

    fn into_findings(self) -> Vec<Finding> {
        let Self {
            mut findings,
            unknown,
            mut asked,
            ..
        } = self;
        // A missing key that is there under a mistyped name is one mistake, and is told as that.
        let meant: BTreeSet<KeyPath> = unknown
            .iter()
            .filter_map(|(path, known)| meant(path, known))
            .collect();
        findings.retain(|finding| {
            !matches!(finding.issue, Issue::Missing { .. }) || !meant.contains(&finding.place.path)
        });
        for finding in &mut findings {
            if let Issue::Missing { expected } = &mut finding.issue {
                *expected = asked.remove(&finding.place.path);
            }
        }
        if findings.is_empty() && unknown.is_empty() {
            // An error of no problems would pass for a success.
            let root = Place {
                path: KeyPath::default(),
                on_key: false,
            };
            findings.push(Finding {
                place: root,
                issue: Issue::Wrong("cannot be read".to_owned()),
            });
        }
        findings.extend(unknown.into_iter().map(|(path, known)| Finding {
            place: Place { path, on_key: true },
            issue: Issue::Unknown { known },
        }));
        findings
    }
}

/// The key that the author of an unknown one meant.
fn meant(path: &KeyPath, known: &[&str]) -> Option<KeyPath> {
    let name = nearest(path.last_key()?, known.iter().copied())?;
    Some(path.parent()?.key(name))
}

/// Calls `visit` with everything in `node` that is still as in the text.
fn descend(node: &Node, path: &KeyPath, visit: &mut impl FnMut(&KeyPath, &Node)) {
    let mut step = |path: KeyPath, node: &Node| {
        if !matches!(node.value, Value::StandIn(_) | Value::Gone) {
            visit(&path, node);
            descend(node, &path, visit);
        }
    };
    match node.shape() {
        Value::Table(entries) => entries
            .iter()
            .for_each(|entry| step(path.key(&entry.key), &entry.node)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| step(path.index(at), item)),
        _ => {}
    }
}

/// What is wrong with the value `node` at `place`.
fn wrong(kind: Kind, place: &Place, node: &Node) -> String {
    match kind {
        Kind::Type { expected, .. } if place.on_key => {
            format!("the key must be {}", expectation(&expected))
        }
        // The node knows better than serde what it is: a date, for one, which serde takes for a table.
        Kind::Type { expected, .. } if !node.is_container() => {
            let expected = expectation(&expected);
            let syntax = syntax(node, &expected);
            format!("found {}, expected {expected}{syntax}", node.describe())
        }
        Kind::Type { found, expected } => {
            format!("found {found}, expected {}", expectation(&expected))
        }
        Kind::Variant {
            found,
            word,
            allowed,
        } => not_a_variant(&found, word.as_deref(), allowed),
        Kind::Length { length, expected } => wrong_length(length, &expected),
        Kind::UnknownKey { key, .. } => format!("no such key: `{key}`"),
        Kind::MissingKey { key } => format!("`{key}` is missing"),
        Kind::RepeatedKey { key } => format!("`{key}` is given twice, under two names"),
        Kind::Hidden(text) => text,
        Kind::Refused(message) if node.is_container() => refused(None, &message),
        Kind::Refused(message) => refused(Some(&node.describe()), &message),
    }
}

/// How to write what was expected, for those who had to write it into a single line of text.
fn syntax(node: &Node, expected: &str) -> &'static str {
    match (&node.value, expected) {
        (Value::Text(_), "an array") => ", such as `[\"a\", \"b\"]`",
        (Value::Text(_), "a table") => {
            ", such as `{ key = \"value\" }`, or a variable for each key"
        }
        _ => "",
    }
}
