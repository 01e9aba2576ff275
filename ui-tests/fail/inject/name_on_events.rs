//! PP024

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject("events")]
    events: Events,
}

fn main() {}
