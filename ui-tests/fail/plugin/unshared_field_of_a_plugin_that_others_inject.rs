//! PP028

#![allow(unused)]

use std::rc::Rc;

use pepperplug::prelude::*;

#[plugin(name = "sessions")]
struct Sessions {
    open: Vec<Rc<String>>,
}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    sessions: Arc<Sessions>,
    #[inject]
    later: Lazy<Sessions>,
}

#[hook("app.startup")]
fn count(_: &pepperplug::AppStartup, sessions: Arc<Sessions>) {}

static PLUGINS: PluginSet = plugins![AuthPlugin, Sessions, count];

fn main() {}
