//! Events by name: registered, emitted with data, and heard by whoever listens to the name or to the type.

#![allow(
    unsafe_code,
    reason = "an event's type is erased here, and kept at its place"
)]

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::catalogue::{DynamicEvent, interned, unfit};
use super::dispatch::Dispatcher;
use super::emission::Emission;
use super::emitting::Events;
use super::sink::{Errors, Sink};
use crate::error::{EmitError, Error};
use crate::event::{DataError, EmitContext, Event};
use crate::registry::EventRef;

/// The future of an emit by name.
pub(crate) type DynamicEmit<'d> = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send + 'd>>;

/// Emits an event of a type that is made of data.
pub(crate) type EmitData = for<'d> fn(&'d Dispatcher, Value, EmitContext) -> DynamicEmit<'d>;

impl Events {
    /// Makes `name` an event that may be emitted with [`emit_dynamic`](Self::emit_dynamic), and that hooks on patterns hear.
    /// A name that is known already stays what it is, an event's type included.
    ///
    /// ```
    /// # use pepperplug::prelude::*;
    /// # static PLUGINS: PluginSet = plugins![];
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pepperplug::Error> {
    /// # let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// # manager.initialize().await?;
    /// let events = manager.events();
    /// events.register("data.created")?;
    /// let data = serde_json::json!({ "id": 7 });
    /// events.emit_dynamic("data.created", data).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`EmitError::BadName`] where it is no event's name.
    pub fn register(&self, name: &str) -> Result<(), Error> {
        if let Some(why) = unfit(name, false) {
            return Err(Error::Emit(EmitError::BadName { why }));
        }
        self.dispatcher.register(name);
        Ok(())
    }

    /// As [`register`](Self::register), for names in groups: `("app", ["startup", "shutdown"])` is `app.startup` and
    /// `app.shutdown`. All of them or none.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub fn register_types<'n, N: IntoIterator<Item = &'n str>>(
        &self,
        types: impl IntoIterator<Item = (&'n str, N)>,
    ) -> Result<(), Error> {
        let names = types.into_iter().flat_map(|(group, names)| {
            let names = names.into_iter();
            names.map(move |name| format!("{group}.{name}"))
        });
        let names: Vec<String> = names.collect();
        if let Some(why) = names.iter().find_map(|name| unfit(name, false)) {
            return Err(Error::Emit(EmitError::BadName { why }));
        }
        names.iter().for_each(|name| self.dispatcher.register(name));
        Ok(())
    }

    /// The names of all events, sorted: the declared types' and the registered ones.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let events = self.dispatcher.known_events();
        let mut names: Vec<_> = events.iter().map(|event| event.meta().name()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Emits an event by its name. The hooks of an event's type get it made of `data`; hooks on patterns and
    /// [`on_dynamic`](crate::PluginManager::on_dynamic) get it by [`EventContext::data`](crate::EventContext::data).
    ///
    /// Returns what the hooks answer, as data: null in mode notify, the answer or null in mode first, in mode collect a list of
    /// `{ "plugin", "hook", "answer" }` or `{ "plugin", "hook", "error" }`, and the changed event in mode transform.
    ///
    /// # Errors
    /// As [`emit`](Self::emit); [`EmitError::UnknownEvent`] where no event has that name, and [`EmitError::Data`] where the
    /// data does not fit the event's type, or that type or its output is not one that data is made of.
    ///
    /// # Cancel safety
    /// As [`emit`](Self::emit).
    pub async fn emit_dynamic(&self, name: &str, data: impl Into<Value>) -> Result<Value, Error> {
        self.emit_dynamic_with(name, data, EmitContext::new()).await
    }

    /// As [`emit_dynamic`](Self::emit_dynamic), with what an emit may carry.
    ///
    /// # Errors
    /// As [`emit_dynamic`](Self::emit_dynamic) and [`emit_with`](Self::emit_with).
    ///
    /// # Cancel safety
    /// As [`emit`](Self::emit).
    pub async fn emit_dynamic_with(
        &self,
        name: &str,
        data: impl Into<Value>,
        context: EmitContext,
    ) -> Result<Value, Error> {
        let event = self.dispatcher.find(name)?;
        let data = data.into();
        if event.is_dynamic() {
            return emit_as_it_is(&self.dispatcher, event, data, context).await;
        }
        match event.meta().emit_data {
            Some(emit) => emit(&self.dispatcher, data, context).await,
            None => Err(Error::Emit(EmitError::Data(DataError::not_deserializable(
                event.meta(),
            )))),
        }
    }
}

async fn emit_as_it_is(
    dispatcher: &Dispatcher,
    event: EventRef,
    data: Value,
    context: EmitContext,
) -> Result<Value, Error> {
    let of = (event.slot(), event.meta());
    let data = DynamicEvent(data);
    let data_at = core::ptr::from_ref(&data).cast_mut().cast();
    let mut emission = pin!(Cancelled(Emission::new(dispatcher, data_at)));
    emission.as_mut().emission().carry(context);
    let mut errors = Errors::new();
    let ended = poll_fn(|cx| {
        let emission = emission.as_mut().emission();
        // SAFETY: pinned; the slot and meta are those of an event that is a `DynamicEvent`, which is lent until this ends.
        unsafe { errors.poll(emission, of, cx) }
    });
    ended.await.map_err(|error| Error::Emit(*error))?;
    Ok(Value::Null)
}

/// An emission that is let go of where it is dropped.
struct Cancelled<'e>(Emission<'e>);

impl<'e> Cancelled<'e> {
    fn emission(self: Pin<&mut Self>) -> &mut Emission<'e> {
        // SAFETY: it is not moved by whoever gets it here.
        unsafe { &mut self.get_unchecked_mut().0 }
    }
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            self.0.cancel();
        }
    }
}

// SAFETY: as `Emitting`; the event is a `DynamicEvent`, which is `Send + Sync`.
unsafe impl Send for Cancelled<'_> {}

/// Makes an event of `data`, and says so where it does not fit.
pub(crate) fn made_of<E: Event + DeserializeOwned>(data: Value) -> Result<E, Error> {
    serde_json::from_value(data)
        .map_err(|error| Error::Emit(EmitError::Data(DataError::unfit(E::META, error))))
}

/// The pattern of a subscription, kept for good.
///
/// # Errors
/// [`EmitError::BadName`] where it is none, [`EmitError::UnknownEvent`] where it is a name that no event has.
pub(crate) fn pattern(dispatcher: &Arc<Dispatcher>, text: &str) -> Result<&'static str, Error> {
    if let Some(why) = unfit(text, true) {
        return Err(Error::Emit(EmitError::BadName { why }));
    }
    if !text.contains('*') {
        dispatcher.find(text)?;
    }
    Ok(interned(text))
}
