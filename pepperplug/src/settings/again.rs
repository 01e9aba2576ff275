//! Settings read again, and compared with what they were.

use super::node::{Node, Value};
use super::{Settings, section};
use crate::error::Error;

impl Settings {
    /// The settings as the files say them now.
    pub(crate) fn reread(&self) -> Result<Self, Error> {
        let name = self.source().name();
        if name.starts_with(['<', '(']) {
            return Ok(self.clone());
        }
        Self::file(name)
    }

    pub(crate) fn files(&self) -> Vec<std::path::PathBuf> {
        vec![self.source().name().into()]
    }

    /// Whether a section says the same in both.
    pub(crate) fn same_section(&self, other: &Self, name: &str) -> bool {
        let find = |of: &Self| section::find(of.root(), name, &[name]).map(|node| plain(&node));
        find(self) == find(other)
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        plain(self.root()) == plain(other.root())
    }
}

fn plain(node: &Node) -> String {
    match &node.value {
        Value::Array(items) => format!("{:?}", items.iter().map(plain).collect::<Vec<_>>()),
        Value::Table(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|e| (&e.key, plain(&e.node))).collect();
            entries.sort();
            format!("{entries:?}")
        }
        other => format!("{other:?}"),
    }
}
