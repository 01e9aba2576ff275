//! PP011

use pepperplug::prelude::*;

#[event("user.login", mode = notfy)]
struct UserLogin;

fn main() {}
