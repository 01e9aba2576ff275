//! PP049

#![allow(unused)]

use pepperplug::prelude::*;

#[derive(serde::Deserialize)]
struct Limits {}

#[plugin(name = "http", settings = "limits")]
struct HttpPlugin {
    #[inject(settings)]
    limits: Limits,
}

#[plugin(name = "mail", settings = "limits")]
struct MailPlugin {
    #[inject(settings)]
    limits: Limits,
}

static PLUGINS: PluginSet = plugins![HttpPlugin, MailPlugin];

fn main() {}
