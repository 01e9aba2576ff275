//! PP014

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "memory-cache", provides(Cache))]
struct MemoryCache;

impl Cache for MemoryCache {}

fn main() {}
