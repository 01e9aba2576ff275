//! PP027

#![allow(unused)]

use pepperplug::prelude::*;

#[derive(serde::Deserialize)]
struct TokenSettings {}

#[derive(serde::Deserialize)]
struct SessionSettings {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject(settings)]
    tokens: TokenSettings,
    #[inject(settings)]
    sessions: SessionSettings,
}

fn main() {}
