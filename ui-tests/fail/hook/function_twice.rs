//! PP019

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[hook("user.login")]
#[hook("user.logout")]
async fn warm_up(login: &UserLogin) {}

static PLUGINS: PluginSet = plugins![warm_up];

fn main() {}
