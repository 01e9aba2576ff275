//! One file → a manifest.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::format;
use super::manifest::Manifest;
use super::problem::{Code, LoadProblem};

/// More than anybody writes. What is larger was not meant to be a manifest.
const LARGEST: u64 = 1024 * 1024;

/// Reads the manifest in the file at `path`.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(path: &Path) -> Result<Manifest, Vec<LoadProblem>> {
    let bytes = read_bytes(path).map_err(|problem| vec![problem])?;
    Manifest::of_bytes(&path.display().to_string(), &bytes)
        .map_err(|error| LoadProblem::malformed(&error).collect())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, LoadProblem> {
    let problem = |text: String| LoadProblem::of_file(Code::Unreadable, path, text);
    let failed = |error: io::Error| problem(format!("cannot be read: {error}"));
    let kind = fs::metadata(path).map_err(failed)?;
    if kind.is_dir() {
        return Err(problem("this is a folder, not a file".to_owned()));
    }
    // Looked at before it is opened: to open a pipe is to wait for whoever writes to it.
    if !kind.is_file() {
        return Err(problem("this is a pipe or a device, not a file".to_owned()));
    }
    if !format::is_known(path) {
        let text = format!("the name of a manifest ends in {}", format::endings());
        return Err(problem(text).help("rename the file, or narrow the patterns"));
    }
    let mut bytes = Vec::new();
    let file = open(path).map_err(failed)?;
    // Not the length that the system tells: a file may grow while it is read.
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(problem(
            "larger than 1 MiB, which no manifest is".to_owned(),
        ));
    }
    Ok(bytes)
}

/// Without waiting, should a pipe have taken the file's place.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut options = File::options();
    options.read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}
