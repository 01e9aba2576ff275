//! PP021

#![allow(unused)]

use pepperplug::prelude::*;

struct Cache;

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<Cache>,
}

fn main() {}
