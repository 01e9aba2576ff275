//! What a hook is told besides the event.

#![allow(
    unsafe_code,
    reason = "looks at the table and the event of an emit under way; see `EventContext`"
)]

use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;

use serde_json::Value;
use tokio::time::Instant;

use super::carried::{Carried, CorrelationId, Deadline, EmitContext, fresh_number};
use super::{CancellationToken, DataError, Emit, Event, EventMeta, EventMode, Returned, SyncEvent};
use crate::error::Error;
use crate::hook::{Dispatcher, Emitting, Table, emit_sync};

/// What a step gets when the time for the whole is used up: so that each hook is called and each cleanup is begun, and
/// what was cancelled has time to end.
pub(crate) const LAST_CHANCE: Duration = Duration::from_millis(100);

/// The circumstances of one emit, for hooks that take it: `ctx: &EventContext`.
///
/// Part of the emit. Whoever has a reference to it is a hook of that emit, or was lent it by one; so the table that the
/// emit reads lives.
pub struct EventContext<'a> {
    pub(crate) dispatcher: &'a Dispatcher,
    /// The table that is read. Set before any hook is called.
    table: AtomicPtr<Table>,
    /// The event, while hooks may look at it as data; null while it is lent to one of them.
    data: AtomicPtr<()>,
    /// The number of the emit and of all that come from it; zero until somebody asks.
    number: AtomicU64,
    /// What the emitter gave along, or what the emit around this one carries.
    carried: Option<Arc<Carried>>,
}

impl<'a> EventContext<'a> {
    #[inline(always)]
    pub(crate) fn new(dispatcher: &'a Dispatcher) -> Self {
        Self {
            dispatcher,
            table: AtomicPtr::new(ptr::null_mut()),
            data: AtomicPtr::new(ptr::null_mut()),
            number: AtomicU64::new(0),
            carried: None,
        }
    }

    /// Of an emit of an event that nobody has a hook on.
    #[cfg(test)]
    pub(crate) fn named(dispatcher: &'a Dispatcher, meta: &'static EventMeta) -> Self {
        let table = Table::none(meta);
        let this = Self::new(dispatcher);
        this.table
            .store(Box::into_raw(Box::new(table)), Ordering::Relaxed);
        this
    }

    /// Of an emit that reads `table`.
    ///
    /// # Safety
    /// As in [`set`](Self::set), `event` being of the table's type.
    #[inline(always)]
    pub(crate) unsafe fn of(dispatcher: &'a Dispatcher, table: &Table, event: *mut ()) -> Self {
        Self {
            dispatcher,
            table: AtomicPtr::new(ptr::from_ref(table).cast_mut()),
            data: AtomicPtr::new(table.data(event).cast_mut()),
            number: AtomicU64::new(0),
            carried: None,
        }
    }

    /// Says what is read, and what hooks may look at as data.
    ///
    /// # Safety
    /// `table` lives while any hook has this context. `data` is null, or an event of the table's type that lives as long,
    /// and of which there are only shared references until it is set to something else.
    #[inline(always)]
    pub(crate) unsafe fn set(&self, table: *const Table, data: *const ()) {
        self.table.store(table.cast_mut(), Ordering::Relaxed);
        self.data.store(data.cast_mut(), Ordering::Relaxed);
    }

    /// As in [`set`](Self::set).
    ///
    /// # Safety
    /// As in [`set`](Self::set).
    pub(crate) unsafe fn lend(&self, data: *const ()) {
        self.data.store(data.cast_mut(), Ordering::Relaxed);
    }

    pub(crate) fn table(&self) -> *const Table {
        self.table.load(Ordering::Relaxed)
    }

    /// What the emitter gave along.
    pub(crate) fn carry(&mut self, context: EmitContext) {
        self.carried = Some(Arc::new(context.carried));
    }

    /// Takes over what nested emits inherit. Before any hook is called.
    pub(crate) fn inherit(&mut self, outer: &EventContext<'_>) {
        let carried = match (self.carried.take(), &outer.carried) {
            (Some(own), Some(outer)) => Some(Arc::new(Arc::unwrap_or_clone(own).within(outer))),
            (None, Some(outer)) => Some(Carried::passed_on(outer)),
            (own, None) => own,
        };
        self.carried = carried;
        let number = outer.number();
        self.number.store(number, Ordering::Relaxed);
    }

    /// Takes over all of it: this is of the same emit, from one of its hooks on.
    pub(crate) fn go_on(&mut self, same: &EventContext<'_>) {
        self.carried.clone_from(&same.carried);
        self.number.store(same.number(), Ordering::Relaxed);
    }

    fn number(&self) -> u64 {
        let number = self.number.load(Ordering::Relaxed);
        if number != 0 {
            return number;
        }
        let fresh = fresh_number();
        let set = self
            .number
            .compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed);
        set.map_or_else(|other| other, |_| fresh)
    }

    pub(crate) fn limits(&self) -> Option<Limits<'_>> {
        let carried = self.carried.as_ref()?;
        let limits = Limits {
            deadline: carried.deadline,
            cancellation: carried.cancellation.as_ref(),
        };
        (limits.deadline.is_some() || limits.cancellation.is_some()).then_some(limits)
    }

    /// Whether there is something to be let go of.
    #[inline(always)]
    pub(crate) fn carries(&self) -> bool {
        self.carried.is_some()
    }

    pub(crate) fn meta(&self) -> &'static EventMeta {
        // SAFETY: set before any hook has this, and alive; see the type.
        match unsafe { self.table().as_ref() } {
            Some(table) => table.event.meta(),
            None => EventMeta::UNKNOWN,
        }
    }

    /// The event's name.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.meta().name()
    }

    /// How the hooks of the event work together.
    #[must_use]
    pub fn mode(&self) -> EventMode {
        self.meta().mode()
    }

    /// Whether the event is declared `sync`: then hooks that are async do not hear it.
    #[must_use]
    pub fn is_sync(&self) -> bool {
        self.meta().sync
    }

    /// The event as data, for hooks that listen to events of many types. Made anew by each call.
    ///
    /// # Errors
    /// [`DataError`] where the event's type does not implement `serde::Serialize`, its serialization fails, or the hook has
    /// the event itself, by `&mut`.
    pub fn data(&self) -> Result<Value, DataError> {
        let Some(serialize) = self.meta().to_value else {
            return Err(DataError::not_serializable(self.meta()));
        };
        let data = self.data.load(Ordering::Acquire);
        if data.is_null() {
            return Err(DataError::lent(self.meta()));
        }
        // SAFETY: an event of the table's type, which only shared references point to; see `set`.
        unsafe { serialize(data) }.map_err(|error| DataError::failed(self.meta(), error))
    }

    /// What the emitter gave along under `key`.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&Value> {
        Some(&self.carried.as_ref()?.metadata.get(key)?.value)
    }

    /// As [`metadata`](Self::metadata), where it was given along with this very emit, and is not inherited from the one
    /// around it: for what is said of one event, and not of those that its hooks emit.
    #[must_use]
    pub fn own_metadata(&self, key: &str) -> Option<&Value> {
        let said = self.carried.as_ref()?.metadata.get(key)?;
        (!said.is_inherited).then_some(&said.value)
    }

    /// All that the emitter gave along, sorted by key.
    pub fn all_metadata(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self.carried.iter().flat_map(|carried| &carried.metadata);
        all.map(|(key, said)| (key.as_str(), &said.value))
    }

    /// What belongs together has one: this emit, the one it comes from, and those that its hooks emit.
    #[must_use]
    pub fn correlation_id(&self) -> CorrelationId {
        match self
            .carried
            .as_ref()
            .and_then(|carried| carried.id.as_ref())
        {
            Some(id) => CorrelationId::text(id),
            None => CorrelationId::number(self.number()),
        }
    }

    /// When the whole emit is to be done, if that was said.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        Some(self.carried.as_ref()?.deadline?.at)
    }

    /// Cancelled when the emit is to stop, if the emitter gave a token along.
    #[must_use]
    pub fn cancellation(&self) -> Option<&CancellationToken> {
        self.carried.as_ref()?.cancellation.as_ref()
    }

    /// All that a nested emit inherits, for emits from elsewhere: a task of its own, or a queue.
    pub fn detach(&self) -> EmitContext {
        let outer = self.carried.as_ref().map(Carried::passed_on);
        let mut carried = outer.map(Arc::unwrap_or_clone).unwrap_or_default();
        if carried.id.is_none() {
            carried.id = Some(self.correlation_id().to_string().into());
        }
        EmitContext { carried }
    }

    /// Emits another event from inside the hook; as [`PluginManager::emit`](crate::PluginManager::emit).
    ///
    /// # Errors
    /// Those of [`PluginManager::emit`](crate::PluginManager::emit).
    #[inline]
    pub fn emit<'e, T: Emit<'e, E>, E: Event>(&'e self, event: T) -> Emitting<'e, E> {
        Emitting::new(self.dispatcher, event.lend())
    }

    /// As [`emit`](Self::emit), with something to carry besides what is inherited.
    ///
    /// # Errors
    /// Those of [`PluginManager::emit_with`](crate::PluginManager::emit_with).
    pub fn emit_with<'e, T: Emit<'e, E>, E: Event>(
        &'e self,
        event: T,
        context: EmitContext,
    ) -> Emitting<'e, E> {
        self.emit(event).with(context)
    }

    /// As [`emit`](Self::emit), for an event declared `sync`: no future at all.
    ///
    /// # Errors
    /// Those of [`PluginManager::emit`](crate::PluginManager::emit).
    #[inline]
    pub fn emit_sync<'e, T: Emit<'e, E>, E: SyncEvent>(
        &'e self,
        event: T,
    ) -> Result<Returned<E>, Error> {
        emit_sync(self.dispatcher, event.lend(), None)
    }
}

/// What ends an emit from outside.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'a> {
    pub(crate) deadline: Option<Deadline>,
    pub(crate) cancellation: Option<&'a CancellationToken>,
}

impl fmt::Debug for EventContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventContext")
            .field("event", &self.event())
            .field("carried", &self.carried)
            .finish_non_exhaustive()
    }
}
