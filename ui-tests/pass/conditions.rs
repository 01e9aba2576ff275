//! Fields, hooks, lifecycle methods, entries, events and whole plugins under a `cfg`, on and off.

#![deny(warnings)]

use pepperplug::prelude::*;

#[event("tick")]
struct Tick;

#[cfg(any())]
#[event("tock")]
struct Tock;

#[plugin(name = "clock")]
struct Clock {
    #[cfg(all())]
    #[inject]
    events: Events,
    #[cfg(any())]
    #[inject]
    missing: Arc<Missing>,
    #[cfg(any())]
    never: NoSuchType,
    #[cfg(all())]
    count: u32,
}

#[plugin]
impl Clock {
    #[cfg(any())]
    fn initialize(&mut self) -> NoSuchType {}

    #[cfg(all())]
    fn cleanup(&self) {
        let _ = (&self.events, self.count);
    }

    #[hook("tick")]
    #[cfg(all())]
    fn on_tick(&self, _tick: &Tick) {}

    #[cfg(any())]
    #[hook("tock")]
    fn on_tock(&self, _tock: &Tock) {}

    #[cfg_attr(all(), allow(dead_code))]
    fn unused(&self) {}
}

#[cfg(any())]
#[plugin(name = "missing")]
struct Missing;

#[cfg(all())]
#[hook("tick")]
fn print(_tick: &Tick, #[cfg(all())] clock: Arc<Clock>, #[cfg(any())] missing: Arc<Missing>) {
    let _ = clock;
}

static PLUGINS: PluginSet = plugins![
    Clock,
    #[cfg(any())]
    Missing,
    #[cfg(all())]
    #[cfg(not(any()))]
    print,
];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 2);
    assert_eq!(PLUGINS.candidates().len(), 3);
    assert_eq!(PLUGINS.plugins()[0].get().declared_hooks().len(), 1);
}
