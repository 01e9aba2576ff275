//! PP038

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    async fn initialize(&mut self) -> u32 {
        3
    }
}

fn main() {}
