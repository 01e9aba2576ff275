//! PP029

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin(name = "auth")]
struct AuthPlugin {
    audit: Option<Arc<AuditPlugin>>,
}

fn main() {}
