//! The formats that manifests are written in.

use std::path::Path;

/// The endings of the formats that this build reads.
pub(super) const EXTENSIONS: &[&str] = &[
    "toml",
    #[cfg(feature = "yaml")]
    "yaml",
    #[cfg(feature = "yaml")]
    "yml",
    #[cfg(feature = "json")]
    "json",
];

/// Whether a name ends in that of a format, be it one that this build does not read: then reading it says so.
pub(super) fn is_known(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let extension = extension.to_ascii_lowercase();
    matches!(extension.as_str(), "toml" | "yaml" | "yml" | "json")
}

/// `` `.toml` or `.json` ``.
pub(super) fn endings() -> String {
    let endings: Vec<String> = EXTENSIONS
        .iter()
        .map(|extension| format!("`.{extension}`"))
        .collect();
    match endings.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => endings.concat(),
    }
}
