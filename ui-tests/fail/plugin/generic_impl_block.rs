//! PP074

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl<T> AuthPlugin {
    fn cleanup(&self) {}
}

fn main() {}
