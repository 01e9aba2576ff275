#![doc = include_str!("promises.md")]

mod envelope;
mod error;
mod handler;
mod link;
mod puller;
mod settings;
mod status;
mod window;

use std::sync::Arc;
use std::time::Duration;

use api::{Health, HealthCheck, REMOTE, Work, is_remote};
use async_nats::jetstream::message::PublishMessage;
use pepperplug::prelude::*;
use pepperplug::{AppShutdown, AppStartup, EventMode};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::envelope::Envelope;
pub use crate::error::BridgeError;
use crate::handler::Handler;
use crate::link::Link;
use crate::puller::{Puller, Source};
pub use crate::settings::{BridgeSettings, Name, Server};
use crate::status::Status;
use crate::window::Window;

/// How long events may take to end that are not waited for any longer.
const LAST_CHANCE: Duration = Duration::from_secs(1);

/// Takes events to other nodes of the service, and brings theirs here.
#[plugin(
    description = "events on every node, through NATS",
    settings = "bridge",
    feature = "nats"
)]
#[derive(Debug)]
pub struct BridgePlugin {
    #[inject(settings)]
    settings: BridgeSettings,
    #[inject]
    events: Events,
    status: Arc<Status>,
    link: Option<Link>,
    #[init(watch::Sender::new(false))]
    started: watch::Sender<bool>,
    /// Cancelled when no more events are to be got.
    stop: CancellationToken,
    /// Cancelled when those that are being handled are not waited for any longer.
    abandon: CancellationToken,
    /// Ends what gets events where the plugin is dropped without a cleanup.
    guard: Option<DropGuard>,
    /// What gets events.
    pullers: TaskTracker,
    /// What handles them.
    handlers: TaskTracker,
}

#[plugin]
impl BridgePlugin {
    async fn initialize(&mut self) -> Result<(), BridgeError> {
        let link = Link::connect(self.settings.clone()).await?;
        let handler = Arc::new(Handler {
            link: link.clone(),
            events: self.events.clone(),
            window: Window::new(self.settings.remember.get()),
            status: Arc::clone(&self.status),
            started: self.started.subscribe(),
            stop: self.stop.clone(),
            abandon: self.abandon.clone(),
        });
        let queues = self.settings.queues.iter().cloned().map(Source::Queue);
        let mut ready = Vec::new();
        for source in [Source::Everyone].into_iter().chain(queues) {
            let consumer = link.consumer(&source).await?;
            let puller = Puller::new(Arc::clone(&handler), source, self.handlers.clone());
            ready.push((puller, consumer));
        }
        for (puller, consumer) in ready {
            self.pullers.spawn(puller.run(consumer));
        }
        self.guard = Some(self.stop.clone().drop_guard());
        self.link = Some(link);
        Ok(())
    }

    async fn cleanup(&self) -> Result<(), BridgeError> {
        let drained = self.drain().await;
        if let Some(link) = &self.link {
            link.close().await;
        }
        drained
    }

    /// What has arrived before waits for this.
    #[hook("app.startup")]
    fn begin(&self, _: &AppStartup) {
        self.started.send_replace(true);
    }

    /// Now, while events can be emitted still: those that are being handled come to an end.
    #[hook("app.shutdown")]
    async fn end(&self, _: &AppShutdown) -> Result<(), BridgeError> {
        self.drain().await
    }

    /// Before all other hooks, so that a hook that answers keeps nothing from the other nodes.
    #[hook("**", priority = 900)]
    async fn send(&self, ctx: &EventContext<'_>) -> Result<(), BridgeError> {
        let Some(mark) = ctx.own_metadata(REMOTE) else {
            return Ok(());
        };
        let event = ctx.event();
        match is_remote(ctx) {
            Some(Work::Arrived) => return Ok(()),
            Some(_) if ctx.mode() == EventMode::Collect => {
                return Err(BridgeError::Collect { event });
            }
            Some(Work::Queue(queue)) if Name::new(&queue).is_none() => {
                return Err(BridgeError::BadQueue { event, queue });
            }
            Some(work) => self.publish(ctx, &work).await?,
            None => {
                let mark = mark.to_string();
                return Err(BridgeError::BadMark { event, mark });
            }
        }
        self.status.sent.add();
        Ok(())
    }

    /// Async hooks do not hear events that are declared `sync`.
    #[hook("**", priority = 900)]
    fn refuse(&self, ctx: &EventContext<'_>) -> Result<(), BridgeError> {
        if ctx.is_sync() && ctx.own_metadata(REMOTE).is_some() {
            let event = ctx.event();
            return Err(BridgeError::Sync { event });
        }
        Ok(())
    }

    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        match &self.link {
            Some(link) => self.status.health(link),
            None => Health::ill("not connected"),
        }
    }
}

impl BridgePlugin {
    async fn publish(&self, ctx: &EventContext<'_>, work: &Work) -> Result<(), BridgeError> {
        let link = self.link.as_ref().ok_or(BridgeError::Closed)?;
        let envelope = Envelope::of(ctx, link.node.as_str())?;
        let message = PublishMessage::build()
            .message_id(&*nuid::next())
            .payload(envelope.to_bytes()?);
        let subject = link.subject(work, ctx.event());
        link.publish((&subject, ctx.event()), message).await
    }

    /// Gets no more events, and waits for those that are being handled.
    async fn drain(&self) -> Result<(), BridgeError> {
        self.stop.cancel();
        self.pullers.close();
        self.handlers.close();
        let limit = self.settings.drain_timeout;
        let all = async || {
            self.pullers.wait().await;
            self.handlers.wait().await;
        };
        if timeout(limit, all()).await.is_ok() {
            return Ok(());
        }
        let events = self.handlers.len();
        self.abandon.cancel();
        // A hook that blocks its thread is not to keep the rest waiting.
        let _ = timeout(LAST_CHANCE, all()).await;
        Err(BridgeError::NotDrained { events, limit })
    }
}
