//! PP020

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Box<dyn Cache>,
}

fn main() {}
