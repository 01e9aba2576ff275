//! PP077

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
trait UserLogin {}

fn main() {}
