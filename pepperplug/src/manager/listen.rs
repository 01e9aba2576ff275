//! Closures as hooks, and events by name: what [`Events`](crate::Events) does, at hand.

use core::future::Future;

use serde_json::Value as Data;

use super::PluginManager;
use crate::error::Error;
use crate::event::{AsyncEvent, ByRef, Event, EventContext, HookReturn, Transform, Value};
use crate::hook::{HookOptions, Subscription};

impl PluginManager {
    /// Adds an async closure to the hooks of an event; as [`Events::on`](crate::Events::on).
    #[track_caller]
    pub fn on<E, F, Fut, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: AsyncEvent<Mode: ByRef>,
        F: Fn(&E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.events().on(options, call)
    }

    /// Adds a closure to the hooks of an event; as [`Events::on_sync`](crate::Events::on_sync).
    #[track_caller]
    pub fn on_sync<E, F, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: Event<Mode: ByRef>,
        F: Fn(&E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.events().on_sync(options, call)
    }

    /// Adds a closure to the hooks of an event that it may change; as [`Events::on_mut`](crate::Events::on_mut).
    #[track_caller]
    pub fn on_mut<E, F, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: Event<Mode = Transform>,
        F: Fn(&mut E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.events().on_mut(options, call)
    }

    /// Adds an async closure to the hooks of all events whose names fit; as
    /// [`Events::on_dynamic`](crate::Events::on_dynamic).
    ///
    /// # Errors
    /// Those of [`Events::on_dynamic`](crate::Events::on_dynamic).
    #[track_caller]
    pub fn on_dynamic<F, Fut, R>(
        &self,
        pattern: &str,
        options: HookOptions,
        call: F,
    ) -> Result<Subscription, Error>
    where
        F: Fn(&EventContext<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<()> + 'static,
    {
        self.events().on_dynamic(pattern, options, call)
    }

    /// Adds a closure to the hooks of all events whose names fit; as
    /// [`Events::on_dynamic_sync`](crate::Events::on_dynamic_sync).
    ///
    /// # Errors
    /// Those of [`Events::on_dynamic`](crate::Events::on_dynamic).
    #[track_caller]
    pub fn on_dynamic_sync<F, R>(
        &self,
        pattern: &str,
        options: HookOptions,
        call: F,
    ) -> Result<Subscription, Error>
    where
        F: Fn(&EventContext<'_>) -> R + Send + Sync + 'static,
        R: HookReturn<()> + 'static,
    {
        self.events().on_dynamic_sync(pattern, options, call)
    }

    /// Adds an async closure to the hooks of all events whose names fit, with a priority: [`on_dynamic`](Self::on_dynamic)
    /// in short.
    ///
    /// # Errors
    /// Those of [`Events::on_dynamic`](crate::Events::on_dynamic).
    #[track_caller]
    pub fn register_hook<F, Fut, R>(
        &self,
        event: &str,
        callback: F,
        priority: i32,
    ) -> Result<Subscription, Error>
    where
        F: Fn(&EventContext<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<()> + 'static,
    {
        let options = HookOptions::new().priority(priority);
        self.events().on_dynamic(event, options, callback)
    }

    /// Adds an async closure to the hooks of an event, and tells it what was emitted before; as
    /// [`Events::on_historic`](crate::Events::on_historic).
    ///
    /// # Errors
    /// Those of [`Events::on_historic`](crate::Events::on_historic).
    ///
    /// # Cancel safety
    /// As [`Events::on_historic`](crate::Events::on_historic).
    pub async fn on_historic<E, F, Fut, R>(
        &self,
        options: HookOptions,
        call: F,
    ) -> Result<Subscription, Error>
    where
        E: AsyncEvent<Mode: ByRef>,
        F: Fn(&E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.events().on_historic(options, call).await
    }

    /// Emits an event by its name; as [`Events::emit_dynamic`](crate::Events::emit_dynamic).
    ///
    /// # Errors
    /// Those of [`Events::emit_dynamic`](crate::Events::emit_dynamic).
    ///
    /// # Cancel safety
    /// As [`Events::emit`](crate::Events::emit).
    pub async fn emit_dynamic(&self, name: &str, data: impl Into<Data>) -> Result<Data, Error> {
        self.events().emit_dynamic(name, data).await
    }
}
