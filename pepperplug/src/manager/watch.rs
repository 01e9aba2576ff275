//! Reloading by itself: whoever saves a file of the settings finds them in force.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::mpsc;

use super::inputs::Inputs;
use super::shared::Shared;

/// How an application watches the files of its settings, for
/// [`hot_reload`](crate::PluginManagerBuilder::hot_reload).
#[derive(Debug, Clone)]
#[must_use]
pub struct HotReload {
    debounce: Duration,
}

impl HotReload {
    /// Reloads when a file has been left alone for a fifth of a second after a change.
    pub fn new() -> Self {
        Self {
            debounce: Duration::from_millis(200),
        }
    }

    /// For how long a file must be left alone, so that it is not read while it is being written. At least a millisecond.
    pub fn debounce(mut self, quiet: Duration) -> Self {
        self.debounce = quiet.max(Duration::from_millis(1));
        self
    }
}

impl Default for HotReload {
    fn default() -> Self {
        Self::new()
    }
}

/// Watches until the application stops, or the manager is gone.
pub(super) fn watch(shared: &Arc<Shared>, options: &HotReload) {
    let mut stopping = shared.stopping.subscribe();
    let (changed, mut changes) = mpsc::channel(1);
    // What changed before it was watched is found by looking once.
    let _ = changed.try_send(());
    let (shared, debounce) = (Arc::downgrade(shared), options.debounce);
    tokio::spawn(async move {
        let watching = async {
            let mut watcher = Watcher::new(shared, debounce, changed);
            while changes.recv().await.is_some() {
                let Some(next) = watcher.look().await else {
                    return;
                };
                watcher = next;
            }
        };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = watching => {}
        }
    });
}

struct Watcher {
    shared: Weak<Shared>,
    debounce: Duration,
    changed: mpsc::Sender<()>,
    debouncer: Option<Debouncer<RecommendedWatcher, NoCache>>,
    folders: BTreeSet<Folder>,
    /// None before the first look.
    files: Option<Files>,
}

type Files = BTreeMap<PathBuf, Option<Stamp>>;

/// What is watched, and whether with all folders in it.
type Folder = (PathBuf, bool);

/// What tells that a file has changed, whichever way it was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let metadata: Metadata = file.metadata().ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&metadata),
        })
    }
}

/// What looking at the files shows.
enum Found {
    Same,
    Changed,
    /// One that was not empty is.
    Empty(PathBuf),
}

impl Watcher {
    fn new(shared: Weak<Shared>, debounce: Duration, changed: mpsc::Sender<()>) -> Self {
        Self {
            shared,
            debounce,
            changed,
            debouncer: None,
            folders: BTreeSet::new(),
            files: None,
        }
    }

    /// Reloads if a file has changed. None once the manager is gone.
    async fn look(self) -> Option<Self> {
        let shared = self.shared.upgrade()?;
        let inputs = shared.inputs.load_full();
        let (mut watcher, found) = tokio::task::spawn_blocking(move || self.stamp(&inputs))
            .await
            .ok()?;
        if let Found::Empty(file) = &found {
            tracing::info!(
                target: "pepperplug::reload", file = %file.display(),
                "a settings file is empty: waiting until something is written into it",
            );
        }
        if let Found::Changed = found {
            // What comes of it is logged, and told to whoever wants to be.
            let _ = Shared::reload(&shared).await;
            // It may read other files now.
            let inputs = shared.inputs.load_full();
            watcher = tokio::task::spawn_blocking(move || watcher.watch(&inputs))
                .await
                .ok()?;
        }
        Some(watcher)
    }

    /// Looks whether a file is another than it was, or a new one, or gone.
    fn stamp(self, inputs: &Inputs) -> (Self, Found) {
        // First, so that no change falls between.
        let mut watcher = self.watch(inputs);
        let stamp = |file: PathBuf| {
            let stamp = Stamp::of(&file);
            (file, stamp)
        };
        let now: Files = inputs.files().into_iter().map(stamp).collect();
        if let Some(file) = watcher.being_written(&now) {
            let file = file.to_owned();
            return (watcher, Found::Empty(file));
        }
        let found = match watcher.files.as_ref() == Some(&now) {
            true => Found::Same,
            false => Found::Changed,
        };
        watcher.files = Some(now);
        (watcher, found)
    }

    /// A file that has just become empty: many editors make it so before they write into it, and for nothing a plugin should
    /// lose its settings.
    fn being_written<'a>(&self, now: &'a Files) -> Option<&'a Path> {
        let is_empty = |stamp: &Option<Stamp>| stamp.is_some_and(|stamp| stamp.length == 0);
        let before = self.files.as_ref()?;
        let was_empty = |file: &PathBuf| before.get(file).is_none_or(is_empty);
        let mut now = now.iter();
        let (file, _) = now.find(|(file, stamp)| is_empty(stamp) && !was_empty(file))?;
        Some(file)
    }

    /// Watches the folders of the files, since a file itself would be lost with the first that is put in its place, and those
    /// of the manifests.
    fn watch(mut self, inputs: &Inputs) -> Self {
        if self.debouncer.is_none() {
            match debouncer(self.debounce, self.changed.clone()) {
                Ok(debouncer) => self.debouncer = Some(debouncer),
                Err(error) => return self.cannot_watch(&error),
            }
        }
        let Some(debouncer) = &mut self.debouncer else {
            return self;
        };
        let folders = folders(inputs);
        for (folder, _) in self.folders.difference(&folders) {
            // It may be gone.
            let _ = debouncer.unwatch(folder);
        }
        let mut watched = BTreeSet::new();
        let mut problem = None;
        for folder in folders {
            let is_new = !self.folders.contains(&folder);
            let (path, recursive) = &folder;
            let mode = match recursive {
                true => RecursiveMode::Recursive,
                false => RecursiveMode::NonRecursive,
            };
            match is_new.then(|| debouncer.watch(path, mode)) {
                Some(Err(error)) => problem = Some(error),
                None | Some(Ok(())) => {
                    watched.insert(folder);
                }
            }
        }
        self.folders = watched;
        match problem {
            Some(error) => self.cannot_watch(&error),
            None => self,
        }
    }

    fn cannot_watch(self, error: &notify::Error) -> Self {
        tracing::error!(
            target: "pepperplug::reload", %error,
            "the files of the settings cannot be watched: call `reload` to have changes read",
        );
        self
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher")
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}

/// Where files may change that say something. Where there is no folder, no file can be saved either.
fn folders(inputs: &Inputs) -> BTreeSet<Folder> {
    let files = inputs.settings.files();
    let of_files = files.iter().map(|file| (folder(file), false));
    let of_manifests = inputs.folders().into_iter().map(|path| (path, true));
    let mut folders: BTreeSet<Folder> = of_files
        .chain(of_manifests)
        .filter(|(folder, _)| folder.is_dir())
        .collect();
    // One that is watched with all in it is not watched twice.
    let whole: Vec<PathBuf> = folders
        .iter()
        .filter(|(_, recursive)| *recursive)
        .map(|(path, _)| path.clone())
        .collect();
    folders.retain(|(path, recursive)| *recursive || !whole.contains(path));
    folders
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn debouncer(
    quiet: Duration,
    changed: mpsc::Sender<()>,
) -> Result<Debouncer<RecommendedWatcher, NoCache>, notify::Error> {
    let handle = move |events: DebounceEventResult| {
        let says_something = match &events {
            // To read a file is an event as well.
            Ok(events) => events
                .iter()
                .any(|event| event.need_rescan() || !event.kind.is_access()),
            Err(_) => true,
        };
        if says_something {
            // One that is not taken yet stands for this one too.
            let _ = changed.try_send(());
        }
    };
    let config = notify::Config::default();
    new_debouncer_opt(quiet, None, handle, NoCache::new(), config)
}
