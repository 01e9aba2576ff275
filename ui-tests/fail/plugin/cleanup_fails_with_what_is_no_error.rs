//! PP038

#![allow(unused)]

use pepperplug::prelude::*;

#[derive(Debug)]
struct FlushFailed;

#[plugin(name = "cache")]
struct CachePlugin;

#[plugin]
impl CachePlugin {
    fn cleanup(&self) -> Result<(), FlushFailed> {
        Err(FlushFailed)
    }
}

fn main() {}
