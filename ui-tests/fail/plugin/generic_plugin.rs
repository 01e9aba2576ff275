//! PP071

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache")]
struct CachePlugin<K, V> {
    entries: std::sync::Mutex<Vec<(K, V)>>,
}

fn main() {}
