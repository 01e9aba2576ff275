//! PP042, PP043

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "auth", requires("config"))]
struct AuthPlugin;

#[plugin(name = "http")]
struct HttpPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

static PLUGINS: PluginSet = plugins![AuthPlugin, HttpPlugin];

fn main() {}
