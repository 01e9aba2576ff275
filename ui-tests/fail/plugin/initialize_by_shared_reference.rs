//! PP096

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    async fn initialize(&self) {}
}

fn main() {}
