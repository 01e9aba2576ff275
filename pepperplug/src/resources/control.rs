//! The folder that the index is in.

use std::io::{self, Read as _, Write as _};

use cap_std::fs::Dir;

use super::path::RESERVED;
use super::sandbox::sync_folder;
use super::slots::Disk;

pub(super) struct Control {
    pub(super) folder: Dir,
}

impl Control {
    /// Opens the folder, which is made where there is none.
    pub(super) fn open(root: &Dir) -> io::Result<Self> {
        match root.create_dir(RESERVED) {
            Ok(()) => sync_folder(root)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        let folder = root.open_dir(RESERVED)?;
        Ok(Self { folder })
    }
}

impl Disk for Control {
    fn read(&self, name: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let file = match self.folder.open(name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(limit as u64).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.folder.create(name)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.folder.rename(from, &self.folder, to)
    }

    fn sync(&self) -> io::Result<()> {
        sync_folder(&self.folder)
    }
}
