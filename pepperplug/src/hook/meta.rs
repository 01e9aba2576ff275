//! What `#[hook]` declares.

use super::erased::{AsyncMutShim, AsyncShim, Erased, SyncMutShim, SyncShim};
use crate::event::{Event, EventMeta, Notify};
use crate::meta::Location;
use crate::registry::EventRef;
use crate::slot::Slot;

/// What happens when a hook fails, all its retries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnError {
    /// The emitter gets the error. The default.
    #[default]
    Fail,
    /// The error is logged, and the emitter is not told.
    Ignore,
    /// The error is logged; after three in a row the hook is no longer called.
    Disable,
}

/// The event of a hook that takes only the context: whatever has a name that fits.
#[derive(Debug, Clone, Copy)]
pub struct Named;

impl Event for Named {
    type Mode = Notify;
    type Output = ();
    const META: &'static EventMeta = &EventMeta::new(
        "*",
        0,
        "Named",
        module_path!(),
        Location::new(file!(), line!(), column!()),
    );

    fn slot() -> &'static Slot {
        static SLOT: Slot = Slot::new();
        &SLOT
    }
}

/// What a hook listens to.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum HookTarget {
    /// One event type.
    Event(EventRef),
    /// Every event whose name fits a name or pattern.
    Named(&'static str),
}

/// One hook of a plugin.
#[derive(Debug, Clone, Copy)]
pub struct HookMeta {
    pub(crate) name: &'static str,
    pub(crate) location: Location,
    pub(crate) target: HookTarget,
    pub(crate) call: Erased,
    pub(crate) priority: i32,
    pub(crate) before: &'static [&'static str],
    pub(crate) after: &'static [&'static str],
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) retries: Option<u32>,
    pub(crate) on_error: Option<OnError>,
    pub(crate) parallel: bool,
}

/// The priority of a hook that names none; `low` is 0 and `high` is 100.
pub(crate) const NORMAL: i32 = 50;

#[doc(hidden)] // Builders for generated code.
impl HookMeta {
    const fn new(target: HookTarget, call: Erased, name: &'static str, location: Location) -> Self {
        Self {
            name,
            location,
            target,
            call,
            priority: NORMAL,
            before: &[],
            after: &[],
            timeout_ms: None,
            retries: None,
            on_error: None,
            parallel: false,
        }
    }

    #[must_use]
    pub const fn sync<P: 'static, E: Event>(
        shim: SyncShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::sync(shim),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn sync_mut<P: 'static, E: Event>(
        shim: SyncMutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::sync_mut(shim),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn r#async<P: 'static, E: Event>(
        shim: AsyncShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::r#async(shim),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn async_mut<P: 'static, E: Event>(
        shim: AsyncMutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::async_mut(shim),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn sync_named<P: 'static>(
        event: &'static str,
        shim: SyncShim<P, Named>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(HookTarget::Named(event), Erased::sync(shim), name, location)
    }

    #[must_use]
    pub const fn async_named<P: 'static>(
        event: &'static str,
        shim: AsyncShim<P, Named>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Named(event),
            Erased::r#async(shim),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    #[must_use]
    pub const fn before(mut self, plugins: &'static [&'static str]) -> Self {
        self.before = plugins;
        self
    }

    #[must_use]
    pub const fn after(mut self, plugins: &'static [&'static str]) -> Self {
        self.after = plugins;
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

    #[must_use]
    pub const fn parallel(mut self) -> Self {
        self.parallel = true;
        self
    }

    #[must_use]
    pub const fn sequential(mut self) -> Self {
        self.parallel = false;
        self
    }
}

impl HookMeta {
    /// The method's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The event or pattern it listens to.
    #[must_use]
    pub const fn event(&self) -> &'static str {
        match self.target {
            HookTarget::Event(event) => event.meta().name(),
            HookTarget::Named(name) => name,
        }
    }

    /// Where it is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.location
    }

    /// Its priority: higher runs first.
    #[must_use]
    pub const fn declared_priority(&self) -> i32 {
        self.priority
    }
}
