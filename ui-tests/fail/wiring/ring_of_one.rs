//! PP041

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    parent: Option<Arc<AuthPlugin>>,
}

fn main() {}
