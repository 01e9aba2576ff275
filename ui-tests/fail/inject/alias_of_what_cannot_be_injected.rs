//! PP020

#![allow(unused)]

use pepperplug::prelude::*;

type Names = Arc<Vec<String>>;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    names: Names,
}

fn main() {}
