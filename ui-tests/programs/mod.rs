//! The programs of this package and what the compiler says of them.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

/// A program that must not build.
pub(crate) struct Program {
    /// Its path below `fail`, without the extension.
    name: String,
    source: PathBuf,
}

impl Program {
    pub(crate) fn all_that_fail() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
        let mut programs = Vec::new();
        for folder in entries(&root) {
            for source in entries(&folder) {
                if source
                    .extension()
                    .is_some_and(|extension| extension == "rs")
                {
                    let name = source.strip_prefix(&root).unwrap().with_extension("");
                    let name = name.to_str().unwrap().replace('\\', "/");
                    programs.push(Self { name, source });
                }
            }
        }
        assert!(!programs.is_empty());
        programs
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn source(&self) -> String {
        fs::read_to_string(&self.source).unwrap()
    }

    /// The codes of its mistakes, as its first line names them: `//! PP012, PP003`.
    pub(crate) fn codes(&self) -> Vec<String> {
        let source = self.source();
        let first = source.lines().next().unwrap_or_default();
        let codes = first.strip_prefix("//! ").unwrap_or_default();
        let codes = codes.split(", ").filter(|code| code.starts_with("PP"));
        codes.map(str::to_owned).collect()
    }

    /// What the compiler says of it.
    pub(crate) fn stderr(&self) -> String {
        let path = self.source.with_extension("stderr");
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}
