//! Events as data, for whoever knows only their names.

use core::fmt;

use super::EventMeta;

/// Why an event is not to be had as data, or not to be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[PP247] {why}")]
pub struct DataError {
    why: String,
}

impl DataError {
    fn new(why: impl fmt::Display) -> Self {
        let why = why.to_string();
        Self { why }
    }

    pub(crate) fn not_serializable(event: &EventMeta) -> Self {
        let (event, ty) = (event.name(), event.type_name());
        Self::new(format_args!(
            "event `{event}` cannot be looked at as data: derive `serde::Serialize` for `{ty}`"
        ))
    }

    pub(crate) fn not_deserializable(event: &EventMeta) -> Self {
        let (event, ty) = (event.name(), event.type_name());
        Self::new(format_args!(
            "event `{event}` cannot be made of data: derive `serde::Deserialize` for `{ty}`"
        ))
    }

    pub(crate) fn lent(event: &EventMeta) -> Self {
        let event = event.name();
        Self::new(format_args!(
            "event `{event}` is lent to the hook by `&mut`, so it cannot be looked at as data at the same time"
        ))
    }

    pub(crate) fn failed(event: &EventMeta, error: impl fmt::Display) -> Self {
        let event = event.name();
        Self::new(format_args!(
            "event `{event}` cannot be looked at as data: {error}"
        ))
    }

    pub(crate) fn unfit(event: &EventMeta, error: impl fmt::Display) -> Self {
        let event = event.name();
        Self::new(format_args!(
            "the data does not fit event `{event}`: {error}"
        ))
    }
}
