//! PP020

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    audit: &'static AuditPlugin,
}

fn main() {}
