//! From a message to hooks, and back to the server.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{AckKind, Message};
use bytes::Bytes;
use pepperplug::{EmitError, Error, Events};
use tokio::sync::watch;
use tokio::time::{Instant, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use crate::envelope::Envelope;
use crate::link::Link;
use crate::status::Status;
use crate::window::{Running, Seen, Window};
use crate::{BridgeError, Source};

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Lets the hooks of this node handle what arrives.
#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) link: Link,
    pub(crate) events: Events,
    pub(crate) window: Window,
    pub(crate) status: Arc<Status>,
    /// Whether the application has started.
    pub(crate) started: watch::Receiver<bool>,
    /// Cancelled when nothing new is to be begun.
    pub(crate) stop: CancellationToken,
    /// Cancelled when what is begun is to be given back.
    pub(crate) abandon: CancellationToken,
}

/// What became of an event.
enum Outcome<'w> {
    Handled(Running<'w>),
    /// There is nothing to do.
    Done,
    /// Somebody else sees to it: this very moment, or in another life of this node.
    Elsewhere,
    GivenBack,
    Failed(String),
    /// Another try would come to the same.
    Hopeless(String),
}

impl Handler {
    pub(crate) async fn handle(&self, source: &Source, message: Message) {
        let delivered = message.info().map_or(1, |info| info.delivered);
        let tries = u32::try_from(delivered).unwrap_or(u32::MAX);
        let most = self.link.settings.max_tries.get();
        let outcome = self.outcome(source, &message, tries).await;
        match outcome {
            Outcome::Handled(running) => {
                // First: an acknowledgement that is lost makes a duplicate.
                running.done();
                self.status.handled.add();
                answer(&message, AckKind::Ack).await;
            }
            Outcome::Done => answer(&message, AckKind::Ack).await,
            Outcome::Elsewhere => {}
            Outcome::GivenBack => answer(&message, AckKind::Nak(None)).await,
            Outcome::Failed(why) if tries < most => {
                self.status.failed.add();
                let pause = self.pause(tries);
                tracing::warn!(
                    target: "service::bridge", subject = %message.subject, tries, ?pause,
                    "an event is tried again: {why}",
                );
                answer(&message, AckKind::Nak(Some(pause))).await;
            }
            Outcome::Failed(why) | Outcome::Hopeless(why) => {
                self.status.failed.add();
                self.bury(&message, tries, &why).await;
            }
        }
    }

    async fn outcome(&self, source: &Source, message: &Message, tries: u32) -> Outcome<'_> {
        let envelope: Envelope = match serde_json::from_slice(&message.payload) {
            Ok(envelope) => envelope,
            Err(error) => return Outcome::Hopeless(format!("it is no event: {error}")),
        };
        // Its hooks have run here, within the emit.
        if *source == Source::Everyone && envelope.node == self.link.node.as_str() {
            return Outcome::Done;
        }
        let running = match self.window.begin(&id(message)) {
            Seen::Never(running) => running,
            Seen::Running => return Outcome::Elsewhere,
            Seen::Done => {
                self.status.duplicates.add();
                return Outcome::Done;
            }
        };
        if tries > self.link.settings.max_tries.get() {
            let why = "no try came to an end: maybe it ends the process that handles it";
            return Outcome::Hopeless(why.to_owned());
        }
        let emitting = self.emit(source, &envelope);
        tokio::select! {
            emitted = self.heard_of(message, emitting) => match emitted {
                Ok(()) => Outcome::Handled(running),
                Err(outcome) => outcome,
            },
            () = self.abandon.cancelled() => Outcome::GivenBack,
        }
    }

    async fn emit(&self, source: &Source, envelope: &Envelope) -> Result<(), Outcome<'static>> {
        loop {
            let context = envelope
                .context()
                .timeout(self.link.settings.handle_timeout);
            let data = envelope.data.clone();
            let emitted = self
                .events
                .emit_dynamic_with(&envelope.event, data, context)
                .await;
            match emitted {
                Ok(_) => return Ok(()),
                Err(Error::Emit(EmitError::NotStarted { .. })) => self.started().await?,
                Err(Error::Emit(EmitError::ShuttingDown { .. })) => {
                    return Err(Outcome::GivenBack);
                }
                // Nobody here listens to it: a node of another version, or with other plugins.
                Err(Error::Emit(EmitError::UnknownEvent { .. })) if *source == Source::Everyone => {
                    tracing::debug!(target: "service::bridge", event = envelope.event, "an event that nobody here knows");
                    return Err(Outcome::Done);
                }
                Err(Error::Emit(EmitError::Data(error))) => {
                    return Err(Outcome::Hopeless(error.to_string()));
                }
                Err(error) => return Err(Outcome::Failed(error.to_string())),
            }
        }
    }

    /// Waits for the application to have started.
    async fn started(&self) -> Result<(), Outcome<'static>> {
        let mut started = self.started.clone();
        tokio::select! {
            Ok(_) = started.wait_for(|started| *started) => Ok(()),
            () = self.stop.cancelled() => Err(Outcome::GivenBack),
        }
    }

    /// Tells the server, while something is being done, that it is.
    async fn heard_of<T>(&self, message: &Message, work: impl Future<Output = T>) -> T {
        let period = self.link.settings.ack_wait / 3;
        let mut work = pin!(work);
        let mut tick = interval_at(Instant::now() + period, period);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = tick.tick() => answer(message, AckKind::Progress).await,
            }
        }
    }

    /// Makes a dead letter of it.
    async fn bury(&self, message: &Message, tries: u32, why: &str) {
        let info = message.info().ok();
        let consumer = info.as_ref().map_or("", |info| info.consumer);
        let mut headers = message.headers.clone().unwrap_or_default();
        let id = id(message);
        // Each consumer may have its own reason.
        headers.insert(NATS_MESSAGE_ID, format!("{id}.{consumer}"));
        headers.insert("Original-Nats-Msg-Id", id);
        headers.insert("Dead-Reason", one_line(why));
        headers.insert("Dead-Tries", tries.to_string());
        headers.insert("Dead-Consumer", consumer);
        headers.insert("Dead-Node", self.link.node.as_str());
        headers.insert("Dead-Subject", message.subject.as_str());
        let event = self.event_of(message);
        let grave = self.link.grave(&event);
        let sending = async {
            let letter =
                |headers, payload| PublishMessage::build().headers(headers).payload(payload);
            let whole = letter(headers.clone(), message.payload.clone());
            match self.link.publish((&grave, &event), whole).await {
                // Most likely it just fitted before. Better without its data than tried for ever.
                Err(BridgeError::Refused { .. }) => {
                    headers.insert("Dead-Payload-Bytes", message.payload.len().to_string());
                    let cut = letter(headers, Bytes::new());
                    self.link.publish((&grave, &event), cut).await
                }
                sent => sent,
            }
        };
        match self.heard_of(message, sending).await {
            Ok(()) => {
                self.status.buried.add();
                tracing::error!(target: "service::bridge", event, tries, "a dead letter: {why}");
                answer(message, AckKind::Ack).await;
            }
            Err(error) => {
                tracing::error!(target: "service::bridge", event, "not even a dead letter: {error}; {why}");
                answer(message, AckKind::Nak(Some(self.pause(tries)))).await;
            }
        }
    }

    /// The subject's end: what follows the stream's name and the kind, and the queue's name.
    fn event_of(&self, message: &Message) -> String {
        let mut parts = message.subject.split('.').skip(1);
        if parts.next() == Some("work") {
            parts.next();
        }
        parts.collect::<Vec<_>>().join(".")
    }

    fn pause(&self, tries: u32) -> Duration {
        let doubled = 1_u32 << tries.saturating_sub(1).min(20);
        let pause = self.link.settings.backoff.saturating_mul(doubled);
        pause.min(LONGEST_PAUSE)
    }
}

/// What tells an event from others: the id that its emitter gave it, or else its place.
fn id(message: &Message) -> String {
    let id = message.headers.as_ref().and_then(|headers| {
        let id = HeaderMap::get(headers, NATS_MESSAGE_ID)?;
        Some(id.as_str().to_owned())
    });
    id.unwrap_or_else(|| {
        let info = message.info().ok();
        info.map_or_else(String::new, |info| {
            format!("{}.{}", info.stream, info.stream_sequence)
        })
    })
}

/// A header's value has no line breaks.
fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).take(1000).collect()
}

pub(crate) async fn answer(message: &Message, kind: AckKind) {
    // It is sent when there is a connection again. Unless it is heard in time, the event is delivered once more.
    let answered = timeout(Duration::from_secs(1), message.ack_with(kind)).await;
    if let Ok(Err(error)) = answered {
        tracing::debug!(target: "service::bridge", %error, "cannot answer {kind:?}");
    }
}
