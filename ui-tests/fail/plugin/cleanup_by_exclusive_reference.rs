//! PP097

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    async fn cleanup(&mut self) {}
}

fn main() {}
