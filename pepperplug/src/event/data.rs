//! Events as data, for whoever knows only their names.

#![allow(
    unsafe_code,
    reason = "an event's type is erased, and told to the function that makes data of it"
)]

use core::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{Event, EventMeta, ToValue};
use crate::hook::{Keep, Kept};

/// Why an event is not to be had as data, or not to be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[PP246] {why}")]
pub struct DataError {
    why: String,
}

impl DataError {
    /// The stable code of this error; its page in [`errors`](crate::errors) says how to mend it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "PP246"
    }

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

    pub(crate) fn no_output(event: &EventMeta) -> Self {
        let (event, takes) = (event.name(), event.takes);
        Self::new(format_args!(
            "what the hooks of event `{event}` answer, `{takes}`, cannot be told as data: derive `serde::Serialize` for it"
        ))
    }

    pub(crate) fn unfit(event: &EventMeta, error: impl fmt::Display) -> Self {
        let event = event.name();
        Self::new(format_args!(
            "the data does not fit event `{event}`: {error}"
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
}

/// How data is made of an `E`.
pub(crate) const fn to_value_of<E: Serialize>() -> ToValue {
    /// # Safety
    /// `event` points to an `E`.
    unsafe fn to_value<E: Serialize>(event: *const ()) -> Result<Value, serde_json::Error> {
        // SAFETY: the caller's promise.
        serde_json::to_value(unsafe { &*event.cast::<E>() })
    }
    to_value::<E>
}

/// How an `E` is kept.
pub(crate) const fn keep_of<E: Event + Clone>() -> Keep {
    /// # Safety
    /// `event` points to an `E`.
    unsafe fn keep<E: Event + Clone>(event: *const ()) -> Kept {
        // SAFETY: the caller's promise.
        Arc::new(unsafe { &*event.cast::<E>() }.clone())
    }
    keep::<E>
}
