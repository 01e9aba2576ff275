//! PP012

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login", retry = 3)]
struct UserLogin;

fn main() {}
