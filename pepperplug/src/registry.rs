//! What the build linked: the one file that names the crates that collect it.

use core::any::TypeId;

use crate::event::{Event, EventMeta};
use crate::hook::{DynamicEvent, Registered};
use crate::meta::MetaRef;
use crate::slot::Slot;

/// An event type as a value.
#[derive(Debug, Clone, Copy)]
pub struct EventRef {
    meta: &'static EventMeta,
    slot: SlotOf,
    type_id: fn() -> TypeId,
}

/// Where the slot of an event is.
#[derive(Debug, Clone, Copy)]
enum SlotOf {
    Type(fn() -> &'static Slot),
    /// Of a name that was registered.
    Name(&'static Slot),
}

impl EventRef {
    /// The event type `E`.
    #[must_use]
    pub const fn of<E: Event>() -> Self {
        Self {
            meta: E::META,
            slot: SlotOf::Type(|| E::slot().untyped()),
            type_id: TypeId::of::<E>,
        }
    }

    #[cfg(test)]
    pub(crate) fn of_named(meta: &'static EventMeta) -> Self {
        Self {
            meta,
            ..Self::of::<crate::hook::Named>()
        }
    }

    /// What `#[event]` declares.
    #[must_use]
    pub const fn meta(&self) -> &'static EventMeta {
        self.meta
    }

    pub(crate) fn slot(&self) -> &'static Slot {
        match self.slot {
            SlotOf::Type(slot) => slot(),
            SlotOf::Name(slot) => slot,
        }
    }

    /// A name that was registered.
    pub(crate) fn registered(registered: &'static Registered) -> Self {
        Self {
            meta: &registered.meta,
            slot: SlotOf::Name(&registered.slot),
            type_id: TypeId::of::<DynamicEvent>,
        }
    }

    /// Whether it is a name without a type of its own.
    pub(crate) fn is_dynamic(&self) -> bool {
        matches!(self.slot, SlotOf::Name(_))
    }

    pub(crate) fn type_id(&self) -> TypeId {
        (self.type_id)()
    }
}

/// Every plugin that the build linked, sorted by name: the linker's order differs between profiles.
#[must_use]
pub fn plugins() -> Vec<MetaRef> {
    let mut plugins: Vec<MetaRef> = backend::plugins().collect();
    plugins.sort_by_key(|plugin| {
        let meta = plugin.get();
        (meta.name(), meta.module(), meta.type_name())
    });
    plugins
}

/// Every event type that the build linked, sorted by name.
#[must_use]
pub fn events() -> Vec<EventRef> {
    let mut events: Vec<EventRef> = backend::events().collect();
    events.sort_by_key(|event| {
        (
            event.meta.name(),
            event.meta.identity.module,
            event.meta.type_name(),
        )
    });
    events
}

#[cfg(not(feature = "inventory"))]
#[allow(
    unsafe_code,
    missing_docs,
    reason = "linkme's expansion places statics in a section of their own, without the documentation"
)]
mod backend {
    use super::{EventRef, MetaRef};

    /// The plugins that the build linked, in no order.
    #[linkme::distributed_slice]
    pub static PLUGINS: [MetaRef];

    /// The event types that the build linked, in no order.
    #[linkme::distributed_slice]
    pub static EVENTS: [EventRef];

    pub(super) fn plugins() -> impl Iterator<Item = MetaRef> {
        PLUGINS.iter().copied()
    }

    pub(super) fn events() -> impl Iterator<Item = EventRef> {
        EVENTS.iter().copied()
    }
}

#[cfg(feature = "inventory")]
mod backend {
    use super::{EventRef, MetaRef};

    /// A plugin, as `inventory` collects it.
    #[derive(Debug)]
    pub struct PluginEntry(pub MetaRef);
    /// An event, as `inventory` collects it.
    #[derive(Debug)]
    pub struct EventEntry(pub EventRef);

    inventory::collect!(PluginEntry);
    inventory::collect!(EventEntry);

    pub(super) fn plugins() -> impl Iterator<Item = MetaRef> {
        inventory::iter::<PluginEntry>().map(|entry| entry.0)
    }

    pub(super) fn events() -> impl Iterator<Item = EventRef> {
        inventory::iter::<EventEntry>().map(|entry| entry.0)
    }
}

#[doc(hidden)]
pub use backend::*;

/// Registers a plugin with whatever collects them.
#[cfg(not(feature = "inventory"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_plugin {
    ($meta:expr) => {
        #[$crate::__private::linkme::distributed_slice($crate::__private::PLUGINS)]
        #[linkme(crate = $crate::__private::linkme)]
        static __PEPPERPLUG_ENTRY: $crate::__private::MetaRef = $meta;
    };
}

/// Registers an event with whatever collects them.
#[cfg(not(feature = "inventory"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_event {
    ($event:ty) => {
        const _: () = {
            #[$crate::__private::linkme::distributed_slice($crate::__private::EVENTS)]
            #[linkme(crate = $crate::__private::linkme)]
            static __PEPPERPLUG_ENTRY: $crate::__private::EventRef =
                $crate::__private::EventRef::of::<$event>();
        };
    };
}

/// Registers a plugin with whatever collects them.
#[cfg(feature = "inventory")]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_plugin {
    ($meta:expr) => {
        $crate::__private::inventory::submit! { $crate::__private::PluginEntry($meta) }
    };
}

/// Registers an event with whatever collects them.
#[cfg(feature = "inventory")]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_event {
    ($event:ty) => {
        $crate::__private::inventory::submit! {
            $crate::__private::EventEntry($crate::__private::EventRef::of::<$event>())
        }
    };
}

pub(crate) use __register_event as register_event;
