//! PP001

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");
include!("parts/service.rs");

#[plugin(name = "memory cache", provides(dyn Cache))]
struct MemoryCache {
    entries: Vec<String>,
}

impl Cache for MemoryCache {
    fn size(&self) -> usize {
        self.entries.len()
    }
}

include!("parts/auth.rs");
include!("parts/function.rs");
include!("parts/list.rs");
include!("parts/uses.rs");

fn main() {}
