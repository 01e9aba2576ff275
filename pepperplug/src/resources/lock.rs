//! One change at a time, of all the processes that are at a directory.

use core::time::Duration;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cap_fs_ext::MetadataExt as _;
use cap_std::fs::{Dir, File, OpenOptions};
use fs4::{FileExt, TryLockError};

use super::error::ResourceError;

const NAME: &str = "lock";
/// Between two looks at a lock that others hold, most of them for less than a millisecond.
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// A file that is locked while something changes. The system lets go of the lock when the process ends, however it does.
pub(super) struct Lock {
    control: Dir,
    file: Mutex<std::fs::File>,
    /// For messages.
    dir: PathBuf,
    timeout: Duration,
}

/// That the lock is held.
pub(super) struct Held<'a> {
    file: MutexGuard<'a, std::fs::File>,
}

impl Lock {
    pub(super) fn open(control: Dir, dir: PathBuf, timeout: Duration) -> io::Result<Self> {
        let file = Mutex::new(open(&control)?);
        Ok(Self {
            control,
            file,
            dir,
            timeout,
        })
    }

    /// Waits for the lock, on a thread that may be blocked.
    pub(super) fn acquire(&self) -> Result<Held<'_>, ResourceError> {
        // Within a process one change at a time gets here, so whoever else holds it is about to be done.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let doing = || ResourceError::io_in(&self.dir, "lock the resources");
        let start = Instant::now();
        let mut pause = Duration::from_micros(50);
        loop {
            match FileExt::try_lock(&*file) {
                Ok(()) => match self.is_current(&file) {
                    Ok(true) => break,
                    // Somebody has deleted the file, and others may have locked the one that took its name.
                    Ok(false) => {
                        *file = open(&self.control).map_err(doing())?;
                        continue;
                    }
                    Err(error) => {
                        let _ = FileExt::unlock(&*file);
                        return Err(doing()(error));
                    }
                },
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(doing()(error)),
            }
            let waited = start.elapsed();
            if waited >= self.timeout {
                return Err(ResourceError::Locked {
                    dir: self.dir.clone(),
                    pid: holder(&mut file),
                    waited,
                });
            }
            std::thread::sleep(pause.min(self.timeout - waited));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        // On a disk that is full it cannot, and deleting something must still be possible.
        let _ = sign(&mut file);
        Ok(Held { file })
    }

    fn is_current(&self, file: &std::fs::File) -> io::Result<bool> {
        let ours = cap_std::fs::Metadata::from_file(file)?;
        match self.control.metadata(NAME) {
            Ok(named) => Ok(named.dev() == ours.dev() && named.ino() == ours.ino()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Err(error) = FileExt::unlock(&*self.file) {
            tracing::error!(target: "pepperplug::resources", %error, "the lock cannot be released");
        }
    }
}

fn open(control: &Dir) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    control.open_with(NAME, &options).map(File::into_std)
}

/// Writes down who holds the lock: for messages only.
fn sign(file: &mut std::fs::File) -> io::Result<()> {
    file.rewind()?;
    // As long as any, so that nothing of a longer one remains.
    file.write_all(format!("{:>10}\n", std::process::id()).as_bytes())
}

fn holder(file: &mut std::fs::File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(11).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
