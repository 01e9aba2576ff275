//! PP032

#![allow(unused)]

use pepperplug::prelude::*;

#[event("health", mode = collect, output = String)]
struct HealthCheck;

#[plugin(name = "database")]
struct DatabasePlugin;

#[plugin]
impl DatabasePlugin {
    #[hook("health")]
    async fn report(&self, check: &HealthCheck) {}
}

fn main() {}
