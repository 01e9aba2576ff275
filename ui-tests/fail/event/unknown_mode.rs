//! PP011

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login", mode = notfy)]
struct UserLogin;

fn main() {}
