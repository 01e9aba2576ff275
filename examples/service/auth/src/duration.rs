//! Durations in settings: text such as `5m`, within bounds.

use std::time::Duration;

use serde::{Deserializer, de::Error};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// From one second to a year.
pub(crate) fn long<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    between(Duration::from_secs(1), deserializer)
}

/// More than nothing, to a year.
#[cfg(feature = "oauth")]
pub(crate) fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    between(Duration::from_millis(1), deserializer)
}

/// From nothing to a year.
pub(crate) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    between(Duration::ZERO, deserializer)
}

fn between<'de, D: Deserializer<'de>>(
    least: Duration,
    deserializer: D,
) -> Result<Duration, D::Error> {
    let duration: Duration = humantime_serde::deserialize(deserializer)?;
    if (least..=YEAR).contains(&duration) {
        return Ok(duration);
    }
    Err(D::Error::custom(format!(
        "{} is not from {} to a year",
        humantime::format_duration(duration),
        humantime::format_duration(least)
    )))
}
