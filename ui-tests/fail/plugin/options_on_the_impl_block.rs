//! PP076

use pepperplug::prelude::*;

#[plugin]
struct AuthPlugin;

#[plugin(name = "auth")]
impl AuthPlugin {
    fn cleanup(&self) {}
}

fn main() {}
