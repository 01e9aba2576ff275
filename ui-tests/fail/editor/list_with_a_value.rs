//! PP085

#![allow(unused)]

use pepperplug::prelude::*;

include!("parts/event.rs");
include!("parts/service.rs");
include!("parts/cache.rs");
include!("parts/auth.rs");
include!("parts/function.rs");

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache::new(), greet];

include!("parts/uses.rs");

fn main() {}
