//! Events: typed values that plugins emit and hooks take.

mod builtin;
mod context;
mod mode;

pub(crate) use self::builtin::BUILTIN;
pub use self::builtin::{AppShutdown, AppStartup};
pub use self::context::EventContext;
pub(crate) use self::context::LAST_CHANCE;
pub use self::mode::{
    AsyncEvent, ByMut, ByRef, Collect, Emit, EventMode, First, HookReturn, Mode, Notify, SyncEvent,
    Transform,
};

use crate::error::BoxError;
use crate::hook::OnError;
use crate::meta::{Identity, Location};
use crate::slot::Slot;

/// A type annotated with [`#[event]`](macro@crate::event): that macro is the only way to implement it.
#[diagnostic::on_unimplemented(
    message = "[PP030] `{Self}` is not an event, so no hook can take it and nobody can emit it",
    label = "not annotated with `#[event]`",
    note = "annotate `{Self}` with `#[event(\"name\")]`"
)]
pub trait Event: Send + Sync + 'static {
    /// How its hooks work together: [`Notify`], [`Collect`], [`First`] or [`Transform`].
    type Mode: Mode;
    /// What its hooks produce, in the modes that produce something.
    type Output: Send + 'static;
    /// What `#[event]` declares.
    #[doc(hidden)]
    const META: &'static EventMeta;
    /// The index of this type in every manager's tables.
    #[doc(hidden)]
    fn slot() -> &'static Slot;
}

/// What one hook of an event yields: `()`, `O`, or `Option<O>`, by its mode.
pub type Value<E> = <<E as Event>::Mode as Mode>::Value<<E as Event>::Output>;

/// What one call of a hook yields.
pub type HookOutput<E> = Result<Value<E>, BoxError>;

/// Everything that `#[event]` declares of a type.
#[derive(Debug)]
pub struct EventMeta {
    pub(crate) identity: Identity,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) retries: Option<u32>,
    pub(crate) on_error: Option<OnError>,
    pub(crate) sync: bool,
    pub(crate) mode: EventMode,
    /// What its hooks return, as it is written.
    pub(crate) takes: &'static str,
}

#[doc(hidden)] // Builders for generated code.
impl EventMeta {
    #[must_use]
    pub const fn new(
        name: &'static str,
        hash: u64,
        type_name: &'static str,
        module: &'static str,
        location: Location,
    ) -> Self {
        Self {
            identity: Identity {
                name,
                hash,
                type_name,
                module,
                location,
            },
            timeout_ms: None,
            retries: None,
            on_error: None,
            sync: false,
            mode: EventMode::Notify,
            takes: "()",
        }
    }

    #[must_use]
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    #[must_use]
    pub const fn takes(mut self, mode: EventMode, takes: &'static str) -> Self {
        self.mode = mode;
        self.takes = takes;
        self
    }

    #[must_use]
    pub const fn timeout_ms(mut self, millis: u64) -> Self {
        self.timeout_ms = Some(millis);
        self
    }

    #[must_use]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    #[must_use]
    pub const fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = Some(on_error);
        self
    }
}

impl EventMeta {
    /// The event's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.identity.name
    }

    /// The name of the type, without its module.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.identity.type_name
    }

    /// How its hooks work together.
    #[must_use]
    pub const fn mode(&self) -> EventMode {
        self.mode
    }

    /// Where the type is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.identity.location
    }
}
