//! PP082

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache {
    fn get(&self, key: &str) -> Option<String>;
}

fn main() {}
