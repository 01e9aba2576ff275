//! PP012

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache", mutliple)]
trait Cache: Send + Sync {}

fn main() {}
