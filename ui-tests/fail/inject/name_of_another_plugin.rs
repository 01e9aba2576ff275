//! PP023

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "audit-log")]
struct AuditPlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject("audit")]
    audit: Arc<AuditPlugin>,
}

fn main() {}
