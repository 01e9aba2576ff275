//! PP040

#![allow(unused)]

use pepperplug::prelude::*;

#[event("app.warm")]
struct Warm;

mod cache {
    #[pepperplug::hook("app.warm")]
    pub async fn warm_up(warm: &super::Warm) {}
}

mod auth {
    #[pepperplug::hook("app.warm", priority = high)]
    pub async fn warm_up(warm: &super::Warm) {}
}

static PLUGINS: PluginSet = plugins![cache::warm_up, auth::warm_up];

fn main() {}
