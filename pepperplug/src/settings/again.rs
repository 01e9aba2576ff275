//! Settings read again, and compared with what they were.

#[cfg(any(test, feature = "hot-reload"))]
use std::path::PathBuf;
use std::sync::Arc;

use super::Settings;
use super::layer::{From, Layer};
use super::node::{Entry, Node, Text, Value};
use super::problem::SettingsError;
use super::section::find;
use crate::error::Error;

impl Settings {
    /// The settings as their files are now; all other layers are as they were.
    ///
    /// It reads files, so it blocks.
    ///
    /// # Errors
    /// What is wrong with any of the files.
    pub(crate) fn reread(&self) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut layers = Vec::with_capacity(self.0.layers.len());
        for layer in &self.0.layers {
            let From::File {
                path,
                is_required,
                order,
            } = &layer.from
            else {
                layers.push(Arc::clone(layer));
                continue;
            };
            match Layer::file(path, *is_required, *order) {
                Ok(layer) => layers.push(Arc::new(layer)),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(Self::of(layers))
        } else {
            Err(SettingsError::new(problems).into())
        }
    }

    /// The files, those that need not be there and are not included, in the order in which they override each other.
    #[cfg(any(test, feature = "hot-reload"))]
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let path = |layer: &Arc<Layer>| match &layer.from {
            From::File { path, .. } => Some(path.clone()),
            _ => None,
        };
        self.0.layers.iter().filter_map(path).collect()
    }

    /// Whether a section says the same in both, wherever it says it. `others` are the sections of all plugins: what belongs
    /// to another one inside of this section does not count.
    pub(crate) fn same_section(&self, other: &Self, name: &str, others: &[&str]) -> bool {
        let (ours, theirs) = (
            find(self.root(), name, others),
            find(other.root(), name, others),
        );
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => same(&ours, &theirs),
            (ours, theirs) => ours.is_none() == theirs.is_none(),
        }
    }

    /// Whether all of both says the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        same(self.root(), other.root())
    }
}

/// Whether two trees say the same, wherever they say it.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Text(Text { raw: a, .. }), Value::Text(Text { raw: b, .. })) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        // NaN is the same as NaN here.
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Datetime(a), Value::Datetime(b)) => a == b,
        (Value::Null, Value::Null) => true,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Table(a), Value::Table(b)) => same_tables(a, b),
        _ => false,
    }
}

/// The order of the keys says nothing.
fn same_tables(a: &[Entry], b: &[Entry]) -> bool {
    let sorted = |entries: &'_ [Entry]| {
        let mut places: Vec<usize> = (0..entries.len()).collect();
        places.sort_by(|x, y| entries[*x].key.cmp(&entries[*y].key));
        places
    };
    a.len() == b.len()
        && sorted(a).into_iter().zip(sorted(b)).all(|(x, y)| {
            let (a, b) = (&a[x], &b[y]);
            a.key == b.key && same(&a.node, &b.node)
        })
}
