//! The formats that manifests are written in.

use std::path::Path;

/// The endings of the formats that this build reads.
pub(super) const fn extensions() -> &'static [&'static str] {
    &["toml"]
}

/// Whether a file may be a manifest, going by its ending.
///
/// # Errors
/// Why it cannot be read, and what would help.
pub(super) fn check(path: &Path) -> Result<(), (String, String)> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some(extension) if extensions().contains(&extension) => Ok(()),
        Some(extension @ ("yaml" | "yml" | "json")) => {
            let feature = if extension == "json" { "json" } else { "yaml" };
            Err((
                format!("this build does not read `.{extension}`"),
                format!("enable the feature `{feature}` of pepperplug"),
            ))
        }
        _ => Err((
            "its name does not end in that of a format".to_owned(),
            format!("a manifest is a file {}", endings()),
        )),
    }
}

pub(super) fn endings() -> String {
    let endings: Vec<String> = extensions()
        .iter()
        .map(|extension| format!("`.{extension}`"))
        .collect();
    endings.join(" or ")
}

/// Whether a name ends in that of a format, be it one that this build does not read.
pub(super) fn looks_like_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("toml" | "yaml" | "yml" | "json"))
}
