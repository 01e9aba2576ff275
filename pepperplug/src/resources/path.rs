//! Names and paths, as far as their text tells.

use std::path::{Component, Path};

use super::error::ResourceError;

/// What the library's own files begin with; no resource has them.
pub(super) const RESERVED: &str = ".pepperplug";

const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4096;

/// Refuses what is no name.
pub(super) fn check_name(name: &str) -> Result<(), ResourceError> {
    let why = if name.is_empty() {
        "it is empty".to_owned()
    } else if name.len() > LONGEST_NAME {
        format!(
            "it has {} bytes, and {LONGEST_NAME} is the limit",
            name.len()
        )
    } else if let Some(control) = name.chars().find(|letter| letter.is_control()) {
        format!("it has a control character, `{}`", control.escape_default())
    } else {
        return Ok(());
    };
    Err(ResourceError::Name {
        name: name.to_owned(),
        why,
    })
}

/// The path in its plain form: names of folders and of a file, with `/` between them.
pub(super) fn check_path(name: &str, path: &Path) -> Result<String, ResourceError> {
    plain(path).map_err(|why| ResourceError::Path {
        name: name.to_owned(),
        path: path.to_owned(),
        why,
    })
}

fn plain(path: &Path) -> Result<String, String> {
    let Some(text) = path.to_str() else {
        return Err("it is not UTF-8".to_owned());
    };
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > LONGEST_PATH {
        let length = text.len();
        return Err(format!(
            "it has {length} bytes, and {LONGEST_PATH} is the limit"
        ));
    }
    if text.contains('\0') {
        return Err("it has a NUL character".to_owned());
    }
    if text.ends_with(std::path::is_separator) || text.ends_with("/.") {
        return Err("it is that of a folder, and a resource is a file".to_owned());
    }
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.extend(name.to_str()),
            Component::CurDir => {}
            Component::ParentDir => {
                return Err("`..` is not allowed; write the path as it is without".to_owned());
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(
                    "it is absolute; write it as it is from the directory of the resources"
                        .to_owned(),
                );
            }
        }
    }
    match names.iter().find(|name| is_reserved(name)) {
        Some(name) => Err(format!("`{name}` is for files of pepperplug's own")),
        None if names.is_empty() => Err("it is that of the directory itself".to_owned()),
        None => Ok(names.join("/")),
    }
}

/// Also on file systems for which `A` and `a` are the same.
pub(super) fn is_reserved(name: &str) -> bool {
    let start = name.get(..RESERVED.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}
