//! The one task that writes.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until};

use crate::file::LogFile;
use crate::settings::Sync;
use crate::status::Status;

/// How many lines are written in one go at most.
const BATCH: usize = 1024;
/// After so long it is tried again to write what could not be written.
const RETRY: Duration = Duration::from_millis(250);

/// Another file, from now on.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) file: LogFile,
    pub(crate) sync: Sync,
    /// The queue that comes after the one that is read now, once nobody can add to that one.
    pub(crate) next: Option<mpsc::Receiver<String>>,
    /// Told when it holds.
    pub(crate) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    /// None while a thread that may block has it.
    file: Option<LogFile>,
    sync: Sync,
    lines: mpsc::Receiver<String>,
    next: VecDeque<mpsc::Receiver<String>>,
    changes: mpsc::Receiver<Change>,
    status: Arc<Status>,
    /// Taken from the queue, and not written yet.
    held: Vec<String>,
    /// When the disk is to be made to have what was written.
    sync_at: Option<Instant>,
}

impl Writer {
    pub(crate) fn new(
        (file, sync): (LogFile, Sync),
        lines: mpsc::Receiver<String>,
        changes: mpsc::Receiver<Change>,
        status: Arc<Status>,
    ) -> Self {
        Self {
            file: Some(file),
            sync,
            lines,
            next: VecDeque::new(),
            changes,
            status,
            held: Vec::with_capacity(BATCH),
            sync_at: None,
        }
    }

    /// Writes until nobody can add lines any more, and all are written.
    pub(crate) async fn run(mut self) {
        while self.take().await {
            self.write().await;
            while self.status.fails() {
                if !self.wait_to_retry().await {
                    return;
                }
                self.write().await;
            }
        }
        self.sync().await;
    }

    /// Waits for lines. False where none will come.
    async fn take(&mut self) -> bool {
        loop {
            let sync_at = self.sync_at;
            let is_dirty = sync_at.is_some();
            tokio::select! {
                biased;
                Some(change) = self.changes.recv() => self.change(change).await,
                () = sleep_until(sync_at.unwrap_or_else(Instant::now)), if is_dirty => self.sync().await,
                taken = self.lines.recv_many(&mut self.held, BATCH) => {
                    if taken > 0 {
                        return true;
                    }
                    match self.next.pop_front() {
                        Some(next) => self.lines = next,
                        None => return false,
                    }
                }
            }
        }
    }

    /// False where there is no plugin any more that could tell that lines are lost.
    async fn wait_to_retry(&mut self) -> bool {
        tokio::select! {
            change = self.changes.recv() => match change {
                Some(change) => self.change(change).await,
                None => return false,
            },
            () = sleep(RETRY) => {}
        }
        true
    }

    async fn change(&mut self, change: Change) {
        // The old file is left as a whole.
        self.sync().await;
        self.file = Some(change.file);
        self.sync = change.sync;
        self.next.extend(change.next);
        // Nobody may wait for it any more.
        let _ = change.done.send(());
    }

    async fn write(&mut self) {
        let lines = core::mem::take(&mut self.held);
        let always = self.sync == Sync::Always;
        let written = self.blocking(move |file| {
            let mut lines = lines;
            let (done, mut outcome) = file.append(&lines);
            lines.drain(..done);
            if always && outcome.is_ok() {
                outcome = file.sync();
            }
            (lines, done, outcome)
        });
        let Some((left, done, outcome)) = written.await else {
            return;
        };
        self.held = left;
        self.status.wrote(done);
        if let (Sync::Every(pause), true) = (self.sync, done > 0) {
            self.sync_at.get_or_insert_with(|| Instant::now() + pause);
        }
        self.tell(outcome);
    }

    async fn sync(&mut self) {
        self.sync_at = None;
        if let Some(Err(error)) = self.blocking(LogFile::sync).await {
            let path = self.path();
            tracing::error!(target: "service::audit", %path, %error, "the disk may lack lines that were written");
        }
    }

    fn tell(&self, outcome: io::Result<()>) {
        match outcome {
            Ok(()) => self.status.recovered(),
            Err(error) => self
                .status
                .failed(format!("cannot write to `{}`: {error}", self.path())),
        }
    }

    fn path(&self) -> String {
        let path = self.file.as_ref().map(LogFile::path);
        path.map_or_else(String::new, |path| path.display().to_string())
    }

    /// Works on the file where that blocks nobody. None where the runtime ends.
    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut LogFile) -> T + Send + 'static,
    ) -> Option<T> {
        let mut file = self.file.take()?;
        let working = spawn_blocking(move || {
            let result = work(&mut file);
            (file, result)
        });
        let (file, result) = working.await.ok()?;
        self.file = Some(file);
        Some(result)
    }
}
