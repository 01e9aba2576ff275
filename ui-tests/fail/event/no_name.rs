//! PP001

use pepperplug::prelude::*;

#[event]
struct UserLogin;

fn main() {}
