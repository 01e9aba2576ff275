//! PP029

#![allow(unused)]

use pepperplug::prelude::*;

#[service("auth-provider")]
trait AuthProvider: Send + Sync {}

#[plugin(name = "auth")]
struct AuthPlugin {
    providers: Vec<Arc<dyn AuthProvider>>,
}

fn main() {}
