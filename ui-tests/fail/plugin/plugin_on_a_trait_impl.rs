//! PP073

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl Clone for AuthPlugin {
    fn clone(&self) -> Self {
        Self
    }
}

fn main() {}
