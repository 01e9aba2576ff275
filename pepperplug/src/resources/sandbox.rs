//! The directory of the resources. Nothing that is done through it leaves it, whatever links there are and whoever changes
//! them in the meantime: each path is resolved by the system, below a directory that is held open.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_fs_ext::{MetadataExt as _, OpenOptionsSyncExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use super::error::ResourceError;
use super::index::Record;
use super::info::{ContentTag, ResourceInfo, Revision};
use super::path::is_reserved;

pub(super) struct Sandbox {
    pub(super) root: Dir,
    /// For messages.
    pub(super) dir: PathBuf,
}

/// A resource as messages have it: its name and its path.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
}

impl<'a> From<&'a Record> for Named<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            name: &record.name,
            path: &record.path,
        }
    }
}

/// Where a file is: the folder, held open, and its name there.
pub(super) struct Place {
    pub(super) folder: Dir,
    pub(super) file: PathBuf,
}

impl Sandbox {
    /// Opens a directory, which is made where there is none.
    pub(super) fn open(dir: &Path) -> Result<Self, ResourceError> {
        let open = || {
            std::fs::create_dir_all(dir)?;
            Dir::open_ambient_dir(dir, ambient_authority())
        };
        let root = open().map_err(|error| {
            let what = format!("open the directory of the resources, `{}`", dir.display());
            ResourceError::io(what, error)
        })?;
        let dir = dir.to_owned();
        Ok(Self { root, dir })
    }

    /// Refuses a path where there is no file.
    pub(super) fn check(&self, of: Named<'_>) -> Result<(), ResourceError> {
        self.file(of)?;
        self.real_path(of).map(drop)
    }

    /// Opens the file of a resource for reading.
    pub(super) fn read(&self, of: Named<'_>) -> Result<(std::fs::File, Metadata), ResourceError> {
        self.check(of)?;
        let mut options = OpenOptions::new();
        // What was a file a moment ago may be a pipe by now, and opening one waits for whoever writes to it.
        options.read(true).nonblock(true);
        let opened = self.root.open_with(of.path, &options);
        let file = opened.map_err(|error| self.refusal(of, error))?;
        let metadata = file.metadata().map_err(|error| self.refusal(of, error))?;
        self.check_kind(of, &metadata)?;
        Ok((File::into_std(file), metadata))
    }

    /// Where the file of a resource really is, all links followed.
    pub(super) fn place(&self, of: Named<'_>) -> Result<Place, ResourceError> {
        self.file(of)?;
        let real = self.real_path(of)?;
        self.place_of(&real)
            .map_err(|error| self.refusal(of, error))
    }

    /// Where a file is to be: the innermost folder that is there, and the way on from it.
    pub(super) fn new_place(&self, of: Named<'_>) -> Result<Place, ResourceError> {
        let path = Path::new(of.path);
        let refused = |error| self.refusal(of, error);
        match self.root.symlink_metadata(path) {
            Ok(_) => return Err(file_exists(of)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refused(error)),
        }
        for outer in path.ancestors().skip(1) {
            let Some(shown) = outer.to_str().filter(|outer| !outer.is_empty()) else {
                break;
            };
            match self.root.open_dir(outer) {
                Ok(folder) => {
                    self.real_path(Named { path: shown, ..of })?;
                    let file = path.strip_prefix(outer).unwrap_or(path).to_owned();
                    return Ok(Place { folder, file });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused(error)),
            }
        }
        let folder = self.root.try_clone().map_err(refused)?;
        let file = path.to_owned();
        Ok(Place { folder, file })
    }

    fn place_of(&self, path: &Path) -> io::Result<Place> {
        let folder = self.folder(path.parent())?;
        let file = path.file_name().ok_or(io::ErrorKind::NotFound)?.into();
        Ok(Place { folder, file })
    }

    pub(super) fn folder(&self, path: Option<&Path>) -> io::Result<Dir> {
        match path {
            Some(path) if path != Path::new("") => self.root.open_dir(path),
            _ => self.root.try_clone(),
        }
    }

    fn file(&self, of: Named<'_>) -> Result<Metadata, ResourceError> {
        let metadata = self.root.metadata(of.path);
        let metadata = metadata.map_err(|error| self.refusal(of, error))?;
        self.check_kind(of, &metadata)?;
        Ok(metadata)
    }

    fn check_kind(&self, of: Named<'_>, metadata: &Metadata) -> Result<(), ResourceError> {
        if metadata.is_file() {
            return Ok(());
        }
        Err(ResourceError::NotAFile {
            name: of.name.to_owned(),
            path: of.path.to_owned(),
            dir: self.dir.clone(),
            kind: kind(metadata),
        })
    }

    /// Refuses a path whose folder is not below the directory, or one of the library's own.
    pub(super) fn check_folder(&self, of: Named<'_>) -> Result<(), ResourceError> {
        match of.path.rsplit_once('/') {
            Some((folder, _)) => self.real_path(Named { path: folder, ..of }).map(drop),
            None => Ok(()),
        }
    }

    fn real_path(&self, of: Named<'_>) -> Result<PathBuf, ResourceError> {
        let real = self.root.canonicalize(of.path);
        let real = real.map_err(|error| self.refusal(of, error))?;
        let own = real.iter().filter_map(|name| name.to_str());
        if own.into_iter().any(is_reserved) {
            let why = "a symbolic link in it leads to files of pepperplug's own".to_owned();
            return Err(self.refused_path(of, why));
        }
        Ok(real)
    }

    fn refused_path(&self, of: Named<'_>, why: String) -> ResourceError {
        ResourceError::Path {
            name: of.name.to_owned(),
            path: of.path.into(),
            why,
        }
    }

    /// What the system's refusal of a path means.
    pub(super) fn refusal(&self, of: Named<'_>, error: io::Error) -> ResourceError {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ResourceError::NoFile {
                name: of.name.to_owned(),
                path: of.path.to_owned(),
                dir: self.dir.clone(),
            },
            // cap-std's own, where the system would not have refused.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                let dir = self.dir.display();
                let why = format!("a symbolic link in it leads out of `{dir}`");
                self.refused_path(of, why)
            }
            _ => {
                let what = format!("use the file `{}` of resource `{}`", of.path, of.name);
                ResourceError::io(what, error)
            }
        }
    }

    /// What is told of a resource.
    pub(super) fn info(&self, record: &Record) -> ResourceInfo {
        let metadata = self.root.metadata(&record.path).ok();
        describe(record, metadata.filter(Metadata::is_file).as_ref())
    }
}

/// What is told of a resource with a file like this.
pub(super) fn describe(record: &Record, file: Option<&Metadata>) -> ResourceInfo {
    ResourceInfo {
        name: record.name.clone(),
        path: record.path.clone(),
        size: file.map(Metadata::len),
        media_type: media_type(&record.path),
        modified: file.and_then(modified),
        metadata: record.metadata.clone(),
        revision: Revision(record.revision),
        content_tag: file.map(content_tag),
    }
}

pub(super) fn file_exists(of: Named<'_>) -> ResourceError {
    ResourceError::FileExists {
        name: of.name.to_owned(),
        path: of.path.to_owned(),
    }
}

fn modified(file: &Metadata) -> Option<SystemTime> {
    file.modified().ok().map(|time| time.into_std())
}

pub(super) fn content_tag(file: &Metadata) -> ContentTag {
    let since = modified(file).and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    let time = since.unwrap_or_default().as_nanos();
    ContentTag(format!("{:x}-{time:x}-{:x}", file.len(), file.ino()))
}

fn media_type(path: &str) -> String {
    mime_guess::from_path(path)
        .first_raw()
        .unwrap_or("application/octet-stream")
        .to_owned()
}

fn kind(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use cap_std::fs::FileTypeExt as _;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a pipe";
        } else if kind.is_socket() {
            return "a socket";
        } else if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    "something else"
}

/// Waits until the names in a folder are on the disk.
pub(super) fn sync_folder(folder: &Dir) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and its names need no such thing.
    #[cfg(unix)]
    folder.open(".")?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
