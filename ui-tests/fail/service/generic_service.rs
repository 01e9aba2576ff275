//! PP080

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache<K>: Send + Sync {
    fn get(&self, key: &K) -> Option<String>;
}

fn main() {}
