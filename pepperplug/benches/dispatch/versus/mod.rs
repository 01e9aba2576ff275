//! An emit against what people use in the place of a plugin framework, for the same listeners.
//!
//! The other side is used in the way that is best for it: nothing else lives in the world of `bevy_ecs`, no lock guards
//! the map, and the receivers of the channel are read by the sender, so that no task has to be woken.

mod broadcast;
mod typeid_map;

use std::hint::black_box;

use bevy_ecs::observer::On;
use bevy_ecs::world::World;
use pepperplug::prelude::*;
use signals2::{Connect1, Emit1, Signal};

use crate::harness::Bench;
use crate::plugins::{Counter, Ready, Sync, drive};

use self::broadcast::Broadcast;
use self::typeid_map::{AsyncMap, SyncMap};

/// All of them, against a manager with as many hooks as there are listeners on the other side.
pub(crate) fn compare(bench: &Bench, one: &PluginManager, eight: &PluginManager) {
    for (manager, listeners) in [(one, 1), (eight, 8)] {
        let sync = |name: &str, counters: &[_], theirs: &mut dyn FnMut()| {
            theirs();
            assert_heard_once(counters);
            bench.versus(
                &format!("vs-{name}-{listeners}"),
                || {
                    manager
                        .emit_sync(black_box(&Sync(3)))
                        .expect("no hook fails");
                },
                theirs,
            );
        };
        let asynchronous = |name: &str, counters: &[_], theirs: &mut dyn FnMut()| {
            theirs();
            assert_heard_once(counters);
            bench.versus(
                &format!("vs-{name}-async-{listeners}"),
                || drive(manager.emit(black_box(&Ready(3)))).expect("no hook fails"),
                theirs,
            );
        };

        let (mut world, counters) = listened::<World>(listeners);
        sync("bevy-observers", &counters, &mut || {
            world.trigger(black_box(Fact(3)))
        });
        let (signal, counters) = listened::<Signal<(u64,)>>(listeners);
        sync("signals2", &counters, &mut || {
            signal.emit(black_box(3));
        });
        let (mut channel, counters) = listened::<Broadcast>(listeners);
        sync("broadcast", &counters, &mut || channel.send(black_box(3)));
        let (mut channel, counters) = listened::<Broadcast>(listeners);
        asynchronous("broadcast", &counters, &mut || {
            drive(channel.send_async(black_box(3)))
        });
        let (map, counters) = listened::<SyncMap>(listeners);
        sync("typeid-map", &counters, &mut || {
            map.emit(black_box(&Sync(3)))
        });
        let (map, counters) = listened::<AsyncMap>(listeners);
        asynchronous("typeid-map", &counters, &mut || {
            drive(map.emit(black_box(&Ready(3))))
        });
    }
}

/// What calls listeners.
trait Listened: Default {
    /// Adds the listener that does the work of the hook `N`.
    fn listen<const N: u64>(&mut self, counter: &'static Counter);
}

fn listened<T: Listened>(listeners: usize) -> (T, Vec<&'static Counter>) {
    let mut listened = T::default();
    let each: [fn(&mut T, &'static Counter); 8] = [
        T::listen::<0>,
        T::listen::<1>,
        T::listen::<2>,
        T::listen::<3>,
        T::listen::<4>,
        T::listen::<5>,
        T::listen::<6>,
        T::listen::<7>,
    ];
    let listen = |listen: &fn(&mut T, &'static Counter)| {
        // Leaked, so that this side need not count references.
        let counter: &'static Counter = Box::leak(Box::default());
        listen(&mut listened, counter);
        counter
    };
    let counters = each[..listeners].iter().map(listen).collect();
    (listened, counters)
}

/// That the other side is not quick for calling too few.
fn assert_heard_once(counters: &[&'static Counter]) {
    let sums: Vec<u64> = counters.iter().map(|counter| counter.sum()).collect();
    let expected: Vec<u64> = (0..).take(counters.len()).map(|n| 3 ^ n).collect();
    assert_eq!(sums, expected);
}

/// The event of `bevy_ecs`.
#[derive(bevy_ecs::event::Event)]
struct Fact(u64);

impl Listened for World {
    fn listen<const N: u64>(&mut self, counter: &'static Counter) {
        self.add_observer(move |fact: On<Fact>| counter.add::<N>(fact.0));
    }
}

impl Listened for Signal<(u64,)> {
    fn listen<const N: u64>(&mut self, counter: &'static Counter) {
        // Dropping a connection does not end it.
        let _ = self.connect(move |value| counter.add::<N>(value));
    }
}
