//! The JSON Schema of an application's settings, against a validator and against what the application itself refuses.

#![allow(
    dead_code,
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::collections::BTreeMap;

use pepperplug::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// How tokens are made.
#[derive(Deserialize, JsonSchema)]
pub struct AuthSettings {
    /// In seconds.
    #[schemars(range(min = 1))]
    token_ttl: u32,
    #[serde(default)]
    mode: Mode,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Open,
    Closed {
        keys: Vec<String>,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    #[serde(default)]
    size: u64,
}

#[derive(Deserialize, JsonSchema)]
pub struct RedisSettings {
    url: String,
    #[serde(flatten)]
    more: BTreeMap<String, u8>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LooseSettings {
    Size { size: u8 },
    Any(Value),
}

/// Without a schema.
#[derive(Default, Deserialize)]
pub struct PlainSettings {
    #[serde(default)]
    word: String,
}

#[plugin(name = "auth", description = "Who may do what")]
pub struct Auth {
    #[inject(settings)]
    settings: AuthSettings,
}
#[plugin(name = "cache")]
pub struct Cache {
    #[inject(settings)]
    settings: CacheSettings,
}
#[plugin(name = "redis", settings = "cache.redis")]
pub struct Redis {
    #[inject(settings)]
    settings: Option<RedisSettings>,
}
#[plugin(name = "plain", settings = "deep.down.plain")]
pub struct Plain {
    #[inject(settings)]
    settings: PlainSettings,
}
#[plugin(name = "loose")]
pub struct Loose {
    #[inject(settings)]
    settings: LooseSettings,
}
#[plugin(name = "bare")]
pub struct Bare;

static PLUGINS: PluginSet = plugins![Auth, Cache, Redis, Plain, Loose, Bare];

static SOME: PluginSet = plugins![
    Bare,
    #[cfg(feature = "inventory")]
    Cache
];

/// Whether the schema takes the settings, and the application does.
fn takes(toml: &str) -> (bool, bool) {
    let schema = PLUGINS.settings_schema();
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let settings = Settings::from_toml(toml).expect("TOML");
    let instance: Value = serde_json::to_value(table(toml)).expect("JSON");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings);
    (validator.is_valid(&instance), manager.build().is_ok())
}

fn table(text: &str) -> toml::Table {
    text.parse().expect("TOML")
}

const REST: &str = "[hooks.'app.startup']\ntimeout = '5s'\nretries = 3\nbackoff = '10ms'\non_error = 'disable'\ndisable_after = 2\ndisable_within = '1m'\n[plugins.auth]\nenabled = true\n";

#[test]
fn what_the_application_takes_the_schema_takes() {
    for text in [
        "[auth]\ntoken_ttl = 1",
        "[auth]\ntoken_ttl = 1\nmode = 'open'\n[cache]\nsize = 3",
        "[auth]\ntoken_ttl = 1\nmode.closed.keys = ['a']\n[cache.redis]\nurl = ''\nmore = 3",
        "[auth]\ntoken_ttl = 1\n[cache]\nsize = 3\n[cache.redis]\nurl = ''",
        "[auth]\ntoken_ttl = 1\n[deep.down.plain]\nword = 'x'",
        "[auth]\ntoken_ttl = 1\n[loose]\nword = 'x'",
    ] {
        assert_eq!(takes(&format!("{text}\n{REST}")), (true, true), "{text}");
    }
}

#[test]
fn what_the_application_refuses_the_schema_refuses() {
    for text in [
        "",
        "[auth]",
        "[auth]\ntoken_ttl = 'x'",
        "[auth]\ntoken_tll = 1",
        "[auth]\ntoken_ttl = 1\nmore = 2",
        "[auth]\ntoken_ttl = 1\nmode = 'other'",
        "[auth]\ntoken_ttl = 1\n[cache]\nsizes = 3",
        "[auth]\ntoken_ttl = 1\n[cache.redis]\nmore = 3",
        "[auth]\ntoken_ttl = 1\n[cache.redis]\nurl = ''\nmore = 'x'",
        "[auth]\ntoken_ttl = 1\n[deep]\nother = {}",
        "[auth]\ntoken_ttl = 1\n[nobody]",
        "[auth]\ntoken_ttl = 1\n[hooks.'app.startup']\ntimeout = 5",
        "[auth]\ntoken_ttl = 1\n[hooks.'app.startup']\ntimeouts = '5s'",
        "[auth]\ntoken_ttl = 1\n[hooks.'app.startup']\non_error = 'stop'",
        "[auth]\ntoken_ttl = 1\n[plugins.auht]\nenabled = true",
    ] {
        assert_eq!(takes(text), (false, false), "{text}");
    }
}

#[test]
fn it_tells_what_the_documentation_says() {
    let schema = PLUGINS.settings_schema();
    let auth = &schema["properties"]["auth"];
    assert_eq!(auth["description"], "Who may do what");
    assert_eq!(auth["$ref"], "#/$defs/AuthSettings");
    let definition = &schema["$defs"]["AuthSettings"];
    assert_eq!(definition["description"], "How tokens are made.");
    assert_eq!(
        definition["properties"]["token_ttl"]["description"],
        "In seconds."
    );
    assert_eq!(schema["required"], json!(["auth"]));
    let plain = &schema["properties"]["deep"]["properties"]["down"]["properties"]["plain"];
    assert_eq!(*plain, json!({}), "anything may stand there");
    let switches = &schema["properties"]["plugins"]["properties"];
    assert_eq!(switches.as_object().map(serde_json::Map::len), Some(6));
}

#[test]
fn the_manager_tells_the_same() {
    let settings = Settings::from_toml("[auth]\ntoken_ttl = 1").expect("TOML");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings);
    let manager = manager.build().expect("valid");
    assert_eq!(manager.settings_schema(), PLUGINS.settings_schema());
}

#[test]
#[cfg(not(feature = "inventory"))]
fn sections_of_plugins_that_are_off_may_be_there() {
    let schema = SOME.settings_schema();
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    assert!(
        validator.is_valid(
            &json!({ "cache": { "size": 3 }, "plugins": { "cache": { "enabled": true } } })
        )
    );
    assert!(!validator.is_valid(&json!({ "plugins": { "cache": { "enabled": 3 } } })));
}
