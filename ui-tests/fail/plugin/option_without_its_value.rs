//! PP008

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name)]
struct AuthPlugin;

fn main() {}
