//! PP074

use pepperplug::prelude::*;

trait Named {}

#[plugin]
impl dyn Named {
    fn cleanup(&self) {}
}

fn main() {}
