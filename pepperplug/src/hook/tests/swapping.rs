//! Tables are replaced while events are emitted: no event is lost or doubled, no hook is called that has gone, and nothing is
//! kept for longer than somebody reads it.

use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use super::actor::Asked;
use crate::event::{Emit as _, EventContext};
use crate::hook::{Dispatcher, Emitting, Gate, HookMeta, Start, Status};
use crate::meta::Location;
use crate::plugin::Instance;

/// A plugin that counts what it hears, and knows that it has gone.
struct Counter {
    heard: Arc<AtomicUsize>,
    alive: Arc<AtomicUsize>,
    gone: AtomicBool,
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::SeqCst);
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits as often as the event says, so that emits are under way while tables are replaced.
async fn count(counter: &Counter, waits: u64) -> u64 {
    assert!(!counter.gone.load(Ordering::SeqCst), "it has gone");
    for _ in 0..waits {
        let mut polled = false;
        core::future::poll_fn(|_| match core::mem::replace(&mut polled, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        assert!(!counter.gone.load(Ordering::SeqCst), "it is kept");
    }
    counter.heard.fetch_add(1, Ordering::Relaxed);
    1
}

fn shim<'a>(
    counter: &'a Counter,
    event: &'a Asked,
    _: &'a EventContext<'a>,
    start: Start<'a, '_, u64>,
) -> Status {
    start.run(count(counter, event.0), Ok)
}

const HOOK: HookMeta =
    HookMeta::r#async::<Counter, Asked>(shim, "count", Location::new(file!(), line!(), column!()));

#[derive(Default)]
struct World {
    dispatcher: Dispatcher,
    heard: Arc<AtomicUsize>,
    alive: Arc<AtomicUsize>,
}

impl World {
    /// Puts another plugin in the place of the one that is there.
    fn replace(&self) {
        self.alive.fetch_add(1, Ordering::SeqCst);
        let counter: Instance = Arc::new(Counter {
            heard: Arc::clone(&self.heard),
            alive: Arc::clone(&self.alive),
            gone: AtomicBool::new(false),
        });
        self.dispatcher.replace_with("counter", &counter, HOOK);
    }

    /// Emits, and moves to another thread or gives up where it waits, as `turn` says.
    fn emit(&self, turn: usize) -> usize {
        let event = Asked((turn % 4) as u64);
        let mut emit = Box::pin(Emitting::new(&self.dispatcher, event.lend()));
        let mut cx = Context::from_waker(Waker::noop());
        for poll in 0.. {
            let polled = if turn % 64 == 1 && poll == 1 {
                thread::scope(|scope| {
                    let polled =
                        scope.spawn(|| emit.as_mut().poll(&mut Context::from_waker(Waker::noop())));
                    polled.join().expect("it does not panic")
                })
            } else {
                pin!(emit.as_mut()).poll(&mut cx)
            };
            match polled {
                Poll::Ready(results) => {
                    let results = results.expect("the gate is open");
                    assert_eq!(results.len(), 1, "one hook at each time");
                    return results
                        .iter()
                        .filter(|result| result.outcome.is_ok())
                        .count();
                }
                Poll::Pending if turn % 16 == 2 => return 0,
                Poll::Pending => {}
            }
        }
        unreachable!("it becomes ready")
    }
}

#[test]
fn no_event_is_lost_or_doubled_while_hooks_are_replaced() {
    const EMITS: usize = 20_000;
    let world = World::default();
    world.replace();
    let (done, begin) = (AtomicBool::new(false), Barrier::new(4));
    let (mut answered, mut replaced) = (0, 0);
    thread::scope(|scope| {
        let emitters: Vec<_> = (0..3)
            .map(|first| {
                let (world, begin) = (&world, &begin);
                scope.spawn(move || {
                    begin.wait();
                    (0..EMITS)
                        .map(|turn| world.emit(turn + first))
                        .sum::<usize>()
                })
            })
            .collect();
        let replacing = scope.spawn(|| {
            begin.wait();
            let mut replaced = 0;
            while !done.load(Ordering::Relaxed) {
                world.replace();
                replaced += 1;
            }
            replaced
        });
        let answers = emitters
            .into_iter()
            .map(|emitter| emitter.join().expect("no panic"));
        answered = answers.sum();
        done.store(true, Ordering::Relaxed);
        replaced = replacing.join().expect("no panic");
    });
    assert!(replaced > 0);
    assert_eq!(world.heard.load(Ordering::Relaxed), answered);
    assert_eq!(
        world.alive.load(Ordering::SeqCst),
        1,
        "all others have gone"
    );
    world.dispatcher.close(Gate::ShutDown);
    assert_eq!(world.alive.load(Ordering::SeqCst), 0);
}

#[test]
fn what_an_emit_waits_in_is_kept_until_it_is_done_and_no_longer() {
    let world = World::default();
    world.replace();
    let event = Asked(1);
    let mut emit = Box::pin(Emitting::new(&world.dispatcher, event.lend()));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut cx).is_pending());
    for _ in 0..3 {
        world.replace();
    }
    assert_eq!(
        world.alive.load(Ordering::SeqCst),
        2,
        "that of the emit, and the last"
    );
    assert!(emit.as_mut().poll(&mut cx).is_ready());
    assert_eq!(world.alive.load(Ordering::SeqCst), 1);
    let mut emit = Box::pin(Emitting::new(&world.dispatcher, event.lend()));
    assert!(emit.as_mut().poll(&mut cx).is_pending());
    world.replace();
    drop(emit);
    assert_eq!(
        world.alive.load(Ordering::SeqCst),
        1,
        "one that is cancelled is done as well"
    );
}

#[test]
fn another_dispatchers_emits_keep_nothing() {
    let (one, other) = (World::default(), World::default());
    one.replace();
    other.replace();
    let ctx = EventContext::new(&one.dispatcher);
    let reading = one.dispatcher.read(&ctx).expect("the first");
    other.replace();
    assert_eq!(other.alive.load(Ordering::SeqCst), 1);
    one.replace();
    assert_eq!(one.alive.load(Ordering::SeqCst), 2, "it may be read");
    assert_eq!(other.emit(0), 1, "within the other");
    drop(reading);
    assert_eq!(one.alive.load(Ordering::SeqCst), 1);
}
