//! PP070

use pepperplug::prelude::*;

#[plugin(name = "auth")]
enum AuthPlugin {
    Tokens,
    Sessions,
}

fn main() {}
