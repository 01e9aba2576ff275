//! PP033

#![allow(unused)]

use pepperplug::prelude::*;

#[event("tick", sync)]
struct Tick;

#[plugin(name = "clock")]
struct ClockPlugin;

#[plugin]
impl ClockPlugin {
    #[hook("tick")]
    async fn on_tick(&self, tick: &Tick) {}
}

fn main() {}
