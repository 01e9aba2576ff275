//! The property: whatever a hook's future does, in place it does what it does in a box.

use core::any::TypeId;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

use proptest::prelude::*;

use super::actor::{Asked, SIZES, Script, Shim, Stage, enter, panic};
use super::reference::Reference;
use crate::event::{Emit as _, Event as _, EventContext};
use crate::hook::call::{Call, Erased};
use crate::hook::{Dispatcher, Emitting, Gate, HookFailure, HookMeta, Start, Status};
use crate::meta::Location;
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
        let ready = polled.is_ready();
        let polled = match polled {
            Poll::Pending => "pending".to_owned(),
            Poll::Ready(Ok(answer)) => answer.to_string(),
            Poll::Ready(Err(failure)) => failure.to_string(),
        };
        let wakes = wakes.0.load(Ordering::Relaxed);
        stage.note(format!("{polled}, woken {wakes} times"));
        if ready {
            break;
        }
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
) -> Status {
    if host.0.script.shim == Shim::Panics {
        panic("no start");
    }
    let started = enter(&host.0, event, ctx, start);
    if host.0.script.shim == Shim::StartsAndPanics {
        panic("a false start");
    }
    started
}

const HOOK: HookMeta =
    HookMeta::r#async::<Host, Asked>(shim, "acts", Location::new(file!(), line!(), column!()));

/// A dispatcher with one hook.
fn dispatcher(host: &Arc<Host>) -> Dispatcher {
    let instance: Instance = Arc::<Host>::clone(host);
    let dispatcher = Dispatcher::new();
    dispatcher.open_with("host", &instance, HOOK);
    dispatcher
}

/// What the one hook has come to.
async fn emit(dispatcher: &Dispatcher, event: &Asked) -> Result<u64, HookFailure> {
    let emitted = Emitting::new(dispatcher, event.lend()).await;
    let mut results = emitted.expect("the gate is open");
    let result = results.pop().expect("there is a hook");
    assert!(results.is_empty());
    result.outcome.map_err(|error| error.failure)
}

fn in_place(script: Script, how: &Drive) -> Vec<String> {
    let host = Arc::new(Host(Stage::new(script)));
    let (dispatcher, event) = (dispatcher(&host), Asked(20));
    drive(emit(&dispatcher, &event), how, &host.0);
    drop(dispatcher);
    let host = Arc::into_inner(host).expect("nobody else has it");
    host.0.log()
}

fn in_a_box(script: Script, how: &Drive) -> Vec<String> {
    let stage = Stage::new(script);
    let (dispatcher, event) = (Dispatcher::new(), Asked(20));
    let ctx = EventContext::named(&dispatcher, Asked::META);
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

/// A future that is forgotten while it is pending is leaked, with the hook that it is of: its table is kept for it.
#[test]
fn an_emit_that_is_forgotten_half_way_is_never_heard_of_again() {
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
    let dispatcher = dispatcher(&host);
    let event = Asked(20);
    let mut emit = Box::pin(emit(&dispatcher, &event));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut cx).is_pending());
    core::mem::forget(emit);
    dispatcher.close(Gate::ShutDown);
    assert_eq!(
        dispatcher.waiting(),
        ["hook `acts` of plugin `host` on event `asked`"]
    );
    assert_eq!(Arc::strong_count(&host), 2, "the hook is kept");
}

#[test]
fn a_hook_is_bound_to_its_plugin_its_event_and_its_mode_only() {
    let hook = Erased::of::<Host, Asked>(shim, true);
    let other: Instance = Arc::new(0_u8);
    let asked = TypeId::of::<Asked>();
    assert!(Call::new(&hook, &other, asked).is_none());
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
    assert!(Call::new(&hook, &instance, asked).is_some());
    assert!(Call::new(&hook, &instance, TypeId::of::<crate::AppStartup>()).is_none());
    let exclusive =
        Erased::of_mut::<Host, Asked>(|_, event, _, start| start.done(Ok(event.0)), false);
    assert!(Call::new(&exclusive, &instance, asked).is_none());
}
