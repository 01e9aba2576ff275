//! Files that are written beside the one whose place they take.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::Path;

use cap_std::fs::{Dir, File, OpenOptions};
use fs4::FileExt;

use super::index::Index;
use super::path::RESERVED;
use super::sandbox::{Place, Sandbox, sync_folder};

/// A file that is gone once this is, unless it was given its place.
///
/// It is locked for as long as somebody writes to it: so others know one that was left behind.
pub(super) struct Temp {
    place: Place,
    name: String,
    file: std::fs::File,
}

impl Temp {
    /// For contents that are to be at a place.
    pub(super) fn new(place: Place) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        loop {
            // Each state of the hasher is another.
            let name = format!("{RESERVED}-{:016x}.tmp", RandomState::new().hash_one(()));
            match place.folder.open_with(&name, &options) {
                Ok(file) => {
                    let file = File::into_std(file);
                    let temp = Self { place, name, file };
                    FileExt::try_lock(&temp.file)?;
                    return Ok(temp);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn file(&self) -> &std::fs::File {
        &self.file
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Takes the place of the file that is there, with its permissions.
    pub(super) fn replace(&self) -> io::Result<()> {
        let Place { folder, file } = &self.place;
        match folder.symlink_metadata(file) {
            Ok(old) if old.is_file() => folder.set_permissions(&self.name, old.permissions())?,
            // What is no file was put there since.
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.file.sync_all()?;
        folder.rename(&self.name, folder, file)?;
        sync_folder(folder)
    }

    /// Takes a place where nothing is, in folders that are made where there are none.
    ///
    /// # Errors
    /// `AlreadyExists` where there is something.
    pub(super) fn place_new(&self) -> io::Result<()> {
        let Place { folder, file } = &self.place;
        self.file.sync_all()?;
        let inner = file.parent().filter(|inner| *inner != Path::new(""));
        if let Some(inner) = inner {
            folder.create_dir_all(inner)?;
        }
        // Unlike a rename, this never replaces what somebody has put there in the meantime.
        folder.hard_link(&self.name, folder, file)?;
        for inner in inner.into_iter().flat_map(Path::ancestors) {
            if inner != Path::new("") {
                sync_folder(&folder.open_dir(inner)?)?;
            }
        }
        sync_folder(folder)
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        match self.place.folder.remove_file(&self.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(
                    target: "pepperplug::resources", file = self.name, %error,
                    "a file that was not written to the end cannot be deleted",
                );
            }
            _ => {}
        }
    }
}

/// Deletes what processes that were killed have left in the folders of all resources. The lock must be held, as it is
/// where such files are made.
pub(super) fn sweep(sandbox: &Sandbox, index: &Index) {
    let paths = index.records().iter().map(|record| Path::new(&record.path));
    let mut folders: BTreeSet<&Path> = paths.flat_map(|path| path.ancestors().skip(1)).collect();
    folders.insert(Path::new(""));
    for folder in folders {
        let swept = sandbox
            .folder(Some(folder))
            .and_then(|folder| sweep_folder(&folder));
        if let Err(error) = swept {
            tracing::debug!(
                target: "pepperplug::resources", folder = %folder.display(), %error,
                "cannot look for files that were not written to the end",
            );
        }
    }
}

fn sweep_folder(folder: &Dir) -> io::Result<()> {
    for entry in folder.entries()? {
        let name = entry?.file_name();
        let is_temp = name.to_str().is_some_and(|name| {
            name.starts_with(&format!("{RESERVED}-")) && name.ends_with(".tmp")
        });
        if is_temp && folder.symlink_metadata(&name)?.is_file() {
            let file = File::into_std(folder.open(&name)?);
            if FileExt::try_lock(&file).is_ok() {
                folder.remove_file(&name)?;
            }
        }
    }
    Ok(())
}
