//! An open directory: its files, its index, and its lock. Everything here waits for the disk, on threads made for that.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::control::Control;
use super::error::ResourceError;
use super::index::{Index, Metadata};
use super::info::{ContentTag, ResourceInfo, Revision};
use super::lock::{Held, Lock};
use super::options::{DeleteOptions, ResourceOptions};
use super::path::RESERVED;
use super::recovery::Recovery;
use super::sandbox::{Named, Sandbox, content_tag, file_exists, sync_folder};
use super::slots::{self, Damage, Headers, LoadError, SLOTS};
use super::temp::{self, Temp};

pub(super) struct Store {
    pub(super) sandbox: Sandbox,
    control: Control,
    lock: Lock,
    /// What was read last, with the beginnings of the files that it was read from.
    read: Mutex<Read>,
    recovery: Mutex<Option<Recovery>>,
    /// What it is called in logs.
    name: String,
}

#[derive(Clone, Default)]
struct Read {
    headers: Headers,
    index: Arc<Index>,
}

impl Store {
    pub(super) fn open(options: &ResourceOptions) -> Result<Self, ResourceError> {
        let sandbox = Sandbox::open(&options.dir)?;
        let dir = sandbox.dir.clone();
        let failed = |error| ResourceError::io_in(&dir, "keep an index")(error);
        let control = Control::open(&sandbox.root).map_err(failed)?;
        let folder = control.folder.try_clone().map_err(failed)?;
        let lock = Lock::open(folder, dir.clone(), options.lock_timeout).map_err(failed)?;
        let store = Self {
            sandbox,
            control,
            lock,
            read: Mutex::default(),
            recovery: Mutex::default(),
            name: options.name.clone(),
        };
        let held = store.lock.acquire()?;
        let index = match slots::load(&store.control) {
            // So that from now on an index that is missing was lost.
            Err(LoadError::Empty) => {
                let index = Index::default();
                slots::store(&store.control, &index).map_err(failed)?;
                Arc::new(index)
            }
            _ => store.reload(&held)?,
        };
        temp::sweep(&store.sandbox, &index);
        drop(held);
        tracing::debug!(
            target: "pepperplug::resources",
            resources = store.name, dir = %store.sandbox.dir.display(), count = index.records().len(),
            "opened",
        );
        Ok(store)
    }

    /// How the index was recovered, if it was.
    pub(super) fn recovery(&self) -> Option<Recovery> {
        let recovery = self.recovery.lock();
        recovery.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The index as it is now, whoever has changed it.
    pub(super) fn index(&self) -> Result<Arc<Index>, ResourceError> {
        if let Some(index) = self.unchanged()? {
            return Ok(index);
        }
        match slots::load(&self.control) {
            Ok(loaded) if loaded.damage.is_none() => {
                Ok(self.remember(loaded.headers, loaded.index))
            }
            // Under the lock nobody else mends it at the same time.
            _ => self.reload(&self.lock.acquire()?),
        }
    }

    /// What was read last, if it is still what there is.
    fn unchanged(&self) -> Result<Option<Arc<Index>>, ResourceError> {
        let headers = slots::headers(&self.control).map_err(self.failed("read the index"))?;
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = read.headers == headers && headers.iter().any(Option::is_some);
        Ok(is_same.then(|| Arc::clone(&read.index)))
    }

    /// Reads the index, and mends it where one of its files is damaged.
    fn reload(&self, _held: &Held<'_>) -> Result<Arc<Index>, ResourceError> {
        let loaded = slots::load(&self.control).map_err(|error| self.no_index(error))?;
        let Some(damage) = loaded.damage else {
            return Ok(self.remember(loaded.headers, loaded.index));
        };
        let copy = slots::keep_copy(&self.control, damage.slot);
        let copy = copy.map_err(self.failed("keep a copy of a damaged index"))?;
        let mut index = loaded.index.recovered();
        // Over the damaged one: somebody may have brought the other back under this name.
        if slots::slot_of(&index) != damage.slot {
            index.sequence += 1;
        }
        let index = self.write(index)?;
        let recovery = Recovery {
            file: self.control_file(SLOTS[damage.slot]),
            copy: self.control_file(&copy),
            why: damage.why,
        };
        tracing::error!(target: "pepperplug::resources", resources = self.name, "{recovery}");
        *self.recovery.lock().unwrap_or_else(PoisonError::into_inner) = Some(recovery);
        Ok(index)
    }

    fn remember(&self, headers: Headers, index: Index) -> Arc<Index> {
        let index = Arc::new(index);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.headers = headers;
        read.index = Arc::clone(&index);
        index
    }

    fn control_file(&self, name: &str) -> PathBuf {
        self.sandbox.dir.join(RESERVED).join(name)
    }

    fn no_index(&self, error: LoadError) -> ResourceError {
        let why = match error {
            LoadError::Io(error) => return self.failed("read the index")(error),
            LoadError::Empty => "both of its files, `index.0` and `index.1`, are gone".to_owned(),
            LoadError::Newer(version) => {
                format!("a newer pepperplug wrote it, in format {version}; this one reads format 1")
            }
            LoadError::Damaged(files) => {
                let file = |damage: &Damage| format!("`{}`: {}", SLOTS[damage.slot], damage.why);
                files.iter().map(file).collect::<Vec<_>>().join("; ")
            }
        };
        let dir = self.sandbox.dir.clone();
        ResourceError::Index { dir, why }
    }

    fn failed(&self, what: &str) -> impl FnOnce(std::io::Error) -> ResourceError {
        ResourceError::io_in(&self.sandbox.dir, what)
    }

    /// Changes the index, under the lock.
    fn change<T>(
        &self,
        change: impl FnOnce(&Index) -> Result<(Index, T), ResourceError>,
    ) -> Result<T, ResourceError> {
        let held = self.lock.acquire()?;
        self.change_held(&held, change)
    }

    fn change_held<T>(
        &self,
        held: &Held<'_>,
        change: impl FnOnce(&Index) -> Result<(Index, T), ResourceError>,
    ) -> Result<T, ResourceError> {
        let (next, result) = change(&*self.index_held(held)?)?;
        self.write(next)?;
        Ok(result)
    }

    fn write(&self, index: Index) -> Result<Arc<Index>, ResourceError> {
        slots::store(&self.control, &index).map_err(self.failed("write the index"))?;
        let headers = slots::headers(&self.control).map_err(self.failed("read the index"))?;
        Ok(self.remember(headers, index))
    }

    fn index_held(&self, held: &Held<'_>) -> Result<Arc<Index>, ResourceError> {
        match self.unchanged()? {
            Some(index) => Ok(index),
            None => self.reload(held),
        }
    }

    pub(super) fn create(
        &self,
        name: &str,
        path: &str,
        metadata: Metadata,
    ) -> Result<ResourceInfo, ResourceError> {
        self.change(|index| {
            index.free(name)?;
            self.sandbox.check(Named { name, path })?;
            self.with_info(index.create(name, path, metadata)?, name)
        })
    }

    pub(super) fn update(
        &self,
        name: &str,
        revision: Option<Revision>,
        metadata: Metadata,
    ) -> Result<ResourceInfo, ResourceError> {
        self.change(|index| self.with_info(index.update(name, revision, metadata)?, name))
    }

    fn with_info(&self, index: Index, name: &str) -> Result<(Index, ResourceInfo), ResourceError> {
        let info = self.sandbox.info(index.known(name)?);
        Ok((index, info))
    }

    pub(super) fn delete(&self, name: &str, options: DeleteOptions) -> Result<(), ResourceError> {
        self.change(|index| {
            let next = index.delete(name, options.revision)?;
            if options.file {
                let record = index.known(name)?;
                let others = index.sharing(record);
                if !others.is_empty() {
                    return Err(ResourceError::SharedFile {
                        name: name.to_owned(),
                        path: record.path.clone(),
                        others,
                    });
                }
                // Before the record, so that one who was interrupted can do it again.
                self.delete_file(record.as_ref().into())?;
            }
            Ok((next, ()))
        })
    }

    fn delete_file(&self, of: Named<'_>) -> Result<(), ResourceError> {
        let path = Path::new(of.path);
        let delete = || {
            self.sandbox.check_folder(of)?;
            let delete = || {
                self.sandbox.root.remove_file(path)?;
                sync_folder(&self.sandbox.folder(path.parent())?)
            };
            delete().map_err(|error| self.sandbox.refusal(of, error))
        };
        match delete() {
            // It is gone already.
            Err(ResourceError::NoFile { .. }) => Ok(()),
            other => other,
        }
    }

    /// A file for new contents of a resource, and the first revision of the resource.
    pub(super) fn begin(&self, name: &str) -> Result<(Temp, u64), ResourceError> {
        let held = self.lock.acquire()?;
        let index = self.index_held(&held)?;
        let record = index.known(name)?;
        let of = Named::from(&**record);
        let place = self.sandbox.place(of)?;
        let temp = Temp::new(place).map_err(|error| self.sandbox.refusal(of, error))?;
        Ok((temp, record.created))
    }

    /// A file for the contents of a resource that is to be.
    pub(super) fn begin_new(&self, of: Named<'_>) -> Result<Temp, ResourceError> {
        let held = self.lock.acquire()?;
        self.index_held(&held)?.free(of.name)?;
        let place = self.sandbox.new_place(of)?;
        Temp::new(place).map_err(|error| self.sandbox.refusal(of, error))
    }

    /// Puts the new contents of a resource in place of the old ones.
    pub(super) fn finish(
        &self,
        name: &str,
        created: u64,
        tag: Option<ContentTag>,
        temp: &Temp,
    ) -> Result<ResourceInfo, ResourceError> {
        let held = self.lock.acquire()?;
        let index = self.index_held(&held)?;
        let record = index.known(name)?;
        if record.created != created {
            return Err(ResourceError::Changed {
                name: name.to_owned(),
                expected: Revision(created),
                found: Revision(record.revision),
            });
        }
        if let Some(expected) = tag {
            let place = temp.place();
            let found = place.folder.symlink_metadata(&place.file).ok();
            let found = found.as_ref().map(content_tag);
            if found.as_ref() != Some(&expected) {
                return Err(ResourceError::ContentChanged {
                    name: name.to_owned(),
                    expected,
                    found,
                });
            }
        }
        let of = Named::from(&**record);
        temp.replace()
            .map_err(|error| self.sandbox.refusal(of, error))?;
        Ok(self.sandbox.info(record))
    }

    /// Puts the contents of a new resource in place, and creates it.
    pub(super) fn finish_new(
        &self,
        of: Named<'_>,
        metadata: Metadata,
        temp: &Temp,
    ) -> Result<ResourceInfo, ResourceError> {
        let held = self.lock.acquire()?;
        let next = self.index_held(&held)?.create(of.name, of.path, metadata)?;
        temp.place_new().map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => file_exists(of),
            _ => self.sandbox.refusal(of, error),
        })?;
        let created = self
            .sandbox
            .check(of)
            .and_then(|()| self.change_held(&held, |_| self.with_info(next, of.name)));
        if created.is_err() {
            let place = temp.place();
            // If it remains, the next try says so.
            let _ = place.folder.remove_file(&place.file);
        }
        created
    }
}
