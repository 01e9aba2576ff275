//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin;

#[hook("user.login")]
async fn überwachung(login: &UserLogin) {}

static PLUGINS: PluginSet = plugins![überwachung];

fn main() {}
