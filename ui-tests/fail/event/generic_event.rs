//! PP078

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin<'a> {
    user: &'a str,
}

fn main() {}
