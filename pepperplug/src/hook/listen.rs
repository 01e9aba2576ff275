//! Closures as hooks, as users add them.

use core::future::Future;

use super::dynamic::pattern;
use super::emitting::Events;
use super::options::HookOptions;
use super::subscription::{Subscriber, Subscription};
use crate::error::Error;
use crate::event::{AsyncEvent, ByRef, Event, EventContext, HookReturn, Transform, Value};
use crate::meta::Location;

impl Events {
    /// Adds an async closure to the hooks of an event. Its future is not to borrow the event: clone what it needs.
    ///
    /// ```
    /// use pepperplug::HookOptions;
    /// use pepperplug::prelude::*;
    ///
    /// #[event("user.login")]
    /// struct UserLogin {
    ///     user: String,
    /// }
    ///
    /// # static PLUGINS: PluginSet = plugins![];
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pepperplug::Error> {
    /// # let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// # manager.initialize().await?;
    /// let subscription = manager.on(HookOptions::new().name("greet"), |login: &UserLogin| {
    ///     let user = login.user.clone();
    ///     async move { println!("hello, {user}") }
    /// });
    /// manager.emit(&UserLogin { user: "ada".into() }).await?;
    /// drop(subscription); // From here on it is no hook.
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It may be added before the start and while events are emitted, also by a hook; an emit under way goes on with the hooks
    /// that it found. After a shutdown it hears nothing.
    #[track_caller]
    pub fn on<E, F, Fut, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: AsyncEvent<Mode: ByRef>,
        F: Fn(&E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.subscriber(options).on_async(call)
    }

    /// As [`on`](Self::on), for a closure that is not async: it costs a call, and may borrow the event.
    #[track_caller]
    pub fn on_sync<E, F, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: Event<Mode: ByRef>,
        F: Fn(&E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.subscriber(options).on_sync(call)
    }

    /// As [`on_sync`](Self::on_sync), of an event in mode transform, which it may change.
    #[track_caller]
    pub fn on_mut<E, F, R>(&self, options: HookOptions, call: F) -> Subscription
    where
        E: Event<Mode = Transform>,
        F: Fn(&mut E) -> R + Send + Sync + 'static,
        R: HookReturn<Value<E>> + 'static,
    {
        self.subscriber(options).on_mut(call)
    }

    /// As [`on`](Self::on), for events of many types: those whose names fit `pattern`, such as `user.*`, or that one whose name
    /// it is, such as one that was [registered](Self::register). The closure gets the context, with the event as
    /// [data](EventContext::data).
    ///
    /// # Errors
    /// [`EmitError::BadName`](crate::EmitError::BadName) where it is no pattern, and
    /// [`EmitError::UnknownEvent`](crate::EmitError::UnknownEvent) where it is a name that no event has.
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
        let subscriber = self.subscriber(options);
        Ok(subscriber.on_dynamic(self::pattern(&self.dispatcher, pattern)?, call))
    }

    /// As [`on_dynamic`](Self::on_dynamic), for a closure that is not async. Only such a one hears events declared `sync`.
    ///
    /// # Errors
    /// As [`on_dynamic`](Self::on_dynamic).
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
        let subscriber = self.subscriber(options);
        Ok(subscriber.on_dynamic_sync(self::pattern(&self.dispatcher, pattern)?, call))
    }

    /// As [`on`](Self::on), of an event that is declared `historic = N`: the closure is first told the last `N` of them that were
    /// emitted since the start, the oldest first, and this returns when it was. None is lost in between and none is told twice;
    /// one that is emitted while this tells may be told before an older one.
    ///
    /// Of an event that is not historic there is nothing to be told.
    ///
    /// # Errors
    /// [`EmitError::Hooks`](crate::EmitError::Hooks) where the closure fails on what it is told; it is no hook then.
    ///
    /// # Cancel safety
    /// Dropping the future ends the telling, and the closure is no hook then.
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
        let (subscription, past) = self.subscriber(options).on_late(call);
        past.tell::<E>(&self.dispatcher).await?;
        Ok(subscription)
    }

    #[track_caller]
    fn subscriber(&self, options: HookOptions) -> Subscriber<'_> {
        Subscriber {
            dispatcher: &self.dispatcher,
            options,
            location: Location::here(),
        }
    }
}
