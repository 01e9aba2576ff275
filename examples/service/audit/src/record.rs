//! From an event to a line.

use pepperplug::EventContext;
use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::AuditSettings;

/// What is written of an event.
#[derive(Serialize)]
struct Record<'a> {
    time: String,
    event: &'a str,
    correlation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// The length of the data, where it is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    metadata: Metadata,
}

/// Values by key, in the order of the keys.
struct Metadata(Vec<(String, Value)>);

impl Metadata {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Metadata {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The line of an event, with its end. An event that cannot be looked at as data has none.
pub(crate) fn line(
    ctx: &EventContext<'_>,
    settings: &AuditSettings,
) -> Result<String, serde_json::Error> {
    let hide = &settings.hide;
    let metadata = ctx.all_metadata().map(|(key, value)| {
        let value = if is_secret(key, hide) {
            hidden()
        } else {
            without_secrets(value.clone(), hide)
        };
        (key.to_owned(), value)
    });
    let mut data = ctx.data().ok().map(|data| without_secrets(data, hide));
    // An event without fields.
    data = data.filter(|data| !data.is_null());
    let length = data.as_ref().map_or(0, |data| data.to_string().len());
    let is_too_long = length > settings.max_data;
    let record = Record {
        time: now(),
        event: ctx.event(),
        correlation: ctx.correlation_id().to_string(),
        data: data.filter(|_| !is_too_long),
        data_bytes: is_too_long.then_some(length),
        metadata: Metadata(metadata.collect()),
    };
    let mut line = serde_json::to_string(&record)?;
    line.push('\n');
    Ok(line)
}

fn now() -> String {
    // Only years of five digits cannot be written.
    OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default()
}

fn without_secrets(value: Value, hide: &[String]) -> Value {
    match value {
        Value::Object(fields) => {
            let shown = fields.into_iter().map(|(key, value)| {
                let value = if is_secret(&key, hide) {
                    hidden()
                } else {
                    without_secrets(value, hide)
                };
                (key, value)
            });
            Value::Object(shown.collect())
        }
        Value::Array(items) => {
            let shown = items.into_iter().map(|item| without_secrets(item, hide));
            Value::Array(shown.collect())
        }
        other => other,
    }
}

fn is_secret(key: &str, hide: &[String]) -> bool {
    let key = key.to_ascii_lowercase();
    hide.iter()
        .any(|word| key.contains(&word.to_ascii_lowercase()))
}

fn hidden() -> Value {
    Value::from("hidden")
}
