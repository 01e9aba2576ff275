//! Events that have a name and no type: those that are registered while the program runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::event::{Event, EventMeta, Notify};
use crate::meta::{Location, hash_name};
use crate::registry::EventRef;
use crate::slot::{Slot, TypeSlot};

/// An event without a type of its own: its data.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct DynamicEvent(pub(crate) Value);

impl Event for DynamicEvent {
    type Mode = Notify;
    type Output = ();
    const META: &'static EventMeta = &EventMeta::new(
        "*",
        0,
        "DynamicEvent",
        module_path!(),
        Location::new(file!(), line!(), column!()),
    );

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<DynamicEvent> = TypeSlot::new();
        &SLOT
    }
}

/// A name, with what an event's type has else.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) meta: EventMeta,
    pub(crate) slot: Slot,
}

/// The event of a name. What is made of a name is never freed, and is the same for all managers, which share nothing by
/// that: each has its own tables.
pub(super) fn event_named(name: &str) -> EventRef {
    static NAMES: Mutex<Option<HashMap<&'static str, &'static Registered>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    let registered = match names.get(name) {
        Some(registered) => registered,
        None => {
            let name = interned(name);
            let registered: &'static Registered = Box::leak(Box::new(Registered {
                meta: EventMeta::new(
                    name,
                    hash_name(name),
                    "DynamicEvent",
                    module_path!(),
                    Location::new(file!(), line!(), column!()),
                )
                .data(Some(crate::event::AsData::of::<DynamicEvent>())),
                slot: Slot::new(),
            }));
            names.insert(name, registered);
            registered
        }
    };
    EventRef::registered(registered)
}

/// The same text, never freed: once for each text.
pub(super) fn interned(text: &str) -> &'static str {
    static TEXTS: Mutex<Option<std::collections::HashSet<&'static str>>> = Mutex::new(None);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = texts.get_or_insert_default();
    match texts.get(text) {
        Some(text) => text,
        None => {
            let text: &'static str = Box::leak(text.into());
            texts.insert(text);
            text
        }
    }
}

/// Why a text is no event's name, nor, where `pattern`, a pattern of names.
pub(super) fn unfit(text: &str, pattern: bool) -> Option<String> {
    let is_name = |part: &str| {
        let inner = part
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        inner && !part.is_empty() || pattern && matches!(part, "*" | "**")
    };
    if text.split('.').all(is_name) {
        return None;
    }
    let what = if pattern { "pattern" } else { "name" };
    let stars = if pattern { ", or `*` or `**`" } else { "" };
    Some(format!(
        "`{text}` is no event's {what}: write words of letters, digits, `-` and `_`{stars}, with dots in between"
    ))
}
