//! PP075

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    fn initialize(&mut self) {}
}

#[plugin]
impl AuthPlugin {
    fn cleanup(&self) {}
}

fn main() {}
