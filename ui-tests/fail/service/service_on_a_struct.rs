//! PP079

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
struct Cache;

fn main() {}
