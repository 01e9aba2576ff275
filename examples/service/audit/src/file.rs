//! The file. Everything here blocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::AuditSettings;

/// How much is written in one go at most.
const CHUNK: usize = 256 << 10;

/// The file that lines are added to, and those that were set aside.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    max_bytes: u64,
    keep: u32,
    /// None after an error: what was open may no longer be what the path names.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Up to here there are whole lines.
    length: u64,
    /// Whether the disk may lack something.
    is_dirty: bool,
}

impl LogFile {
    /// Opens the file, and makes it and its directory where they are missing.
    pub(crate) fn create(settings: &AuditSettings) -> io::Result<Self> {
        let mut this = Self {
            path: settings.path.clone(),
            max_bytes: settings.max_bytes,
            keep: settings.keep.get(),
            open: None,
        };
        if let Some(directory) = this.path.parent() {
            fs::create_dir_all(directory)?;
        }
        this.open()?;
        Ok(this)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds lines, whole ones only, and says how many it has added before it failed.
    pub(crate) fn append(&mut self, lines: &[String]) -> (usize, io::Result<()>) {
        let mut done = 0;
        while done < lines.len() {
            match self.append_some(&lines[done..]) {
                Ok(written) => done += written,
                Err(error) => return (done, Err(error)),
            }
        }
        (done, Ok(()))
    }

    /// As many lines as fit, and at least one.
    fn append_some(&mut self, lines: &[String]) -> io::Result<usize> {
        let (max_bytes, first) = (self.max_bytes, lines[0].len() as u64);
        let length = self.open()?.length;
        if max_bytes > 0 && length > 0 && length + first > max_bytes {
            let aside = |error: io::Error| {
                io::Error::new(
                    error.kind(),
                    format!("it is full, and cannot be set aside: {error}"),
                )
            };
            self.rotate().map_err(aside)?;
        }
        let open = self.open()?;
        let room = match max_bytes {
            0 => CHUNK,
            most => usize::try_from(most.saturating_sub(open.length)).unwrap_or(CHUNK),
        };
        let mut text = lines[0].clone();
        let mut taken = 1;
        for line in &lines[1..] {
            if text.len() + line.len() > room.min(CHUNK) {
                break;
            }
            text.push_str(line);
            taken += 1;
        }
        if let Err(error) = open.append(&text) {
            self.open = None;
            return Err(error);
        }
        Ok(taken)
    }

    /// Makes the disk have what was written.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let synced = open.sync();
        if synced.is_err() {
            // What a failed sync has left behind is not known to a later one.
            self.open = None;
        }
        synced
    }

    /// The file that the path names: it may have been removed or moved away since.
    fn open(&mut self) -> io::Result<&mut Open> {
        let is_same = self
            .open
            .as_ref()
            .is_some_and(|open| is_at(&open.file, &self.path));
        if !is_same {
            self.open = None;
        }
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(Open::at(&self.path)?)),
        }
    }

    /// Sets the file aside, and those that are aside already further.
    fn rotate(&mut self) -> io::Result<()> {
        if let Some(mut open) = self.open.take() {
            open.sync()?;
        }
        // Of a time when more of them were kept.
        let beyond = (self.keep + 1..).map(|number| fs::remove_file(self.aside(number)));
        beyond.take_while(Result::is_ok).for_each(drop);
        // What is there already is replaced: the oldest one goes.
        for number in (1..self.keep).rev() {
            match fs::rename(self.aside(number), self.aside(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, self.aside(1))?;
        self.open().map(|_| ())
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number}"));
        path.into()
    }
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        // Not for everyone to read: it says who has done what.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let mut file = options.create(true).append(true).read(true).open(path)?;
        let length = whole_lines(&mut file)?;
        if length < file.metadata()?.len() {
            tracing::warn!(target: "service::audit", path = %path.display(), "the last line was cut off, and is removed");
            file.set_len(length)?;
        }
        let is_dirty = false;
        Ok(Self {
            file,
            length,
            is_dirty,
        })
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        self.is_dirty = true;
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            // A part of it may be there. It is written again as a whole.
            if let Err(error) = self.file.set_len(self.length) {
                tracing::debug!(target: "service::audit", %error, "cannot take back a line that was cut off");
            }
            return Err(error);
        }
        self.length += text.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.is_dirty {
            self.file.sync_data()?;
            self.is_dirty = false;
        }
        Ok(())
    }
}

/// Where the last whole line ends: a process that was killed may have left a part of one.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let metadata = file.metadata()?;
    // A device is written to, and not read.
    if !metadata.is_file() {
        return Ok(metadata.len());
    }
    let mut end = metadata.len();
    let mut buffer = [0; 4096];
    while end > 0 {
        let begin = end.saturating_sub(buffer.len() as u64);
        let part = &mut buffer[..(end - begin) as usize];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
