//! What is told of one moment.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Record {
    /// Rises by one from each to the next.
    pub(crate) number: u64,
    /// In milliseconds since 1970.
    pub(crate) at: u64,
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum What {
    /// An event was emitted.
    Emitted {
        event: &'static str,
        /// What belongs together has one.
        correlation: String,
        /// The event as JSON, where it can be told; the beginning of it, where it is long.
        data: Option<String>,
    },
    /// A hook failed.
    Failed {
        event: &'static str,
        correlation: String,
        plugin: &'static str,
        hook: &'static str,
        error: String,
        /// Whether the emitter is not told.
        ignored: bool,
        seconds: f64,
    },
    /// A reload that this page asked for has ended.
    Reloaded { well: bool, text: String },
}

impl What {
    /// The same without what the event carries.
    pub(crate) fn without_data(mut self) -> Self {
        if let Self::Emitted { data, .. } = &mut self {
            *data = None;
        }
        self
    }
}

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map(|since| since.as_millis()).unwrap_or_default();
    u64::try_from(millis).unwrap_or(u64::MAX)
}

/// The beginning of a text that is too long to be told as a whole.
pub(crate) fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_text_ends_between_two_letters() {
        assert_eq!(shortened("short".to_owned(), 5), "short");
        assert_eq!(shortened("longer".to_owned(), 5), "longe…");
        assert_eq!(shortened("ääää".to_owned(), 3), "ä…");
    }
}
