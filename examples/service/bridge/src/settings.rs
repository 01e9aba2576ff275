//! What can be set.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};

/// The section `[bridge]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BridgeSettings {
    /// The servers of one NATS cluster, such as `nats://127.0.0.1:4222`. Unless set: what the environment's `NATS_URL` says,
    /// separated by commas, or that very address. Each may have its own password: `nats://user:password@host`.
    pub servers: Vec<Server>,
    /// Who we are to the server, with `password`.
    pub user: Option<String>,
    /// See `user`.
    pub password: Option<SecretString>,
    /// A token, in place of user and password.
    pub token: Option<SecretString>,
    /// A credentials file (`.creds`), in place of these.
    pub credentials: Option<PathBuf>,
    /// Whether the connection must be encrypted.
    pub tls: bool,
    /// How long to try to connect at the start.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,

    /// The name of this node, unlike that of any other. Unless set: host and process id, so that each start is a new node. A
    /// node that is to get what was emitted while it was away needs a name of its own.
    pub node: Option<Name>,
    /// How long a node may be away until the server forgets it, and what was kept for it.
    #[serde(with = "humantime_serde")]
    pub forget_node_after: Duration,
    /// The queues that this node works on.
    pub queues: Vec<Name>,

    /// The stream of events for everyone; those beside it are `NAME-WORK` and `NAME-DEAD`. Subjects begin with this, too.
    pub stream: Name,
    /// On how many servers of the cluster each stream is.
    pub replicas: NonZeroUsize,
    /// Events that are older are gone, handled or not. Dead letters are kept four times as long.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
    /// How many bytes each stream may have. When they are full, emits fail; of dead letters the oldest ones go.
    pub max_bytes: u64,

    /// How long an emit waits at most until the server has the event, reconnects included.
    #[serde(with = "humantime_serde")]
    pub publish_timeout: Duration,

    /// How many events are handled at the same time at most, of those for everyone, and of each queue.
    pub max_in_flight: NonZeroUsize,
    /// How many events the server gives out, of one consumer, before the first of them is acknowledged.
    pub max_ack_pending: NonZeroU32,
    /// An event of which nothing is heard for so long is delivered again. Hooks may take longer: they are heard of.
    #[serde(with = "humantime_serde")]
    pub ack_wait: Duration,
    /// How long the hooks of one event may take.
    #[serde(with = "humantime_serde")]
    pub handle_timeout: Duration,
    /// After so many deliveries that came to nothing an event is a dead letter.
    pub max_tries: NonZeroU32,
    /// The pause after the first delivery that fails; doubled each time, to a minute.
    #[serde(with = "humantime_serde")]
    pub backoff: Duration,
    /// How many ids of handled events this node remembers, to tell duplicates.
    pub remember: NonZeroUsize,
    /// How long a shutdown waits for events that are being handled. The rest is given back to the server.
    #[serde(with = "humantime_serde")]
    pub drain_timeout: Duration,
}

impl Default for BridgeSettings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            servers: Server::from_env(),
            user: None,
            password: None,
            token: None,
            credentials: None,
            tls: false,
            connect_timeout: seconds(5),
            node: None,
            forget_node_after: seconds(60 * 60),
            queues: Vec::new(),
            stream: Name("service".to_owned()),
            replicas: NonZeroUsize::MIN,
            max_age: seconds(24 * 60 * 60),
            max_bytes: 1 << 30,
            publish_timeout: seconds(5),
            max_in_flight: NonZeroUsize::MIN.saturating_add(63),
            max_ack_pending: NonZeroU32::MIN.saturating_add(999),
            ack_wait: seconds(30),
            handle_timeout: seconds(60),
            max_tries: NonZeroU32::MIN.saturating_add(4),
            backoff: Duration::from_millis(200),
            remember: NonZeroUsize::MIN.saturating_add(9_999),
            drain_timeout: seconds(10),
        }
    }
}

impl BridgeSettings {
    /// The name of this node.
    pub(crate) fn node_name(&self) -> Name {
        self.node.clone().unwrap_or_else(|| {
            let host = gethostname::gethostname();
            let host = host.to_string_lossy();
            Name::like(&format!("{host}-{}", std::process::id()))
        })
    }
}

/// A part of a subject: letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Name(String);

impl Name {
    /// `None` where `text` is not such a name.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= 64 && text.chars().all(is_plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name that is most like `text`.
    fn like(text: &str) -> Self {
        let plain = |c| if is_plain(c) { c } else { '-' };
        Self(text.chars().map(plain).take(64).collect())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            let wanted = &"1 to 64 letters, digits, `-` and `_`";
            de::Error::invalid_value(de::Unexpected::Str(&text), wanted)
        })
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The address of a server. A password in it is never printed.
#[derive(Clone)]
pub struct Server(pub(crate) async_nats::ServerAddr);

impl Server {
    const DEFAULT: &str = "nats://127.0.0.1:4222";

    fn from_env() -> Vec<Self> {
        let text = std::env::var("NATS_URL").unwrap_or_default();
        let all = text.split(',').filter_map(|url| Self::new(url.trim()));
        let all: Vec<_> = all.collect();
        if all.is_empty() {
            return Self::new(Self::DEFAULT).into_iter().collect();
        }
        all
    }

    fn new(url: &str) -> Option<Self> {
        url.parse().ok().map(Self)
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.0.host(), self.0.port())
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Server {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = String::deserialize(deserializer)?;
        Self::new(&url).ok_or_else(|| {
            let wanted = &"an address such as `nats://127.0.0.1:4222`";
            de::Error::invalid_value(de::Unexpected::Str(&url), wanted)
        })
    }
}
