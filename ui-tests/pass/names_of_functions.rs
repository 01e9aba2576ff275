//! Hook functions choose their names: two of one name are told apart, and no identifier is too foreign.

#![deny(warnings)]

use pepperplug::prelude::*;

#[event("app.warm")]
pub struct Warm;

mod cache {
    #[pepperplug::hook("app.warm")]
    pub async fn warm_up(_: &super::Warm) {}
}

mod auth {
    #[pepperplug::hook("app.warm", name = "auth.warm-up")]
    pub async fn warm_up(_: &super::Warm) {}
}

#[hook("app.warm", name = "watch", before = "auth.warm-up", timeout = "5s")]
async fn überwachung(_: &Warm) {}

static PLUGINS: PluginSet = plugins![cache::warm_up, auth::warm_up, überwachung];

fn main() {
    let names: Vec<_> = PLUGINS
        .plugins()
        .iter()
        .map(|plugin| plugin.get().name())
        .collect();
    assert_eq!(names, ["warm-up", "auth.warm-up", "watch"]);
}
