//! A phase that is polled where its plugin stands, and taken along with the plugin where it awaits something.
//!
//! Most phases are ready at once, and need no task, no timer and no room of their own: they are polled while they borrow
//! from the plugin. One that is not is to be polled on in a task, which must own what it borrows from.
//!
//! # Invariants
//!
//! 1. The phase of a [`Held`] borrows from what `instance` points to, and from nothing else: it was made by a call that
//!    was given only a reference to that. An `Arc` may be moved while what it points to is borrowed.
//! 2. `instance` is handed out only when the phase is gone, and dropped after it. So nothing reaches the plugin beside
//!    an `initialize`, whose `instance` nobody shares, and a plugin lives at least as long as its phase.

#![allow(
    unsafe_code,
    reason = "a phase and what it borrows from are kept in one place; see the invariants above"
)]

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::error::BoxError;
use crate::plugin::{Cleanup, Initialize, Instance, Phase};

/// A future that awaits something, to be polled on in a task of its own.
pub(super) type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a first poll came to.
pub(super) enum First<T> {
    Ready(T),
    Waits(Held),
}

/// A phase, and the plugin that it borrows from.
pub(super) struct Held {
    // Declared first, so dropped first (invariant 2).
    phase: Phase<'static>,
    instance: Instance,
}

/// Calls an `initialize` and polls it once. It may panic, as may all that is the plugin's.
#[inline]
pub(super) fn initialize(
    mut instance: Instance,
    initialize: Initialize,
) -> First<Result<Instance, BoxError>> {
    let Some(plugin) = Arc::get_mut(&mut instance) else {
        let why = "the plugin is already shared, so it cannot be initialized";
        return First::Ready(Err(why.into()));
    };
    let mut phase = initialize(plugin);
    if let Poll::Ready(result) = poll_once(&mut phase) {
        drop(phase);
        return First::Ready(result.map(|()| instance));
    }
    // SAFETY: held together with the instance that it borrows from (invariant 1).
    let phase = unsafe { detach(phase) };
    First::Waits(Held { phase, instance })
}

/// Calls a `cleanup` and polls it once. It may panic, as may all that is the plugin's.
#[inline]
pub(super) fn clean_up(instance: &Instance, cleanup: Cleanup) -> First<Result<(), BoxError>> {
    let mut phase = cleanup(&**instance);
    if let Poll::Ready(result) = poll_once(&mut phase) {
        return First::Ready(result);
    }
    let instance = Arc::clone(instance);
    // SAFETY: as in `initialize`; a clone points to the same plugin.
    let phase = unsafe { detach(phase) };
    First::Waits(Held { phase, instance })
}

fn poll_once(phase: &mut Phase<'_>) -> Poll<Result<(), BoxError>> {
    // Nobody is to be woken: whoever polls it on begins with a poll.
    Pin::new(phase).poll(&mut Context::from_waker(Waker::noop()))
}

/// # Safety
/// What the phase borrows outlives it.
unsafe fn detach(phase: Phase<'_>) -> Phase<'static> {
    // SAFETY: only the lifetime differs, and the caller sees to that.
    unsafe { core::mem::transmute::<Phase<'_>, Phase<'static>>(phase) }
}

impl Held {
    /// Waits for the phase. Cancel safe as far as the plugin is: dropping it drops the phase, then the plugin.
    pub(super) async fn ended(mut self) -> (Result<(), BoxError>, Instance) {
        let result = poll_fn(|cx| Pin::new(&mut self.phase).poll(cx)).await;
        let Self { phase, instance } = self;
        drop(phase);
        (result, instance)
    }
}

/// Spawns what may block its thread before it awaits anything.
///
/// A task that is spawned by another is left to the thread of that one without waking a second thread. If that thread was
/// the one that watches the clock, nobody would while it is blocked, and no time would ever be up. Spawning something
/// else after it wakes one that does.
pub(super) fn spawn_beside<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let task = tokio::spawn(future);
    drop(tokio::spawn(async {}));
    task
}

#[cfg(test)]
mod tests {
    use core::any::Any;

    use super::*;

    /// Awaits once, and counts how often it was gone on with.
    fn counts(plugin: &mut (dyn Any + Send + Sync)) -> Phase<'_> {
        let Some(count) = plugin.downcast_mut::<u32>() else {
            return Phase::done(Err("it is none of these".into()));
        };
        *count += 1;
        let rest = async move {
            tokio::task::yield_now().await;
            *count += 1;
        };
        Phase::pending(rest, Ok)
    }

    fn begun() -> Held {
        match initialize(Arc::new(1u32), counts) {
            First::Waits(held) => held,
            First::Ready(_) => panic!("it awaits something"),
        }
    }

    #[tokio::test]
    async fn one_that_awaits_is_gone_on_with_wherever_it_is_moved_to() {
        let elsewhere = tokio::spawn(begun().ended());
        let (result, instance) = elsewhere.await.expect("it does not panic");
        result.expect("it goes well");
        assert_eq!(instance.downcast_ref(), Some(&3u32));
    }

    #[test]
    fn one_that_is_dropped_half_way_is_gone_before_its_plugin() {
        struct Plugin(Arc<u32>);
        struct Looks<'a>(&'a mut Plugin);
        impl Drop for Looks<'_> {
            fn drop(&mut self) {
                assert_eq!(Arc::strong_count(&self.0.0), 2);
            }
        }
        fn hangs(plugin: &mut (dyn Any + Send + Sync)) -> Phase<'_> {
            let looks = plugin.downcast_mut().map(Looks);
            let hangs = async move {
                let _looks = looks;
                core::future::pending().await
            };
            Phase::pending(hangs, |never| never)
        }
        for polls in 0..2 {
            let number = Arc::new(7);
            let First::Waits(held) = initialize(Arc::new(Plugin(Arc::clone(&number))), hangs)
            else {
                panic!("it awaits something")
            };
            let mut ended = Box::pin(held.ended());
            for _ in 0..polls {
                let polled = ended.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(polled.is_pending());
            }
            drop(ended);
            assert_eq!(Arc::strong_count(&number), 1, "nothing keeps it");
        }
    }

    #[test]
    fn one_that_is_shared_is_not_initialized() {
        let instance: Instance = Arc::new(1u32);
        let _other = Arc::clone(&instance);
        let First::Ready(Err(error)) = initialize(instance, counts) else {
            panic!("it began")
        };
        assert!(error.to_string().contains("already shared"), "{error}");
    }

    #[tokio::test]
    async fn a_cleanup_keeps_its_plugin() {
        struct Gone(tokio::sync::mpsc::UnboundedSender<()>);
        impl Drop for Gone {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        fn looks(plugin: &(dyn Any + Send + Sync)) -> Phase<'_> {
            let looked = async move {
                tokio::task::yield_now().await;
                let gone = plugin.downcast_ref::<Gone>().map(|gone| gone.0.is_closed());
                (gone == Some(false)).then_some(()).ok_or("it is gone")
            };
            Phase::pending(looked, |result| result.map_err(Into::into))
        }
        let (told, mut gone) = tokio::sync::mpsc::unbounded_channel();
        let instance: Instance = Arc::new(Gone(told));
        let First::Waits(held) = clean_up(&instance, looks) else {
            panic!("it awaits something")
        };
        drop(instance);
        let (result, instance) = held.ended().await;
        result.expect("it is still there");
        assert!(gone.try_recv().is_err());
        drop(instance);
        gone.try_recv().expect("nobody else keeps it");
    }
}
