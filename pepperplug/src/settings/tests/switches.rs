//! The section `[plugins]`.

use super::super::plugins::read_plugins;
use super::super::section::read_wishes;
use super::{Settings, settings, wish};

const NAMES: [&str; 4] = ["auth", "auth.jwt", "cache", "rate-limit"];

/// What is said of which plugin, or what is wrong with it.
fn read(settings: &Settings) -> String {
    match read_plugins(settings, &NAMES, |name| name == "redis") {
        Ok(switches) => {
            let word = |enabled| if enabled { "on" } else { "off" };
            let lines = switches.iter().map(|switch| {
                format!(
                    "{} {} {}",
                    switch.plugin,
                    word(switch.enabled),
                    switch.place
                )
            });
            lines.collect::<Vec<_>>().join(", ")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn plugins_are_switched_by_name() {
    let text = "[plugins]\ncache.enabled = false\n[plugins.auth]\nenabled = true\n[plugins.auth.jwt]\nenabled = false\n";
    assert_eq!(
        read(&settings(text)),
        "auth on <toml>:4:1, auth.jwt off <toml>:6:1, cache off <toml>:2:7"
    );
    assert_eq!(
        read(&settings(
            "plugins = { \"auth.jwt\" = { enabled = false }, redis.enabled = true, cache = {} }"
        )),
        "auth.jwt off <toml>:1:28"
    );
    assert_eq!(read(&settings("")), "");
    let variables = [("APP__PLUGINS__RATE_LIMIT__ENABLED", "false")];
    let settings = Settings::builder()
        .env_from("APP", variables)
        .build()
        .expect("sound sources");
    assert_eq!(
        read(&settings),
        "rate-limit off APP__PLUGINS__RATE_LIMIT__ENABLED"
    );
}

#[test]
fn what_is_wrong_with_it_is_told() {
    let text = "[plugins]\nacuth = 1\n[plugins.chache]\nenabled = true\n[plugins.auth]\nenabeld = true\n[plugins.cache]\nenabled = 'no'\n[plugins.mail]\n";
    assert_eq!(
        read(&settings(text)),
        "5 problems in the settings\n  \
           <toml>:2:1   [plugins] acuth: there is no plugin of this name; did you mean `auth`? [PP212]\n  \
           <toml>:3:10  [plugins] chache: there is no plugin of this name; did you mean `cache`? [PP212]\n  \
           <toml>:6:1   [plugins.auth] enabeld: no such key; did you mean `enabled`? [PP212]\n  \
           <toml>:8:11  [plugins.cache] enabled: found \"no\", expected `true` or `false` [PP211]\n  \
           <toml>:9:10  [plugins] mail: there is no plugin of this name; its section is named after the plugin: `[plugins.auth]` [PP212]",
    );
    assert_eq!(
        read(&settings("plugins.auth = false")),
        "<toml>:1:16  [plugins.auth]: found false, expected a table [PP211]"
    );
}

#[test]
fn it_is_nobody_elses_section_unless_a_plugin_wants_it() {
    let settings = settings("[plugins]\ncache.enabled = false\n");
    assert!(read_wishes(&settings, &[], &|_| false).is_ok());
    let error = read_wishes(&settings, &[wish::<()>("plugins", "plugins")], &|_| false);
    assert!(error.is_err(), "it is that plugin's section");
}
