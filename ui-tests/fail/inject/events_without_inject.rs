//! PP026, PP026

#![allow(unused)]

use pepperplug::prelude::*;

struct SeenEvents(u32);

#[plugin(name = "auth")]
struct AuthPlugin {
    events: Events,
    seen: SeenEvents,
}

fn main() {}
