//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[event(user_login)]
struct UserLogin;

fn main() {}
