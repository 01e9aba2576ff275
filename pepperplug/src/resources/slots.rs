//! Where the index is kept: in two files, of which each change replaces the older.
//!
//! So the file that holds the last acknowledged state is never touched by the change that follows it. A change is written
//! to a third file and brought to the disk before it takes the name of the older one, and it is acknowledged once the name is
//! on the disk too. Whatever happens in between, one of the two files is whole, and the newer of those that are whole counts.
//!
//! Files are replaced and never written to, so who reads needs no lock: what was opened stays as it is.

use std::io;

use super::format::{self, Fault, HEADER};
use super::index::Index;

/// The two files, by whether the number of changes is even.
pub(super) const SLOTS: [&str; 2] = ["index.0", "index.1"];
const NEXT: &str = "index.next";

/// What is asked of the folder that the files are in.
pub(super) trait Disk {
    /// What a file has, at most `limit` bytes of it. `None` where there is no such file.
    fn read(&self, name: &str, limit: usize) -> io::Result<Option<Vec<u8>>>;
    /// Makes a file, or another in place of the one that is there, and waits until its contents are on the disk.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file the name of another, which then is no more.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Waits until the names are on the disk.
    fn sync(&self) -> io::Result<()>;
}

/// The beginnings of both files.
pub(super) type Headers = [Option<Vec<u8>>; 2];

/// A file that is not an index.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Damage {
    pub(super) slot: usize,
    pub(super) why: &'static str,
}

/// What both files together say.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) index: Index,
    pub(super) headers: Headers,
    pub(super) damage: Option<Damage>,
}

/// Why there is no index.
#[derive(Debug)]
pub(super) enum LoadError {
    Io(io::Error),
    /// Nothing was ever written.
    Empty,
    /// No file is whole.
    Damaged(Vec<Damage>),
    Newer(u32),
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

pub(super) fn headers(disk: &impl Disk) -> io::Result<Headers> {
    Ok([disk.read(SLOTS[0], HEADER)?, disk.read(SLOTS[1], HEADER)?])
}

/// Reads the newer of the two files, or the one that is whole.
pub(super) fn load(disk: &impl Disk) -> Result<Loaded, LoadError> {
    let mut newest: Option<Index> = None;
    let mut damage = Vec::new();
    let mut headers = [None, None];
    for (slot, name) in SLOTS.iter().enumerate() {
        let Some(mut bytes) = disk.read(name, usize::MAX)? else {
            continue;
        };
        let index = format::decode(&bytes);
        bytes.truncate(HEADER);
        headers[slot] = Some(bytes);
        match index {
            Ok(index)
                if newest
                    .as_ref()
                    .is_none_or(|other| index.sequence > other.sequence) =>
            {
                newest = Some(index);
            }
            Ok(_) => {}
            Err(Fault::Damaged(why)) => damage.push(Damage { slot, why }),
            Err(Fault::Newer(version)) => return Err(LoadError::Newer(version)),
        }
    }
    match newest {
        Some(index) => Ok(Loaded {
            index,
            headers,
            damage: damage.pop(),
        }),
        None if damage.is_empty() => Err(LoadError::Empty),
        None => Err(LoadError::Damaged(damage)),
    }
}

/// Writes an index over the older of the two.
///
/// After an error it is there or not, and nothing else has changed.
pub(super) fn store(disk: &impl Disk, index: &Index) -> io::Result<()> {
    let bytes = format::encode(index)?;
    disk.write(NEXT, &bytes)?;
    disk.rename(NEXT, SLOTS[slot_of(index)])?;
    disk.sync()
}

/// Which of the two an index is kept in.
pub(super) fn slot_of(index: &Index) -> usize {
    usize::from(index.sequence % 2 == 1)
}

/// Keeps a copy of a damaged file, for people to look at. The file itself stays until a whole one takes its place, so that
/// nobody overlooks the damage in the meantime.
pub(super) fn keep_copy(disk: &impl Disk, slot: usize) -> io::Result<String> {
    let copy = format!("{}.damaged", SLOTS[slot]);
    let bytes = disk.read(SLOTS[slot], usize::MAX)?.unwrap_or_default();
    disk.write(&copy, &bytes)?;
    Ok(copy)
}
