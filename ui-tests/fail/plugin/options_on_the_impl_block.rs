//! PP076

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin]
struct AuthPlugin;

#[plugin(name = "auth")]
impl AuthPlugin {
    fn cleanup(&self) {}
}

fn main() {}
