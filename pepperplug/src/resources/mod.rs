//! Named files in one directory, with metadata: feature `resources`.
//!
//! A [`ResourceManager`] keeps a record of each resource, its name, the path of its file and its metadata, in an index in the
//! directory. [`plugins::ResourcePlugin`](crate::plugins::ResourcePlugin) is one as a plugin.
//!
//! # What it promises
//!
//! - **Nothing leaves the directory.** A path is relative, without `..`, and resolved by the system below the directory that
//!   was opened: no symbolic link leads out, also not one that somebody puts there at the wrong moment. What is not a file, such
//!   as a pipe or a device, is refused and never waited for.
//! - **What was acknowledged is there.** An operation that has returned is on the disk. A crash, of the process or of the
//!   machine, leaves each operation done wholly or not at all, at whatever instruction it strikes.
//! - **A damaged index is found out.** It has a checksum, and there are two: where one is damaged, the one before it is used,
//!   and the manager says so, in the log and by [`ResourceManager::recovery`].
//! - **Many may use it at once**: tasks, managers and processes. Each change is made under a lock of the system's, on what all
//!   others have done before; reading needs no lock.
//! - **Readers see whole contents**: writing replaces the file.
//!
//! The directory must be on a file system of this machine: on those of a network, locks and the order of writes are often
//! not what they seem. In the directory, the names that begin with `.pepperplug` are the library's own.
//!
//! # Optimistic locking
//!
//! Each state of a record has a [`Revision`] and each state of a file's contents a [`ContentTag`], as an HTTP server needs them for
//! `ETag` and `If-Match`. [`update_if`](ResourceManager::update_if), [`delete_if`](ResourceManager::delete_if) and
//! [`commit_if`](ResourceWriter::commit_if) do nothing where somebody else was faster.
//!
//! # Costs
//!
//! The index is written as a whole by each change, and waits for the disk: for thousands of resources, not for millions.

mod access;
mod control;
mod error;
mod format;
mod index;
mod info;
mod lock;
mod manager;
mod options;
mod path;
mod reader;
mod recovery;
mod sandbox;
mod slots;
mod store;
mod temp;
mod writer;

#[cfg(test)]
mod tests;

pub use self::error::ResourceError;
pub use self::index::Metadata;
pub use self::info::{ContentTag, ResourceInfo, Revision};
pub use self::manager::ResourceManager;
pub use self::options::{DeleteOptions, ResourceOptions};
pub use self::reader::ResourceReader;
pub use self::recovery::Recovery;
pub use self::writer::ResourceWriter;
