//! PP081

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {
    fn get<K>(&self, key: &K) -> Option<String>;
}

fn main() {}
