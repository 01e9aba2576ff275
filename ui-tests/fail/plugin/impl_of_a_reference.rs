//! PP074

#![allow(unused)]

use pepperplug::prelude::*;

trait Named {}

#[plugin]
impl dyn Named {
    fn cleanup(&self) {}
}

fn main() {}
