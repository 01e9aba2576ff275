//! PP010

use pepperplug::prelude::*;

#[event("user.login", output = String)]
struct UserLogin;

fn main() {}
