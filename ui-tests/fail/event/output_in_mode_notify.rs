//! PP010

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login", output = String)]
struct UserLogin;

fn main() {}
