//! What can be set.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// The section `[audit]`. All of it may change while the plugin runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AuditSettings {
    /// The file that lines are added to. Its directory is made at the start, where it is missing.
    pub path: PathBuf,
    /// A file that has grown to this many bytes is set aside, as `NAME.1`. 0 is never.
    pub max_bytes: u64,
    /// How many files are kept beside the one that is written: `NAME.1`, the newest, to `NAME.KEEP`. Older ones are deleted.
    pub keep: NonZeroU32,
    /// When the disk is made to have what was written.
    pub sync: Sync,
    /// How many lines may wait to be written. An emit waits while that many do.
    pub queue: NonZeroUsize,
    /// How long an emit waits for room at most. After that its line is refused, and the emitter is told.
    #[serde(with = "humantime_serde")]
    pub patience: Duration,
    /// How long a shutdown waits for the last lines at most. The manager's limit for a cleanup, 10 s, is to be longer.
    #[serde(with = "humantime_serde")]
    pub flush_timeout: Duration,
    /// Events that are not written, by name.
    pub skip: Vec<String>,
    /// Values of data and metadata whose key has one of these words in it are replaced by `hidden`.
    pub hide: Vec<String>,
    /// Data that is longer than this many bytes as JSON is left out, and its length is written instead.
    pub max_data: usize,
}

impl Default for AuditSettings {
    fn default() -> Self {
        let secret = ["authorization", "cookie", "pass", "secret", "token"];
        Self {
            path: PathBuf::from("audit.jsonl"),
            max_bytes: 64 << 20,
            keep: NonZeroU32::MIN.saturating_add(7),
            sync: Sync::Every(Duration::from_secs(1)),
            queue: NonZeroUsize::MIN.saturating_add(4095),
            patience: Duration::from_secs(1),
            flush_timeout: Duration::from_secs(5),
            skip: Vec::new(),
            hide: secret.map(str::to_owned).to_vec(),
            max_data: 64 << 10,
        }
    }
}

/// When the disk is made to have what was written. In any case when a file is set aside or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sync {
    /// `"never"`: when the system sees fit. A power failure may take the last half minute.
    Never,
    /// `"always"`: after each write, which is of all lines that wait by then.
    Always,
    /// A duration, such as `"1s"`: so long after the first write that the disk may not have.
    Every(Duration),
}

impl<'de> Deserialize<'de> for Sync {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "never" => Ok(Self::Never),
            "always" => Ok(Self::Always),
            every => {
                let every: humantime_serde::Serde<Duration> =
                    Deserialize::deserialize(de::value::StrDeserializer::<D::Error>::new(every))
                        .map_err(|_| {
                            let wanted = &"`never`, `always`, or a duration such as `1s`";
                            de::Error::invalid_value(de::Unexpected::Str(every), wanted)
                        })?;
                Ok(Self::Every(every.into_inner()))
            }
        }
    }
}
