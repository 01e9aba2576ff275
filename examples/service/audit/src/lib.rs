//! What happened, event by event: each event of the application is a line of JSON in a file.
//!
//! ```json
//! {"time":"2026-11-25T10:18:48.5Z","event":"user.logout","correlation":"request-42","data":{"user":{"id":"1"}}}
//! ```
//!
//! # What is promised
//!
//! - An emit goes on when its line is in the queue of the one task that writes. Where the queue is full it waits for room: a
//!   slow disk slows emits down, and no line is dropped. After [`patience`](AuditSettings::patience) the line is refused:
//!   that is an error of the hook, which the emitter gets, unless the settings say otherwise
//!   (`[hooks."**"] on_error = "ignore"`).
//! - Each line that is not refused is written once and whole, also while the file is set aside or changed by a reload.
//! - While the disk takes nothing, lines wait, as many as fit into the queue; it is tried again four times a second.
//!   `health.check` and the log say so. No emit waits for such a disk: what has no room is refused at once.
//! - A shutdown waits for the last lines, within [`flush_timeout`](AuditSettings::flush_timeout), and says how many were left.
//! - A killed process loses what is in the queue; a power failure also what the disk was not made to have, see [`Sync`]. A
//!   line that is cut off by either is removed when the file is opened.
//!
//! Events that are declared `sync` are heard as well. Their emitters cannot wait: where the queue is full, the line is refused at
//! once.
//!
//! Hooks are called before those of other plugins, so an event is written that a later hook ends or refuses. What becomes of it
//! is not written. Events in mode `transform` are written as they are emitted.

mod file;
mod record;
mod settings;
mod status;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use api::{Health, HealthCheck};
use pepperplug::prelude::*;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::file::LogFile;
pub use crate::settings::{AuditSettings, Sync};
use crate::status::Status;
use crate::writer::{Change, Writer};

/// Why a line was not written, or the file not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The file cannot be opened, at the start or in a reload.
    #[error("cannot open the audit log `{}`: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There was no room for a line for so long.
    #[error(
        "the audit log is too slow: there was no room for a line of event `{event}` for {patience:?}"
    )]
    Full {
        /// The event.
        event: &'static str,
        /// How long its emit has waited.
        patience: Duration,
    },
    /// The disk takes nothing, and as many lines wait as may.
    #[error("event `{event}` is not in the audit log: {why}")]
    Failing {
        /// The event.
        event: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The plugin has ended.
    #[error("the audit log is closed")]
    Closed,
    /// Lines could not be written in the time that a shutdown has.
    #[error("{lines} lines of the audit log were not written within {limit:?}: {why}")]
    Lost {
        /// How many.
        lines: u64,
        /// How long it was tried.
        limit: Duration,
        /// What is wrong.
        why: String,
    },
    /// An event's data has no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Where lines go in, and under what settings.
#[derive(Debug)]
struct Intake {
    lines: mpsc::Sender<String>,
    settings: AuditSettings,
}

/// Writes each event to a file.
#[plugin(
    description = "every event as a line of JSON",
    settings = "audit",
    feature = "audit"
)]
#[derive(Debug)]
pub struct AuditPlugin {
    #[inject(settings)]
    settings: AuditSettings,
    status: Arc<Status>,
    /// None before the start and after the end.
    intake: RwLock<Option<Arc<Intake>>>,
    changes: Option<mpsc::Sender<Change>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[plugin]
impl AuditPlugin {
    async fn initialize(&mut self) -> Result<(), AuditError> {
        let file = open(self.settings.clone()).await?;
        let (lines, queue) = mpsc::channel(self.settings.queue.get());
        let (changes, orders) = mpsc::channel(1);
        let status = Arc::clone(&self.status);
        let writer = Writer::new((file, self.settings.sync), queue, orders, status);
        self.task = Mutex::new(Some(tokio::spawn(writer.run())));
        self.changes = Some(changes);
        let settings = self.settings.clone();
        self.set_intake(Some(Intake { lines, settings }));
        Ok(())
    }

    /// Changes the file in place, and loses no line: those that wait go to the new one.
    async fn reconfigure(&self, settings: AuditSettings) -> Result<(), AuditError> {
        let before = self.intake()?;
        let changes = self.changes.as_ref().ok_or(AuditError::Closed)?;
        let file = open(settings.clone()).await?;
        let is_as_long = settings.queue == before.settings.queue;
        let (lines, next) = if is_as_long {
            (before.lines.clone(), None)
        } else {
            let (lines, queue) = mpsc::channel(settings.queue.get());
            (lines, Some(queue))
        };
        let (done, is_done) = oneshot::channel();
        let change = Change {
            file,
            sync: settings.sync,
            next,
            done,
        };
        let sent = changes.send(change).await;
        sent.map_err(|_| AuditError::Closed)?;
        is_done.await.map_err(|_| AuditError::Closed)?;
        self.set_intake(Some(Intake { lines, settings }));
        Ok(())
    }

    async fn cleanup(&self) -> Result<(), AuditError> {
        let Ok(intake) = self.intake() else {
            return Ok(());
        };
        let limit = intake.settings.flush_timeout;
        // The last ones who can add lines: the writer ends when it has written what is there.
        drop(intake);
        self.set_intake(None);
        let Some(mut task) = self.task.lock().await.take() else {
            return Ok(());
        };
        let ended = timeout(limit, &mut task).await;
        task.abort();
        let lines = self.status.waiting();
        if ended.is_ok() && lines == 0 {
            return Ok(());
        }
        let slow = || "the disk is too slow".to_owned();
        let why = self.status.why().unwrap_or_else(slow);
        Err(AuditError::Lost { lines, limit, why })
    }

    /// First of all, so that hooks that answer or fail keep nothing from it.
    #[hook("**", priority = 1000)]
    async fn write_down(&self, ctx: &EventContext<'_>) -> Result<(), AuditError> {
        let intake = self.intake()?;
        let Some(line) = line(ctx, &intake)? else {
            return Ok(());
        };
        let Err(line) = self.add(&intake, line, ctx)? else {
            return Ok(());
        };
        let patience = intake.settings.patience;
        let waiting = Accepted(Some(&self.status));
        match timeout(patience, intake.lines.reserve()).await {
            Ok(Ok(room)) => {
                waiting.keep();
                room.send(line);
                Ok(())
            }
            Ok(Err(_)) => Err(AuditError::Closed),
            Err(_) => Err(AuditError::Full {
                event: ctx.event(),
                patience,
            }),
        }
    }

    /// Async hooks do not hear events that are declared `sync`.
    #[hook("**", priority = 1000)]
    fn write_down_sync(&self, ctx: &EventContext<'_>) -> Result<(), AuditError> {
        if !ctx.is_sync() {
            return Ok(());
        }
        let intake = self.intake()?;
        let Some(line) = line(ctx, &intake)? else {
            return Ok(());
        };
        self.add(&intake, line, ctx)?.map_err(|_| {
            self.status.refuse();
            AuditError::Full {
                event: ctx.event(),
                patience: Duration::ZERO,
            }
        })
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        self.status.health()
    }
}

impl AuditPlugin {
    /// Adds a line where there is room. Where there is none yet gives it back, and it counts as waiting.
    fn add(
        &self,
        intake: &Intake,
        line: String,
        ctx: &EventContext<'_>,
    ) -> Result<Result<(), String>, AuditError> {
        self.status.accept();
        let accepted = Accepted(Some(&self.status));
        match intake.lines.try_send(line) {
            Ok(()) => {
                accepted.keep();
                Ok(Ok(()))
            }
            Err(TrySendError::Closed(_)) => Err(AuditError::Closed),
            Err(TrySendError::Full(line)) => {
                let Some(why) = self.status.why() else {
                    accepted.keep();
                    return Ok(Err(line));
                };
                let event = ctx.event();
                Err(AuditError::Failing { event, why })
            }
        }
    }

    fn intake(&self) -> Result<Arc<Intake>, AuditError> {
        let intake = self.intake.read().unwrap_or_else(PoisonError::into_inner);
        intake.clone().ok_or(AuditError::Closed)
    }

    fn set_intake(&self, next: Option<Intake>) {
        let mut intake = self.intake.write().unwrap_or_else(PoisonError::into_inner);
        *intake = next.map(Arc::new);
    }
}

/// A line that counts as waiting, and as refused when this is dropped.
struct Accepted<'a>(Option<&'a Status>);

impl Accepted<'_> {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Accepted<'_> {
    fn drop(&mut self) {
        if let Some(status) = self.0 {
            status.refuse();
        }
    }
}

/// The line of an event, unless that is one that is not written.
fn line(ctx: &EventContext<'_>, intake: &Intake) -> Result<Option<String>, AuditError> {
    if intake.settings.skip.iter().any(|name| name == ctx.event()) {
        return Ok(None);
    }
    Ok(Some(record::line(ctx, &intake.settings)?))
}

async fn open(settings: AuditSettings) -> Result<LogFile, AuditError> {
    let path = settings.path.clone();
    let opened = spawn_blocking(move || LogFile::create(&settings)).await;
    let opened = opened.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    opened.map_err(|source| AuditError::Open { path, source })
}
