//! PP103

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[hook("user.login")]
fn on_login(login: &UserLogin, name: &str) {}

fn main() {}
