//! PP025

#![allow(unused)]

use pepperplug::prelude::*;

struct AuthSettings {
    token_ttl: u64,
}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject(settings)]
    settings: AuthSettings,
}

fn main() {}
