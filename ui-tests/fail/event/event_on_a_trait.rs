//! PP077

use pepperplug::prelude::*;

#[event("user.login")]
trait UserLogin {}

fn main() {}
