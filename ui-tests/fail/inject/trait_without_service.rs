//! PP022

#![allow(unused)]

use pepperplug::prelude::*;

trait Cache: Send + Sync {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

fn main() {}
