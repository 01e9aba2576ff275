//! Events: typed values that plugins emit and hooks take.

mod builtin;
mod cancellation;
mod carried;
mod context;
mod data;
mod made;
mod mode;

pub(crate) use self::builtin::BUILTIN;
pub use self::builtin::{AppReloaded, AppShutdown, AppStartup};
pub use self::cancellation::CancellationToken;
pub(crate) use self::carried::Deadline;
pub use self::carried::{CorrelationId, EmitContext};
pub use self::context::EventContext;
pub(crate) use self::context::{LAST_CHANCE, Limits};
pub use self::data::DataError;
pub use self::mode::{
    AsyncEvent, ByMut, ByRef, Collect, Emit, EventMode, First, HookReturn, Lent, Mode, Notify,
    Returned, SinkOf, SyncEvent, Transform,
};

use crate::error::BoxError;
use crate::hook::{Declared, EmitData, Historic, Keep, OnError};
use crate::meta::{Identity, Location};
use crate::slot::TypeSlot;

/// A type annotated with [`#[event]`](macro@crate::event): that macro is the only way to implement it.
#[diagnostic::on_unimplemented(
    message = "[PP030] `{Self}` is not an event, so no hook can take it and nobody can emit it",
    label = "not annotated with `#[event]`",
    note = "annotate `{Self}` with `#[event(\"name\")]`"
)]
pub trait Event: Sized + Send + Sync + 'static {
    /// How its hooks work together: [`Notify`], [`Collect`], [`First`] or [`Transform`].
    type Mode: Mode;
    /// What its hooks produce, in the modes that produce something.
    type Output: Send + 'static;
    /// What `#[event]` declares.
    #[doc(hidden)]
    const META: &'static EventMeta;
    /// The index of this type in every manager's tables.
    #[doc(hidden)]
    fn slot() -> &'static TypeSlot<Self>;
}

/// What one hook of an event yields: `()`, `O`, or `Option<O>`, by its mode.
pub type Value<E> = <<E as Event>::Mode as Mode>::Value<<E as Event>::Output>;

/// What one call of a hook yields.
pub type HookOutput<E> = Result<Value<E>, BoxError>;

/// Makes data of the event that the pointer points to, which must be of the type whose this is.
pub(crate) type ToValue = unsafe fn(*const ()) -> Result<serde_json::Value, serde_json::Error>;

/// That data can be made of an event of a type, and how.
#[derive(Debug, Clone, Copy)]
pub struct AsData(ToValue);

impl AsData {
    pub(crate) const fn of<E: serde::Serialize>() -> Self {
        Self(data::to_value_of::<E>())
    }

    const fn how(data: Option<Self>) -> Option<ToValue> {
        match data {
            Some(data) => Some(data.0),
            None => None,
        }
    }
}

/// That an event of a type can be kept, and how.
#[derive(Clone, Copy)]
pub struct IsKeptBy(Keep);

impl IsKeptBy {
    pub(crate) const fn of<E: Event + Clone>() -> Self {
        Self(data::keep_of::<E>())
    }
}

impl core::fmt::Debug for IsKeptBy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("IsKeptBy")
    }
}

/// That an event of a type can be made of data and emitted, and how.
#[derive(Clone, Copy)]
pub struct OfData(EmitData);

impl OfData {
    pub(crate) const fn of<E: Event + serde::de::DeserializeOwned>() -> Self {
        Self(made::emit::<E>)
    }
}

impl core::fmt::Debug for OfData {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OfData")
    }
}

/// Everything that `#[event]` declares of a type.
#[derive(Debug)]
pub struct EventMeta {
    pub(crate) identity: Identity,
    pub(crate) policies: Declared,
    pub(crate) sync: bool,
    /// Whether its hooks run beside each other, unless they say otherwise.
    pub(crate) parallel: bool,
    /// How many of the last ones are kept for hooks that come late.
    pub(crate) historic: Option<Historic>,
    /// Makes data of an event, if its type can.
    pub(crate) to_value: Option<ToValue>,
    /// Emits an event that is made of data, if its type can.
    pub(crate) emit_data: Option<EmitData>,
    /// Makes data of what its hooks produce, if that can.
    pub(crate) output_to_value: Option<ToValue>,
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
            policies: Declared::NONE,
            sync: false,
            parallel: false,
            historic: None,
            to_value: None,
            emit_data: None,
            output_to_value: None,
            mode: EventMode::Notify,
            takes: "()",
        }
    }

    #[must_use]
    pub const fn data(mut self, data: Option<AsData>) -> Self {
        self.to_value = AsData::how(data);
        self
    }

    #[must_use]
    pub const fn made_of_data(mut self, made: Option<OfData>, output: Option<AsData>) -> Self {
        self.emit_data = match made {
            Some(made) => Some(made.0),
            None => None,
        };
        self.output_to_value = AsData::how(output);
        self
    }

    #[must_use]
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    #[must_use]
    pub const fn parallel(mut self) -> Self {
        self.parallel = true;
        self
    }

    #[must_use]
    pub const fn historic(mut self, limit: u32, kept: Option<IsKeptBy>) -> Self {
        if let Some(kept) = kept {
            self.historic = Some(Historic {
                limit: limit as usize,
                keep: kept.0,
            });
        }
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
        self.policies.timeout_ms = Some(millis);
        self
    }

    #[must_use]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.policies.retries = Some(retries);
        self
    }

    #[must_use]
    pub const fn backoff_ms(mut self, millis: u64) -> Self {
        self.policies.backoff_ms = Some(millis);
        self
    }

    #[must_use]
    pub const fn disable_after(mut self, failures: u32) -> Self {
        self.policies.disable_after = Some(failures);
        self
    }

    #[must_use]
    pub const fn disable_within_ms(mut self, millis: u64) -> Self {
        self.policies.disable_within_ms = Some(millis);
        self
    }

    #[must_use]
    pub const fn on_error(mut self, on_error: OnError) -> Self {
        self.policies.on_error = Some(on_error);
        self
    }
}

impl EventMeta {
    /// Of an emit that has not begun, and is never seen.
    pub(crate) const UNKNOWN: &'static Self =
        &Self::new("", 0, "", "", Location::new(file!(), line!(), column!()));

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
