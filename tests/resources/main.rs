//! Resources as applications use them: every error, contents as streams, damaged indexes, processes beside each other, and
//! processes that are killed.

mod beside;
mod child;
mod contents;
mod damage;
#[cfg(unix)]
mod killed;
mod lifecycle;
mod operations;
mod plugin;
#[cfg(unix)]
mod sandbox;

use std::path::{Path, PathBuf};

use pepperplug::resources::{ResourceError, ResourceManager};
use tempfile::TempDir;

/// A folder that is gone when the test is over, with some files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

async fn open(dir: &Path) -> ResourceManager {
    let manager = ResourceManager::new(dir);
    manager.initialize().await.expect("it opens");
    manager
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ResourceError>, code: &str, text: &str) {
    let error = result.expect_err(text);
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(error.to_string(), format!("[{code}] {text}"));
    // As `main` prints it.
    assert_eq!(format!("{error:?}"), error.to_string());
}

fn index(dir: &Path, file: &str) -> PathBuf {
    dir.join(".pepperplug").join(file)
}

/// All files below a folder, the library's own included.
fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry").path();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let path = entry.strip_prefix(dir).expect("below it");
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
