//! Layers put on one another: tables key by key, all else as a whole.

use std::collections::HashMap;

use super::node::{Entry, Node, Text, Value, reads_same};

/// Puts `upper` on `lower`.
pub(super) fn merge(lower: &mut Node, upper: Node) {
    let is_table = matches!(lower.shape(), Value::Table(_));
    match upper.value {
        // An empty section, in YAML say, is no wish to be rid of what is below it.
        Value::Null if is_table => {}
        Value::Table(entries) if is_table => merge_tables(lower, entries),
        Value::Text(Text {
            parsed: Some(parsed),
            ..
        }) if is_table && matches!(*parsed, Value::Table(_)) => {
            let upper = Node::new(upper.origin, *parsed);
            merge(lower, upper);
        }
        value => *lower = Node::new(upper.origin, value),
    }
}

fn merge_tables(lower: &mut Node, upper: Vec<Entry>) {
    let Value::Table(entries) = lower.shape_mut() else {
        return;
    };
    let places = |entries: &[Entry]| {
        let keys = entries.iter().map(|entry| entry.key.clone());
        keys.zip(0..).collect::<HashMap<String, usize>>()
    };
    // Those of one table differ from each other, so those that are added need not be found again.
    let places = places(entries);
    let is_loose = entries.iter().any(Entry::is_loose);
    for entry in upper {
        let exact = places.get(&entry.key).copied();
        let loose = || match is_loose || entry.is_loose() {
            true => find_loose(&entries[..places.len()], &entry),
            false => None,
        };
        match exact.or_else(loose) {
            Some(at) => merge_entries(&mut entries[at], entry),
            None => entries.push(entry),
        }
    }
}

/// The entry that `upper` is about, where one of the two is loose: its key reads the same.
fn find_loose(entries: &[Entry], upper: &Entry) -> Option<usize> {
    let is_meant = |lower: &Entry| {
        (upper.is_loose() || lower.is_loose()) && reads_same(&lower.key, &upper.key)
    };
    entries.iter().position(is_meant)
}

fn merge_entries(lower: &mut Entry, upper: Entry) {
    let is_merged =
        lower.is_table() && (upper.is_table() || matches!(upper.node.value, Value::Null));
    if lower.is_loose() && !upper.is_loose() {
        // The key as its author wrote it.
        lower.key.clone_from(&upper.key);
    }
    if !is_merged {
        let key = core::mem::take(&mut lower.key);
        *lower = Entry { key, ..upper };
        return;
    }
    // A section stands where a file has its header: there a missing key is to be added.
    if rank(&upper) > rank(lower) {
        lower.origin = upper.origin;
        lower.node.origin = upper.node.origin.clone();
    }
    merge(&mut lower.node, upper.node);
}

/// How good the place of a table is to be told.
fn rank(table: &Entry) -> u8 {
    match (table.origin.source.is_text(), table.is_implied()) {
        (true, false) => 2,
        (true, true) => 1,
        (false, _) => 0,
    }
}
