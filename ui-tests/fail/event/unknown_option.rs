//! PP012

use pepperplug::prelude::*;

#[event("user.login", retry = 3)]
struct UserLogin;

fn main() {}
