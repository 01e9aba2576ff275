//! What the operator says of the inspector.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// How many records are kept unless the settings say so.
pub(crate) const RECENT: usize = 200;
const MOST_RECENT: usize = 10_000;
const SHORTEST_REFRESH: Duration = Duration::from_millis(50);

/// The section `[inspector]`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InspectorSettings {
    /// Whether it is there at all.
    pub enabled: bool,
    /// Whether requests from this very machine are let in, whoever sends them.
    pub allow_loopback: bool,
    /// The role of those who are let in from anywhere.
    pub role: String,
    /// How many of the last events are kept: at most 10000.
    #[serde(deserialize_with = "recent")]
    pub recent: usize,
    /// Whether it shows what events carry.
    pub data: bool,
    /// How often a page is told of new states and numbers: at least every 50 ms. Events are told at once.
    #[serde(deserialize_with = "refresh")]
    pub refresh: Duration,
}

impl Default for InspectorSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            allow_loopback: true,
            role: "admin".to_owned(),
            recent: RECENT,
            data: true,
            refresh: Duration::from_secs(1),
        }
    }
}

fn recent<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let recent = usize::deserialize(from)?;
    if recent > MOST_RECENT {
        let text = format!("{recent} events are too many to be kept: at most {MOST_RECENT}");
        return Err(D::Error::custom(text));
    }
    Ok(recent)
}

fn refresh<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let refresh: Duration = humantime_serde::deserialize(from)?;
    if refresh < SHORTEST_REFRESH {
        let text = format!("{refresh:?} is too short: at least {SHORTEST_REFRESH:?}");
        return Err(D::Error::custom(text));
    }
    Ok(refresh)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::InspectorSettings;

    fn read(json: &str) -> Result<InspectorSettings, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_hold_where_nothing_is_said() {
        let settings = read(r#"{"recent": 10, "refresh": "250ms"}"#).expect("good settings");
        let expected = InspectorSettings {
            recent: 10,
            refresh: Duration::from_millis(250),
            ..InspectorSettings::default()
        };
        assert_eq!(settings, expected);
    }

    #[test]
    fn what_is_out_of_bounds_is_told() {
        let error = read(r#"{"recent": 10001}"#).expect_err("too many");
        assert!(error.contains("at most 10000"), "{error}");
        let error = read(r#"{"refresh": "1ms"}"#).expect_err("too short");
        assert!(error.contains("at least 50ms"), "{error}");
        let error = read(r#"{"rolle": "admin"}"#).expect_err("unknown");
        assert!(error.contains("rolle"), "{error}");
    }
}
