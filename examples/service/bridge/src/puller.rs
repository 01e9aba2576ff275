//! Getting events, no more than can be handled.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::PullConsumer;
use futures::{FutureExt, StreamExt};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::task::TaskTracker;

use crate::BridgeError;
use crate::handler::{Handler, answer};
use crate::settings::Name;

/// How long the server keeps a request for events.
const EXPIRES: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Where events come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Everyone,
    Queue(Name),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("events for everyone"),
            Self::Queue(queue) => write!(f, "queue `{queue}`"),
        }
    }
}

/// Gets the events of one consumer, and has them handled.
#[derive(Debug)]
pub(crate) struct Puller {
    handler: Arc<Handler>,
    source: Source,
    /// Room for events that are being handled. Nobody else takes of it.
    room: Arc<Semaphore>,
    /// Those that are being handled.
    tasks: TaskTracker,
}

impl Puller {
    pub(crate) fn new(handler: Arc<Handler>, source: Source, tasks: TaskTracker) -> Self {
        let most = handler.link.settings.max_in_flight.get();
        Self {
            handler,
            source,
            room: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            tasks,
        }
    }

    /// Until the handler is to stop.
    pub(crate) async fn run(self, first: PullConsumer) {
        let mut consumer = Some(first);
        let mut pause = FIRST_PAUSE;
        let stop = self.handler.stop.clone();
        while !stop.is_cancelled() {
            match self.pull(&mut consumer).await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.handler.status.flows(&self.source);
                }
                Err(error) => {
                    consumer = None;
                    self.handler.status.blocked(&self.source, error.to_string());
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = sleep(pause) => {}
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Asks for as many events as there is room for, and waits for them.
    async fn pull(&self, consumer: &mut Option<PullConsumer>) -> Result<(), BridgeError> {
        let stop = &self.handler.stop;
        let consumer = match consumer {
            Some(consumer) => consumer,
            // The server may have lost its files, or forgotten this node.
            none => {
                self.handler.link.prepare_streams().await?;
                none.insert(self.handler.link.consumer(&self.source).await?)
            }
        };
        let failed = |error: async_nats::Error| BridgeError::Prepare {
            what: self.source.to_string(),
            source: error,
        };
        let free = self.room.available_permits().max(1);
        let mut room = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            room = Arc::clone(&self.room).acquire_many_owned(u32::try_from(free).unwrap_or(u32::MAX)) => {
                room.map_err(|_| BridgeError::Closed)?
            }
        };
        let asking = consumer.batch().max_messages(free).expires(EXPIRES);
        let mut batch = asking
            .messages()
            .await
            .map_err(|error| failed(error.into()))?;
        let mut reconnected = pin!(self.handler.link.reconnected());
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                next = batch.next() => next,
                // The server has forgotten that it was asked.
                () = &mut reconnected => return Ok(()),
            };
            let message = match next {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(failed(error)),
                None => return Ok(()),
            };
            self.handler.status.flows(&self.source);
            let place = room.split(1);
            let (handler, source) = (Arc::clone(&self.handler), self.source.clone());
            self.tasks.spawn(async move {
                handler.handle(&source, message).await;
                drop(place);
            });
        }
        // What has arrived in the meantime is for others, or for later.
        while let Some(Some(Ok(message))) = batch.next().now_or_never() {
            answer(&message, AckKind::Nak(None)).await;
        }
        Ok(())
    }
}
