//! The property: whatever a hook's future does, in place it does what it does in a box.

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

use proptest::prelude::*;

use super::actor::{Asked, SIZES, Script, Shim, Stage, enter, panic};
use super::reference::Reference;
use crate::event::{Event as _, EventContext};
use crate::hook::erased::{Bound, Erased, EventArg};
use crate::hook::{Dispatcher, HookFailure, Start, Started};
use crate::plugin::Instance;

/// How a future is driven.
#[derive(Debug, Clone)]
struct Drive {
    /// Dropped after so many polls, whether it is done or not.
    polls: usize,
    /// Which polls, and whether the drop, are those of another thread.
    elsewhere: u16,
}

fn scripts() -> impl Strategy<Value = Script> {
    let shim = prop_oneof![
        12 => Just(Shim::Starts),
        1 => Just(Shim::StartsAndPanics),
        1 => Just(Shim::Panics),
        1 => Just(Shim::Forgets),
    ];
    let panics_at = prop_oneof![3 => Just(None), 1 => (0..4_u32).prop_map(Some)];
    let rarely = || prop::bool::weighted(0.2);
    let faults = (panics_at, rarely(), rarely(), rarely());
    (shim, 0..SIZES, 0..4_u32, faults).prop_map(|(shim, size, pendings, faults)| {
        let (panics_at, panics_when_dropped, map_panics, fails) = faults;
        Script {
            shim,
            size,
            pendings,
            panics_at,
            panics_when_dropped,
            map_panics,
            fails,
        }
    })
}

fn drives() -> impl Strategy<Value = Drive> {
    let elsewhere = prop_oneof![3 => Just(0), 1 => any::<u16>()];
    (0..7_usize, elsewhere).prop_map(|(polls, elsewhere)| Drive { polls, elsewhere })
}

/// Counts how often it is woken.
#[derive(Default)]
struct Wakes(AtomicU32);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Does `what` here or in another thread.
fn perform<T: Send>(elsewhere: bool, what: impl FnOnce() -> T + Send) -> T {
    if !elsewhere {
        return what();
    }
    std::thread::scope(|scope| scope.spawn(what).join().expect("panics end before that"))
}

/// What comes of each poll, and how often it wakes. A waker of its own for each.
fn drive<F>(future: F, drive: &Drive, stage: &Stage)
where
    F: Future<Output = Result<u64, HookFailure>> + Send,
{
    let mut future = Some(Box::pin(future));
    for poll in 0..drive.polls {
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let held: Pin<&mut F> = future.as_mut().expect("dropped below").as_mut();
        let polled = perform(drive.elsewhere >> poll & 1 == 1, || {
            held.poll(&mut Context::from_waker(&waker))
        });
        let polled = match polled {
            Poll::Pending => "pending".to_owned(),
            Poll::Ready(Ok(answer)) => answer.to_string(),
            Poll::Ready(Err(failure)) => failure.to_string(),
        };
        let wakes = wakes.0.load(Ordering::Relaxed);
        stage.note(format!("{polled}, woken {wakes} times"));
    }
    let future = future.take();
    perform(drive.elsewhere >> drive.polls & 1 == 1, move || {
        drop(future)
    });
}

/// A plugin.
struct Host(Stage);

fn shim<'a>(
    host: &'a Host,
    event: &'a Asked,
    ctx: &'a EventContext<'a>,
    start: Start<'a, '_, u64>,
) -> Started<u64> {
    match host.0.script.shim {
        Shim::Panics => panic("no start"),
        Shim::Forgets => return Poll::Pending,
        Shim::Starts | Shim::StartsAndPanics => {}
    }
    let started = enter(&host.0, event, ctx, start);
    if host.0.script.shim == Shim::StartsAndPanics {
        panic("a false start");
    }
    started
}

fn in_place(script: Script, how: &Drive) -> Vec<String> {
    let host = Arc::new(Host(Stage::new(script)));
    let instance: Instance = Arc::<Host>::clone(&host);
    let hook = Erased::r#async::<Host, Asked>(shim);
    let bound = Bound::new(&hook, &instance).expect("they belong together");
    let (dispatcher, event) = (Dispatcher::new(), Asked(20));
    let ctx = EventContext::new(Asked::META, &dispatcher);
    drive(bound.start(EventArg::shared(&event), &ctx), how, &host.0);
    drop((bound, instance));
    let host = Arc::into_inner(host).expect("nobody else has it");
    host.0.log()
}

fn in_a_box(script: Script, how: &Drive) -> Vec<String> {
    let stage = Stage::new(script);
    let (dispatcher, event) = (Dispatcher::new(), Asked(20));
    let ctx = EventContext::new(Asked::META, &dispatcher);
    drive(Reference::new(&stage, &event, &ctx), how, &stage);
    stage.log()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_place_a_future_does_what_it_does_in_a_box(script in scripts(), how in drives()) {
        prop_assert_eq!(in_place(script.clone(), &how), in_a_box(script, &how));
    }
}

/// Each size once, with everything in order: so no size depends on chance.
#[test]
fn futures_of_every_size_and_alignment_are_run_to_their_end_and_dropped_once() {
    for size in 0..SIZES {
        let script = Script {
            shim: Shim::Starts,
            size,
            pendings: 2,
            panics_at: None,
            panics_when_dropped: false,
            map_panics: false,
            fails: false,
        };
        let drive = Drive {
            polls: 3,
            elsewhere: 0b010,
        };
        assert_eq!(
            in_place(script, &drive),
            [
                "polled 0 for asked",
                "pending, woken 1 times",
                "polled 1 for asked",
                "pending, woken 1 times",
                "polled 2 for asked",
                "mapped",
                "dropped for asked",
                "map dropped",
                "44, woken 0 times",
            ],
            "size {size}"
        );
    }
}

/// A future that is forgotten while it is pending is leaked, and what it borrows may go.
#[test]
fn a_call_that_is_forgotten_half_way_is_never_heard_of_again() {
    let script = Script {
        shim: Shim::Starts,
        size: 4,
        pendings: 3,
        panics_at: None,
        panics_when_dropped: true,
        map_panics: false,
        fails: false,
    };
    let host = Arc::new(Host(Stage::new(script)));
    let instance: Instance = Arc::<Host>::clone(&host);
    {
        let hook = Erased::r#async::<Host, Asked>(shim);
        let bound = Bound::new(&hook, &instance).expect("they belong together");
        let (dispatcher, event) = (Dispatcher::new(), Asked(20));
        let ctx = EventContext::new(Asked::META, &dispatcher);
        let mut call = Box::pin(bound.start(EventArg::shared(&event), &ctx));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut cx).is_pending());
        core::mem::forget(call);
    }
    drop(instance);
    let host = Arc::into_inner(host).expect("nobody else has it");
    assert_eq!(host.0.log(), ["polled 0 for asked"]);
}

#[test]
fn a_hook_is_not_called_for_another_event_nor_bound_to_another_plugin() {
    let hook = Erased::r#async::<Host, Asked>(shim);
    let other: Instance = Arc::new(0_u8);
    assert!(Bound::new(&hook, &other).is_none());
    let script = Script {
        shim: Shim::Starts,
        size: 0,
        pendings: 0,
        panics_at: None,
        panics_when_dropped: false,
        map_panics: false,
        fails: false,
    };
    let instance: Instance = Arc::new(Host(Stage::new(script)));
    let bound = Bound::new(&hook, &instance).expect("they belong together");
    let (dispatcher, event) = (Dispatcher::new(), crate::AppStartup::default());
    let ctx = EventContext::new(crate::AppStartup::META, &dispatcher);
    let mut cx = Context::from_waker(Waker::noop());
    let called = pin!(bound.start(EventArg::shared(&event), &ctx)).poll(&mut cx);
    let text = "the hook is not one of this event";
    assert!(matches!(called, Poll::Ready(Err(failure)) if failure.to_string() == text));
    // One that is async is not called either.
    let called = bound.call(EventArg::shared(&Asked(0)), &ctx);
    assert!(called.is_err_and(|failure| failure.to_string() == text));
    let hook = Erased::sync::<Host, Asked>(|_, event, _| Ok(event.0));
    let bound = Bound::new(&hook, &instance).expect("they belong together");
    let called = bound.call(EventArg::shared(&event), &ctx);
    assert!(called.is_err_and(|failure| failure.to_string() == text));
    let called = bound.call(EventArg::shared(&Asked(7)), &ctx);
    assert!(called.is_ok_and(|answer| answer == 7));
}
