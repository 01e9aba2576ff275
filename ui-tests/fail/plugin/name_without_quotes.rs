//! PP007

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = auth)]
struct AuthPlugin;

fn main() {}
