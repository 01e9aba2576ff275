//! PP074

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl<'a> AuthPlugin {
    fn cleanup(&self) {}
}

fn main() {}
