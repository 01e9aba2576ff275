//! Closures among the hooks, and how they go.

use core::any::type_name;
use core::fmt;
use core::future::Future;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use super::dispatch::Dispatcher;
use super::emitting::Emitting;
use super::history::Kept;
use super::meta::{HookMeta, Named};
use super::options::HookOptions;
use super::slot::Start;
use super::status::Status;
use super::table::Table;
use crate::error::Error;
use crate::event::{AsyncEvent, ByRef, Event, EventContext, HookReturn, Lent, Transform, Value};
use crate::meta::Location;
use crate::plugin::Instance;
use crate::registry::EventRef;

/// A closure that is a hook until this is dropped.
///
/// An event that is under way when it is dropped may still reach the closure.
#[must_use = "the closure is a hook only until this is dropped; `keep` keeps it for good"]
pub struct Subscription {
    dispatcher: Weak<Dispatcher>,
    number: u64,
}

impl Subscription {
    /// Keeps the closure for as long as the application runs.
    pub fn keep(mut self) {
        self.dispatcher = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.unsubscribe(self.number);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// A closure in the place of a plugin.
struct Listener<F> {
    call: F,
    number: u64,
    /// Whether it was called that is called once.
    spent: Option<AtomicBool>,
}

impl<F> Listener<F> {
    /// Whether it is to be called. One that is called once goes by that.
    fn begins(&self, ctx: &EventContext<'_>) -> bool {
        let Some(spent) = &self.spent else {
            return true;
        };
        if spent.swap(true, Ordering::Relaxed) {
            return false;
        }
        ctx.dispatcher.unsubscribe(self.number);
        true
    }
}

/// Calls a closure that returns a future.
fn call_async<E, F, Fut, R>(
    listener: &Listener<F>,
    event: &E,
    ctx: &EventContext<'_>,
    start: Start<'_, '_, Value<E>>,
) -> Status
where
    E: Event,
    F: Fn(&E) -> Fut,
    Fut: Future<Output = R> + Send + 'static,
    R: HookReturn<Value<E>> + 'static,
{
    if !listener.begins(ctx) {
        return Status::skipped();
    }
    start.run((listener.call)(event), R::into_output)
}

fn call_sync<E, F, R>(
    listener: &Listener<F>,
    event: &E,
    ctx: &EventContext<'_>,
    start: Start<'_, '_, Value<E>>,
) -> Status
where
    E: Event,
    F: Fn(&E) -> R,
    R: HookReturn<Value<E>> + 'static,
{
    if !listener.begins(ctx) {
        return Status::skipped();
    }
    start.done((listener.call)(event).into_output())
}

fn call_mut<E, F, R>(
    listener: &Listener<F>,
    event: &mut E,
    ctx: &EventContext<'_>,
    start: Start<'_, '_, Value<E>>,
) -> Status
where
    E: Event,
    F: Fn(&mut E) -> R,
    R: HookReturn<Value<E>> + 'static,
{
    if !listener.begins(ctx) {
        return Status::skipped();
    }
    start.done((listener.call)(event).into_output())
}

fn call_dynamic<F, Fut, R>(
    listener: &Listener<F>,
    _: &Named,
    ctx: &EventContext<'_>,
    start: Start<'_, '_, ()>,
) -> Status
where
    F: Fn(&EventContext<'_>) -> Fut,
    Fut: Future<Output = R> + Send + 'static,
    R: HookReturn<()> + 'static,
{
    if !listener.begins(ctx) {
        return Status::skipped();
    }
    start.run((listener.call)(ctx), R::into_output)
}

fn call_dynamic_sync<F, R>(
    listener: &Listener<F>,
    _: &Named,
    ctx: &EventContext<'_>,
    start: Start<'_, '_, ()>,
) -> Status
where
    F: Fn(&EventContext<'_>) -> R,
    R: HookReturn<()> + 'static,
{
    if !listener.begins(ctx) {
        return Status::skipped();
    }
    start.done((listener.call)(ctx).into_output())
}

/// Adds closures to the hooks of a dispatcher.
pub(crate) struct Subscriber<'a> {
    pub(crate) dispatcher: &'a Arc<Dispatcher>,
    pub(crate) options: HookOptions,
    pub(crate) location: Location,
}

impl Subscriber<'_> {
    pub(crate) fn on_async<E, F, Fut, R>(self, call: F) -> Subscription
    where
        E: AsyncEvent<Mode: ByRef>,
        F: Fn(&E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        let meta = HookMeta::r#async::<Listener<F>, E>(
            call_async::<E, F, Fut, R>,
            self.name::<F>(),
            self.location,
        );
        self.add(meta, call)
    }

    pub(crate) fn on_sync<E, F, R>(self, call: F) -> Subscription
    where
        E: Event<Mode: ByRef>,
        F: Fn(&E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        let shim = call_sync::<E, F, R>;
        let meta = HookMeta::sync::<Listener<F>, E>(shim, self.name::<F>(), self.location);
        self.add(meta, call)
    }

    pub(crate) fn on_mut<E, F, R>(self, call: F) -> Subscription
    where
        E: Event<Mode = Transform>,
        F: Fn(&mut E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        let shim = call_mut::<E, F, R>;
        let meta = HookMeta::sync_mut::<Listener<F>, E>(shim, self.name::<F>(), self.location);
        self.add(meta, call)
    }

    pub(crate) fn on_dynamic<F, Fut, R>(self, pattern: &'static str, call: F) -> Subscription
    where
        F: Fn(&EventContext<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<()> + 'static,
    {
        let shim = call_dynamic::<F, Fut, R>;
        let name = self.name::<F>();
        let meta = HookMeta::async_named::<Listener<F>>(pattern, shim, name, self.location);
        self.add(meta, call)
    }

    pub(crate) fn on_dynamic_sync<F, R>(self, pattern: &'static str, call: F) -> Subscription
    where
        F: Fn(&EventContext<'_>) -> R + Send + Sync + 'static,
        R: HookReturn<()> + 'static,
    {
        let shim = call_dynamic_sync::<F, R>;
        let name = self.name::<F>();
        let meta = HookMeta::sync_named::<Listener<F>>(pattern, shim, name, self.location);
        self.add(meta, call)
    }

    /// As [`on_async`](Self::on_async), and what was kept of the event so far.
    pub(crate) fn on_late<E, F, Fut, R>(self, call: F) -> (Subscription, Past)
    where
        E: AsyncEvent<Mode: ByRef>,
        F: Fn(&E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        let shim = call_async::<E, F, Fut, R>;
        let meta = HookMeta::r#async::<Listener<F>, E>(shim, self.name::<F>(), self.location);
        let (meta, number, listener) = self.listener(meta, call);
        let of = (EventRef::of::<E>(), meta);
        let (events, table) = self.dispatcher.subscribe_late(number, of, listener);
        (self.subscription(number), Past { events, table })
    }

    fn name<F>(&self) -> &'static str {
        self.options.name.unwrap_or_else(type_name::<F>)
    }

    fn add<F: Send + Sync + 'static>(self, meta: HookMeta, call: F) -> Subscription {
        let (meta, number, listener) = self.listener(meta, call);
        self.dispatcher.subscribe(number, meta, listener);
        self.subscription(number)
    }

    fn listener<F: Send + Sync + 'static>(
        &self,
        mut meta: HookMeta,
        call: F,
    ) -> (HookMeta, u64, Instance) {
        let options = self.options;
        meta.priority = options.priority;
        meta.before = options.before;
        meta.after = options.after;
        meta.policies = options.policies;
        meta.parallel = options.parallel;
        let number = self.dispatcher.next_number();
        let listener: Instance = Arc::new(Listener {
            call,
            number,
            spent: options.once.then(AtomicBool::default),
        });
        (meta, number, listener)
    }

    fn subscription(&self, number: u64) -> Subscription {
        Subscription {
            dispatcher: Arc::downgrade(self.dispatcher),
            number,
        }
    }
}

/// What a closure that comes late is told first.
pub(crate) struct Past {
    events: Vec<Kept>,
    table: Option<Table>,
}

impl Past {
    /// Tells it, the oldest event first.
    pub(crate) async fn tell<E: Event<Mode: ByRef>>(
        self,
        dispatcher: &Dispatcher,
    ) -> Result<(), Error> {
        let Some(table) = &self.table else {
            return Ok(());
        };
        for event in self
            .events
            .iter()
            .filter_map(|event| event.downcast_ref::<E>())
        {
            Emitting::alone(dispatcher, table, Lent::shared(event)).await?;
        }
        Ok(())
    }
}
