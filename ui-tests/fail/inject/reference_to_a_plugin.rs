//! PP020

use pepperplug::prelude::*;

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    audit: &'static AuditPlugin,
}

fn main() {}
