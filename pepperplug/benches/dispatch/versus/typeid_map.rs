//! The event bus that is written by hand most often: a map from the type of an event to what listens to it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use crate::plugins::{Counter, Parallel, Pending, Ready, Sync, Timeout};

use super::Listened;

type AnyEvent = dyn Any + Send + std::marker::Sync;
type BoxedFuture<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

type SyncListener = Box<dyn Fn(&dyn Any)>;
type AsyncListener = Box<dyn for<'a> Fn(&'a AnyEvent) -> BoxedFuture<'a>>;

/// A map that knows of the five events that our side knows of.
fn five<T>() -> HashMap<TypeId, Vec<T>> {
    [
        TypeId::of::<Sync>(),
        TypeId::of::<Ready>(),
        TypeId::of::<Pending>(),
        TypeId::of::<Parallel>(),
        TypeId::of::<Timeout>(),
    ]
    .map(|event| (event, Vec::new()))
    .into()
}

pub(super) struct SyncMap(HashMap<TypeId, Vec<SyncListener>>);

impl Default for SyncMap {
    fn default() -> Self {
        Self(five())
    }
}

impl Listened for SyncMap {
    fn listen<const N: u64>(&mut self, counter: &'static Counter) {
        let listeners = self.0.entry(TypeId::of::<Sync>()).or_default();
        listeners.push(Box::new(move |event| {
            let event: &Sync = event.downcast_ref().expect("it is listed under its type");
            counter.add::<N>(event.0);
        }));
    }
}

impl SyncMap {
    pub(super) fn emit<E: Any>(&self, event: &E) {
        for listener in self.0.get(&TypeId::of::<E>()).into_iter().flatten() {
            listener(event);
        }
    }
}

pub(super) struct AsyncMap(HashMap<TypeId, Vec<AsyncListener>>);

impl Default for AsyncMap {
    fn default() -> Self {
        Self(five())
    }
}

impl Listened for AsyncMap {
    fn listen<const N: u64>(&mut self, counter: &'static Counter) {
        let listeners = self.0.entry(TypeId::of::<Ready>()).or_default();
        listeners.push(Box::new(move |event| {
            let event: &Ready = event.downcast_ref().expect("it is listed under its type");
            Box::pin(async move { counter.add::<N>(event.0) })
        }));
    }
}

impl AsyncMap {
    pub(super) async fn emit<E: Any + Send + std::marker::Sync>(&self, event: &E) {
        for listener in self.0.get(&TypeId::of::<E>()).into_iter().flatten() {
            listener(event).await;
        }
    }
}
