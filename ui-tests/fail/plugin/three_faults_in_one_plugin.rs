//! PP012, PP003, PP020

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "auth", descripton = "Authentication", requires("config >= one"))]
struct AuthPlugin {
    #[inject]
    cache: Box<dyn Cache>,
}

fn main() {}
