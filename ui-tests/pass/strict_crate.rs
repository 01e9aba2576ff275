//! A crate that forbids unsafe code and denies whatever lints there are.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    trivial_casts,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    non_ascii_idents,
    unit_bindings
)]

use pepperplug::prelude::*;

/// An event.
#[event("tick")]
#[derive(Debug)]
pub struct Tick;

/// A service.
#[service("clock")]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The time.
    fn now(&self) -> u64;
}

/// A plugin.
#[plugin(name = "clock", provides(dyn Clock))]
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        7
    }
}

/// Another.
#[plugin(name = "printer", requires("clock"))]
#[derive(Debug)]
pub struct Printer {
    #[inject]
    clock: Arc<dyn Clock>,
    #[init(3)]
    copies: u8,
}

#[plugin]
impl Printer {
    async fn initialize(&mut self) {
        self.copies += 1;
    }

    /// A hook.
    #[hook("tick")]
    pub async fn on_tick(&self, _tick: &Tick, _ctx: &EventContext<'_>) -> Result<(), std::io::Error> {
        if self.clock.now() == u64::from(self.copies) {
            return Err(std::io::ErrorKind::Other.into());
        }
        Ok(())
    }
}

/// A function.
#[hook("tick")]
pub fn listen(_tick: &Tick, clock: Arc<dyn Clock>) {
    drop(clock);
}

static PLUGINS: PluginSet = plugins![Printer, SystemClock, listen];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 3);
}
