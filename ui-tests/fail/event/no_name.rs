//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[event]
struct UserLogin;

fn main() {}
