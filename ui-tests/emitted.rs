//! Which codes the sources emit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every code that the library's sources emit.
pub(crate) fn codes_of(workspace: &Path) -> BTreeSet<String> {
    let folders = ["pepperplug-macros/src", "pepperplug/src"];
    let sources: Vec<String> = folders
        .iter()
        .flat_map(|folder| files(&workspace.join(folder)))
        .map(|file| code_of(&file))
        .collect();
    assert!(sources.len() > 100, "only {} sources found", sources.len());
    let mut emitted: BTreeSet<String> = BTreeSet::new();
    for source in &sources {
        emitted.extend(codes(source).map(|(_, code)| code.to_owned()));
    }
    emitted.extend(macro_codes(&sources));
    emitted
}

/// `PP` and three digits, with their places.
fn codes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("PP").filter_map(|(at, _)| {
        let code = text.get(at..at + 5)?;
        let is_number = code[2..].bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some((at, code))
    })
}

/// The macros declare their codes as constants, `NAME: Code = Code(12);`, and report `code::NAME`.
fn macro_codes(sources: &[String]) -> impl Iterator<Item = String> {
    let used: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("code::").skip(1))
        .filter_map(|rest| {
            rest.split(|c: char| c != '_' && !c.is_ascii_uppercase())
                .next()
        })
        .collect();
    let declared = sources.iter().flat_map(|source| source.lines());
    declared.filter_map(move |line| {
        let (name, number) = line
            .strip_prefix("pub(crate) const ")?
            .strip_suffix(");")?
            .split_once(": Code = Code(")?;
        let number: u16 = number.parse().ok()?;
        used.contains(name).then(|| format!("PP{number:03}"))
    })
}

/// The source files of a folder that are part of the library: neither tests nor the list of the pages.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        if ["tests", "faults", "snapshots", "errors"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A file without its comments and its tests.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines()
        .filter(is_code)
        .map(|line| format!("{line}\n"))
        .collect()
}
