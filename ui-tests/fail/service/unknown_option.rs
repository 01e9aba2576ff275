//! PP012

use pepperplug::prelude::*;

#[service("cache", mutliple)]
trait Cache: Send + Sync {}

fn main() {}
