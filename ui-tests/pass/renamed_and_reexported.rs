//! The library under another name, and through another crate's re-export: `crate = …` says where it is.

#![deny(warnings)]

/// What a team's own framework crate does: it re-exports the library, and its users depend on it alone.
mod framework {
    pub(crate) mod deep {
        pub(crate) use pepperplug as plugs;
    }
}

use framework::deep::plugs::prelude::*;

#[event("tick", crate = framework::deep::plugs)]
struct Tick;

#[service("clock", crate = crate::framework::deep::plugs)]
trait Clock: Send + Sync {}

#[plugin(name = "clock", provides(dyn Clock), crate = framework::deep::plugs)]
struct SystemClock;

impl Clock for SystemClock {}

#[plugin(crate = framework::deep::plugs)]
impl SystemClock {
    #[hook("tick")]
    async fn on_tick(&self, _tick: &Tick) {}
}

#[hook("tick", crate = framework::deep::plugs)]
fn print(_tick: &Tick, _clock: std::sync::Arc<dyn Clock>) {}

static PLUGINS: PluginSet = plugins![crate = framework::deep::plugs; SystemClock, print];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 2);
}
