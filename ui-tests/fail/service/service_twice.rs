//! PP019

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
#[service("store")]
trait Cache: Send + Sync {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

fn main() {}
