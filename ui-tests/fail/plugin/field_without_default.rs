//! PP026

#![allow(unused)]

use pepperplug::prelude::*;

struct Signer {
    key: [u8; 32],
}

#[plugin(name = "auth")]
struct AuthPlugin {
    signer: Signer,
}

fn main() {}
