//! What `#[hook]` declares.

use super::call::{AroundMutShim, AroundShim, Erased, MutShim, Shim};
use super::policy::{Declared, OnError};
use crate::event::{Event, EventMeta, Notify};
use crate::meta::Location;
use crate::registry::EventRef;
use crate::slot::TypeSlot;

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

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Named> = TypeSlot::new();
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
    pub(crate) policies: Declared,
    /// Whether it says that it may run beside others, or that it may not.
    pub(crate) parallel: Option<bool>,
    /// Whether it wraps all that come after it.
    pub(crate) around: bool,
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
            policies: Declared::NONE,
            parallel: None,
            around: false,
        }
    }

    #[must_use]
    pub const fn sync<P: 'static, E: Event>(
        shim: Shim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::of(shim, false),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn sync_mut<P: 'static, E: Event>(
        shim: MutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::of_mut(shim, false),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn r#async<P: 'static, E: Event>(
        shim: Shim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::of(shim, true),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn async_mut<P: 'static, E: Event>(
        shim: MutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Event(EventRef::of::<E>()),
            Erased::of_mut(shim, true),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn around<P: 'static, E: Event>(
        shim: AroundShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        let target = HookTarget::Event(EventRef::of::<E>());
        let mut this = Self::new(target, Erased::around(shim, false), name, location);
        this.around = true;
        this
    }

    #[must_use]
    pub const fn around_mut<P: 'static, E: Event>(
        shim: AroundMutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        let target = HookTarget::Event(EventRef::of::<E>());
        let mut this = Self::new(target, Erased::around_mut(shim, false), name, location);
        this.around = true;
        this
    }

    #[must_use]
    pub const fn async_around<P: 'static, E: Event>(
        shim: AroundShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        let target = HookTarget::Event(EventRef::of::<E>());
        let mut this = Self::new(target, Erased::around(shim, true), name, location);
        this.around = true;
        this
    }

    #[must_use]
    pub const fn async_around_mut<P: 'static, E: Event>(
        shim: AroundMutShim<P, E>,
        name: &'static str,
        location: Location,
    ) -> Self {
        let target = HookTarget::Event(EventRef::of::<E>());
        let mut this = Self::new(target, Erased::around_mut(shim, true), name, location);
        this.around = true;
        this
    }

    #[must_use]
    pub const fn sync_named<P: 'static>(
        event: &'static str,
        shim: Shim<P, Named>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Named(event),
            Erased::of(shim, false),
            name,
            location,
        )
    }

    #[must_use]
    pub const fn async_named<P: 'static>(
        event: &'static str,
        shim: Shim<P, Named>,
        name: &'static str,
        location: Location,
    ) -> Self {
        Self::new(
            HookTarget::Named(event),
            Erased::of(shim, true),
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

    #[must_use]
    pub const fn parallel(mut self) -> Self {
        self.parallel = Some(true);
        self
    }

    #[must_use]
    pub const fn sequential(mut self) -> Self {
        self.parallel = Some(false);
        self
    }
}

#[cfg(feature = "testing")]
impl HookMeta {
    pub(crate) fn is_async(&self) -> bool {
        self.call.is_async()
    }

    /// The same hook, with another body.
    pub(crate) fn with_fault(mut self, fault: super::Fault) -> Self {
        self.call = self.call.with_fault(fault);
        self
    }
}

impl HookMeta {
    pub(crate) fn is_parallel(&self, event: &EventMeta) -> bool {
        !self.around && self.parallel.unwrap_or(event.parallel)
    }

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
