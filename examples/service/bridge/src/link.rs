//! The connection, and what the bridge needs at the server.

use std::time::Duration;

use api::Work;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::context::{Context, GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, ConnectOptions, Event};
use pepperplug::BoxError;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::settings::{BridgeSettings, Name};
use crate::{BridgeError, Source};

/// How long one attempt waits for the server's confirmation, before the same is sent again under the same id.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How long the server remembers ids at least: longer than the same is sent again.
const DUPLICATES: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);

/// The connection to NATS.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) settings: BridgeSettings,
    pub(crate) node: Name,
    client: Client,
    context: Context,
    connected: watch::Receiver<bool>,
}

impl Link {
    /// Connects, and makes sure that the streams are there.
    pub(crate) async fn connect(settings: BridgeSettings) -> Result<Self, BridgeError> {
        let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
        let servers = servers.join(", ");
        let failed = |source: BoxError| BridgeError::Connect { servers, source };
        let node = settings.node_name();
        let (is_connected, connected) = watch::channel(true);
        let options = match options(&settings, &node).await {
            Ok(options) => options.event_callback(move |event| {
                tell(&event, &is_connected);
                core::future::ready(())
            }),
            Err(error) => return Err(failed(error.into())),
        };
        let servers: Vec<_> = settings.servers.iter().map(|of| of.0.clone()).collect();
        let client = match timeout(settings.connect_timeout, options.connect(servers)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(failed(error.into())),
            Err(_) => {
                let why = format!("no answer within {:?}", settings.connect_timeout);
                return Err(failed(why.into()));
            }
        };
        let this = Self {
            node,
            context: jetstream::new(client.clone()),
            client,
            connected,
            settings,
        };
        this.prepare_streams().await?;
        Ok(this)
    }

    pub(crate) fn is_connected(&self) -> bool {
        *self.connected.borrow()
    }

    /// Waits for the next connection, after the one that is there is lost.
    pub(crate) async fn reconnected(&self) {
        let mut connected = self.connected.clone();
        for wanted in [false, true] {
            if connected.wait_for(|is| *is == wanted).await.is_err() {
                // There will be none.
                return core::future::pending().await;
            }
        }
    }

    /// Where the server is that we are connected to.
    pub(crate) fn server(&self) -> String {
        let info = self.client.server_info();
        format!("{}:{}", info.host, info.port)
    }

    /// Sends what is on its way still, such as acknowledgements.
    pub(crate) async fn close(&self) {
        let closing = async {
            self.client.flush().await.map_err(|_| ())?;
            self.client.drain().await.map_err(|_| ())
        };
        if timeout(ATTEMPT, closing).await != Ok(Ok(())) {
            tracing::warn!(target: "service::bridge", "NATS does not hear the last acknowledgements: what they are for is delivered again");
        }
    }

    pub(crate) async fn prepare_streams(&self) -> Result<(), BridgeError> {
        let streams = [
            (RetentionPolicy::Interest, "", "everyone"),
            (RetentionPolicy::WorkQueue, "-WORK", "work"),
            (RetentionPolicy::Limits, "-DEAD", "dead"),
        ];
        for (retention, suffix, part) in streams {
            let config = self.stream(retention, suffix, part);
            self.prepare_stream(config).await?;
        }
        Ok(())
    }

    fn stream(&self, retention: RetentionPolicy, suffix: &str, part: &str) -> Config {
        let (settings, name) = (&self.settings, &self.settings.stream);
        let is_dead = retention == RetentionPolicy::Limits;
        let max_age = settings.max_age * if is_dead { 4 } else { 1 };
        Config {
            name: format!("{name}{suffix}"),
            subjects: vec![format!("{name}.{part}.>")],
            retention,
            // Of what nobody has handled yet nothing makes room for anything.
            discard: if is_dead {
                DiscardPolicy::Old
            } else {
                DiscardPolicy::New
            },
            max_bytes: i64::try_from(settings.max_bytes).unwrap_or(i64::MAX),
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            max_message_size: -1,
            max_age,
            storage: StorageType::File,
            num_replicas: settings.replicas.get(),
            duplicate_window: DUPLICATES.max(settings.publish_timeout * 2).min(max_age),
            ..Config::default()
        }
    }

    /// Creates a stream, or changes its limits to those that are set.
    async fn prepare_stream(&self, wanted: Config) -> Result<(), BridgeError> {
        let what = format!("stream `{}`", wanted.name);
        let failed = |source: BoxError| BridgeError::Prepare { what, source };
        let mut stream = match self.context.get_stream(&wanted.name).await {
            Ok(stream) => stream,
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    // Another node may do so at the same time: that is the same one.
                    let created = self.context.create_stream(wanted).await;
                    return created.map(|_| ()).map_err(|error| failed(error.into()));
                }
                _ => return Err(failed(error.into())),
            },
        };
        let found = match stream.info().await {
            Ok(info) => info.config.clone(),
            Err(error) => return Err(failed(error.into())),
        };
        let differs = [
            (found.retention != wanted.retention)
                .then(|| format!("its retention is {:?}", found.retention)),
            (found.subjects != wanted.subjects)
                .then(|| format!("its subjects are {}", found.subjects.join(", "))),
        ];
        if let Some(why) = differs.into_iter().flatten().next() {
            let stream = wanted.name;
            return Err(BridgeError::OtherStream { stream, why });
        }
        // What the bridge says nothing about is left as it is.
        let changed = Config {
            max_age: wanted.max_age,
            max_bytes: wanted.max_bytes,
            num_replicas: wanted.num_replicas,
            duplicate_window: wanted.duplicate_window,
            ..found.clone()
        };
        if changed == found {
            return Ok(());
        }
        let updated = self.context.update_stream(changed).await;
        updated.map(|_| ()).map_err(|error| failed(error.into()))
    }

    /// The consumer that a node, or all nodes that work on a queue, read from.
    pub(crate) async fn consumer(&self, source: &Source) -> Result<PullConsumer, BridgeError> {
        let (settings, name) = (&self.settings, &self.settings.stream);
        let mut config = pull::Config {
            ack_policy: AckPolicy::Explicit,
            ack_wait: settings.ack_wait,
            // Nothing is given up silently: the bridge counts.
            max_deliver: -1,
            max_ack_pending: i64::from(settings.max_ack_pending.get()),
            ..pull::Config::default()
        };
        let stream = match source {
            Source::Everyone => {
                config.durable_name = Some(format!("node-{}", self.node));
                config.deliver_policy = DeliverPolicy::New;
                config.inactive_threshold = settings.forget_node_after;
                name.to_string()
            }
            Source::Queue(queue) => {
                config.durable_name = Some(format!("queue-{queue}"));
                config.filter_subject = format!("{name}.work.{queue}.>");
                format!("{name}-WORK")
            }
        };
        let created = self.context.create_consumer_on_stream(config, stream).await;
        created.map_err(|error| BridgeError::Prepare {
            what: format!("consumer of {source}"),
            source: error.into(),
        })
    }

    pub(crate) fn subject(&self, work: &Work, event: &str) -> String {
        let stream = &self.settings.stream;
        match work {
            Work::Queue(queue) => format!("{stream}.work.{queue}.{event}"),
            _ => format!("{stream}.everyone.{event}"),
        }
    }

    /// Where the dead letters of an event go.
    pub(crate) fn grave(&self, event: &str) -> String {
        format!("{}.dead.{event}", self.settings.stream)
    }

    /// Sends a message until the server confirms it, within the limit that is set. The id of the message tells the server
    /// what it has already.
    pub(crate) async fn publish(
        &self,
        (subject, event): (&str, &str),
        message: PublishMessage,
    ) -> Result<(), BridgeError> {
        let limit = self.settings.publish_timeout;
        let until = Instant::now() + limit;
        let mut connected = self.connected.clone();
        let mut why = "there is no connection".to_owned();
        loop {
            // What is sent without a connection is sent when there is one again, whoever waits for it.
            let is_there = timeout_at(until, connected.wait_for(|connected| *connected)).await;
            if !is_there.is_ok_and(|connected| connected.is_ok()) {
                break;
            }
            let sending = async {
                let sent = self
                    .context
                    .send_publish(subject.to_owned(), message.clone());
                sent.await?.await
            };
            match timeout_at(until.min(Instant::now() + ATTEMPT), sending).await {
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(error)) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                    let (event, why) = (event.to_owned(), error.to_string());
                    return Err(BridgeError::Refused { event, why });
                }
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => why = "no answer".to_owned(),
            }
            if Instant::now() + PAUSE >= until {
                break;
            }
            sleep(PAUSE).await;
        }
        let event = event.to_owned();
        Err(BridgeError::NotConfirmed { event, limit, why })
    }
}

async fn options(settings: &BridgeSettings, node: &Name) -> std::io::Result<ConnectOptions> {
    let mut options = ConnectOptions::new().name(format!("pepperplug bridge {node}"));
    options = options.require_tls(settings.tls);
    if let Some(path) = &settings.credentials {
        options = options.credentials_file(path).await?;
    } else if let Some(token) = &settings.token {
        options = options.token(token.expose_secret().to_owned());
    } else if let Some(user) = &settings.user {
        let password = settings.password.as_ref().map(ExposeSecret::expose_secret);
        options = options.user_and_password(user.clone(), password.unwrap_or_default().to_owned());
    }
    Ok(options)
}

fn tell(event: &Event, connected: &watch::Sender<bool>) {
    match event {
        Event::Connected => {
            connected.send_replace(true);
            tracing::info!(target: "service::bridge", "connected to NATS");
        }
        Event::Disconnected | Event::Closed => {
            connected.send_replace(false);
            tracing::warn!(target: "service::bridge", "{event} from NATS");
        }
        other => tracing::debug!(target: "service::bridge", "NATS: {other}"),
    }
}
