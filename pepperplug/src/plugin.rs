//! The plugin trait, and a plugin's lifecycle with its type erased.

#![allow(
    unsafe_code,
    reason = "an instance is cast to its plugin's type without a bound that every plugin would be compiled for"
)]

use core::any::{Any, TypeId};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use crate::error::BoxError;
use crate::hook::HookMeta;
use crate::inject::{Construct, Edge, InjectError};
use crate::meta::MetaRef;
use crate::slot::{Slot, TypeSlot};

/// A running plugin, its type erased.
pub type Instance = Arc<dyn Any + Send + Sync>;

/// A plugin's `initialize`, its type erased. It borrows from the plugin, and not from whoever keeps it.
pub(crate) type Initialize = for<'a> fn(&'a mut (dyn Any + Send + Sync)) -> Phase<'a>;

/// A plugin's `cleanup`, its type erased.
pub(crate) type Cleanup = for<'a> fn(&'a (dyn Any + Send + Sync)) -> Phase<'a>;

/// A settings value, its type erased.
pub(crate) type AnySettings = Box<dyn Any + Send>;

/// A type annotated with [`#[plugin]`](macro@crate::plugin): that macro is the only way to implement it.
#[diagnostic::on_unimplemented(
    message = "[PP021] `{Self}` is not a plugin, so it cannot be injected or listed",
    label = "not annotated with `#[plugin]`",
    note = "annotate `{Self}` with `#[plugin]`; to inject an interface, annotate its trait with `#[service]` and inject `Arc<dyn Trait>`"
)]
pub trait Plugin: Sized + 'static {
    /// That it can be shared between threads. The build refuses a plugin that cannot, at the field that keeps it from that:
    /// a bound on this trait would do so too, but at every place that uses the plugin.
    #[doc(hidden)]
    const SHARED: Option<Shared<Self>>;
    /// What the macros declare.
    #[doc(hidden)]
    const META: MetaRef;
    /// What the annotated impl block declares.
    #[doc(hidden)]
    const IMPL: ImplMeta<Self>;
    /// `Arc<P>`: the plugin itself.
    #[doc(hidden)]
    const ARC: Edge = Edge::plugin_arc::<Self>();
    /// `Option<Arc<P>>`: the plugin, where the application has it.
    #[doc(hidden)]
    const OPTION: Edge = Edge::plugin_option::<Self>();
    /// `Lazy<P>`: the plugin, when first used.
    #[doc(hidden)]
    const LAZY: Edge = Edge::plugin_lazy::<Self>();

    /// The index of this type in every manager's tables.
    #[doc(hidden)]
    fn slot() -> &'static TypeSlot<Self>;

    /// Builds the plugin as a plain value from what is injected.
    #[doc(hidden)]
    fn construct(cx: &mut Construct<'_>) -> Result<Self, InjectError>;
}

/// One step of a lifecycle phase: done at once, or a future.
pub enum Phase<'a> {
    /// The method was not async, and this is what it returned.
    Done(Result<(), BoxError>),
    /// The method is async.
    Pending(Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>),
}

impl<'a> Phase<'a> {
    /// A method that is not async.
    #[must_use]
    pub fn done(result: Result<(), BoxError>) -> Self {
        Self::Done(result)
    }

    /// An async method, whose output `map` brings into shape.
    pub fn pending<F, M>(future: F, map: M) -> Self
    where
        F: Future + Send + 'a,
        M: FnOnce(F::Output) -> Result<(), BoxError> + Send + 'a,
    {
        Self::Pending(Box::pin(async move { map(future.await) }))
    }
}

impl Future for Phase<'_> {
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Done(result) => Poll::Ready(core::mem::replace(result, Ok(()))),
            Self::Pending(future) => future.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Phase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Phase::Done",
            Self::Pending(_) => "Phase::Pending",
        })
    }
}

/// The future of a lifecycle method. Generated code casts it to this and `Send`, so this is the name that the compiler
/// prints where it is not `Send`.
#[allow(
    non_camel_case_types,
    reason = "the compiler prints this name as the reason, and users look the code up"
)]
pub trait PP039_lifecycle_future {}

impl<F: Future> PP039_lifecycle_future for F {}

/// What `initialize`, `cleanup` and `reconfigure` may return: nothing, or a `Result` of nothing.
#[diagnostic::on_unimplemented(
    message = "[PP038] a lifecycle method returns `{Self}`, but it may only return `()` or a `Result` of it",
    label = "expected `()`, or `Result<(), E>`",
    note = "`E` is any type that converts into `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait PhaseReturn {
    /// The common form.
    #[doc(hidden)]
    fn into_result(self) -> Result<(), BoxError>;
}

impl PhaseReturn for () {
    #[inline]
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> PhaseReturn for Result<(), E> {
    #[inline]
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// What `#[plugin] impl` declares of a plugin: its lifecycle methods and hooks.
pub struct ImplMeta<P: 'static> {
    initialize: Option<for<'a> fn(&'a mut P) -> Phase<'a>>,
    cleanup: Option<for<'a> fn(&'a P) -> Phase<'a>>,
    reconfigure: Option<Reconfigure<P>>,
    hooks: &'static [HookMeta],
}

struct Reconfigure<P: 'static> {
    takes: fn() -> TypeId,
    call: for<'a> fn(&'a P, AnySettings) -> Phase<'a>,
}

impl<P: 'static> ImplMeta<P> {
    /// No lifecycle methods and no hooks.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            initialize: None,
            cleanup: None,
            reconfigure: None,
            hooks: &[],
        }
    }

    /// With an `initialize` method.
    #[must_use]
    pub const fn initialize(mut self, call: for<'a> fn(&'a mut P) -> Phase<'a>) -> Self {
        self.initialize = Some(call);
        self
    }

    /// With a `cleanup` method.
    #[must_use]
    pub const fn cleanup(mut self, call: for<'a> fn(&'a P) -> Phase<'a>) -> Self {
        self.cleanup = Some(call);
        self
    }

    /// With hooks.
    #[must_use]
    pub const fn with_hooks(mut self, hooks: &'static [HookMeta]) -> Self {
        self.hooks = hooks;
        self
    }

    /// The hooks.
    #[must_use]
    pub const fn hooks(&self) -> &'static [HookMeta] {
        self.hooks
    }
}

impl<P: Plugin> ImplMeta<P> {
    /// With a `reconfigure` method that takes a `T`.
    #[must_use]
    pub const fn reconfigure<T: 'static, R: ReconfigureWith<P, T>>(mut self) -> Self {
        self.reconfigure = Some(Reconfigure {
            takes: TypeId::of::<T>,
            call: reconfigure_with::<P, T, R>,
        });
        self
    }
}

/// A `reconfigure` method as a type, so that a `const` can name the call with its settings' type erased.
pub trait ReconfigureWith<P, T> {
    /// Calls it.
    fn call(plugin: &P, settings: T) -> Phase<'_>;
}

fn reconfigure_with<P, T: 'static, R: ReconfigureWith<P, T>>(
    plugin: &P,
    settings: AnySettings,
) -> Phase<'_> {
    match settings.downcast::<T>() {
        Ok(settings) => R::call(plugin, *settings),
        Err(_) => Phase::Done(Err(
            "the settings are not of the type that `reconfigure` takes".into(),
        )),
    }
}

impl<P: 'static> Default for ImplMeta<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: 'static> fmt::Debug for ImplMeta<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImplMeta")
            .field("initialize", &self.initialize.is_some())
            .field("cleanup", &self.cleanup.is_some())
            .field("reconfigure", &self.reconfigure.is_some())
            .field("hooks", &self.hooks)
            .finish()
    }
}

/// What the annotated impl block of a plugin declares. Two blocks would be two impls, and the compiler names this trait.
#[allow(
    non_camel_case_types,
    reason = "the compiler prints this name as the reason, and users look the code up"
)]
pub trait PP075_write_a_single_plugin_impl_block: Sized + 'static {
    #[doc(hidden)]
    const IMPL: ImplMeta<Self>;
}

/// Proof that a plugin can be shared between threads, and what can be done with it then.
pub struct Shared<P> {
    share: fn(P) -> Instance,
}

impl<P: Send + Sync + 'static> Shared<P> {
    pub(crate) const fn new() -> Self {
        Self { share: share::<P> }
    }
}

fn share<P: Send + Sync + 'static>(plugin: P) -> Instance {
    Arc::new(plugin)
}

impl<P> fmt::Debug for Shared<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

/// The plugin behind an instance, if it is a `P`.
///
/// Not `Arc::downcast`: that wants to be told that a `P` can be shared between threads, which an instance shows by being
/// one. So only plugins that someone asks for pay for the code of this, and not each that exists.
#[inline]
pub(crate) fn downcast<P: Plugin>(instance: &Instance) -> Option<Arc<P>> {
    if (**instance).type_id() != TypeId::of::<P>() {
        return None;
    }
    // SAFETY: so it is.
    Some(unsafe { downcast_unchecked(instance) })
}

/// The plugin behind an instance that is a `P`.
///
/// # Safety
/// It is.
#[inline(always)]
pub(crate) unsafe fn downcast_unchecked<P: Plugin>(instance: &Instance) -> Arc<P> {
    let plugin = Arc::into_raw(Arc::clone(instance)).cast::<P>();
    // SAFETY: it comes from `into_raw`, of an `Arc` whose value is a `P`, as the caller promises.
    unsafe { Arc::from_raw(plugin) }
}

/// A plugin's construction and lifecycle, its type erased.
#[derive(Clone, Copy)]
pub struct Vtable {
    pub(crate) construct: fn(&mut Construct<'_>) -> Result<Instance, InjectError>,
    pub(crate) initialize: Option<Initialize>,
    pub(crate) cleanup: Option<Cleanup>,
    pub(crate) reconfigure: Option<for<'a> fn(&'a Instance, AnySettings) -> Phase<'a>>,
    /// The type that `reconfigure` takes: that of the plugin's own settings, or [`Settings`](crate::Settings), which are
    /// those of the whole application.
    pub(crate) reconfigure_takes: Option<fn() -> TypeId>,
    pub(crate) slot: fn() -> &'static Slot,
}

impl Vtable {
    /// The erased calls of `P`; those it does not declare are none, so that the manager pays nothing for them.
    #[must_use]
    pub const fn of<P: Plugin>() -> Self {
        Self {
            construct: construct::<P>,
            initialize: if P::IMPL.initialize.is_some() {
                Some(initialize::<P>)
            } else {
                None
            },
            cleanup: if P::IMPL.cleanup.is_some() {
                Some(cleanup::<P>)
            } else {
                None
            },
            reconfigure: if P::IMPL.reconfigure.is_some() {
                Some(reconfigure::<P>)
            } else {
                None
            },
            reconfigure_takes: match &P::IMPL.reconfigure {
                Some(reconfigure) => Some(reconfigure.takes),
                None => None,
            },
            slot: || P::slot().untyped(),
        }
    }
}

impl fmt::Debug for Vtable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vtable")
            .field("initialize", &self.initialize.is_some())
            .field("cleanup", &self.cleanup.is_some())
            .finish_non_exhaustive()
    }
}

// Without `?` and closures: this is compiled for every plugin, and in a dev build so is all that they stand for.
fn construct<P: Plugin>(cx: &mut Construct<'_>) -> Result<Instance, InjectError> {
    match P::construct(cx) {
        Ok(plugin) => match P::SHARED {
            Some(shared) => Ok((shared.share)(plugin)),
            None => Err(InjectError::NotShared),
        },
        Err(error) => Err(error),
    }
}

fn initialize<P: Plugin>(plugin: &mut (dyn Any + Send + Sync)) -> Phase<'_> {
    match (plugin.downcast_mut::<P>(), P::IMPL.initialize) {
        (Some(plugin), Some(call)) => call(plugin),
        _ => Phase::Done(Err("it is not the plugin that this initializes".into())),
    }
}

fn cleanup<P: Plugin>(plugin: &(dyn Any + Send + Sync)) -> Phase<'_> {
    match (plugin.downcast_ref::<P>(), P::IMPL.cleanup) {
        (Some(plugin), Some(call)) => call(plugin),
        _ => Phase::Done(Ok(())),
    }
}

fn reconfigure<P: Plugin>(instance: &Instance, settings: AnySettings) -> Phase<'_> {
    match (instance.downcast_ref::<P>(), P::IMPL.reconfigure) {
        (Some(plugin), Some(reconfigure)) => (reconfigure.call)(plugin, settings),
        _ => Phase::Done(Ok(())),
    }
}
