//! Settings of several sources, as an application has them.

use pepperplug::plugins::ConfigPlugin;
use pepperplug::prelude::*;
use pepperplug::{Secret, SettingsBuilder};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct DatabaseSettings {
    url: String,
    password: Secret<String>,
    #[serde(default)]
    replicas: Vec<Replica>,
}

#[derive(Debug, Deserialize)]
struct Replica {
    url: String,
    password: Option<Secret<String>>,
}

#[plugin(name = "database")]
struct DatabasePlugin {
    #[inject(settings)]
    settings: DatabaseSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LimitSettings {
    burst: u32,
}

#[plugin(name = "rate-limit")]
struct LimitPlugin {
    #[inject(settings)]
    settings: LimitSettings,
    #[inject]
    all: Settings,
}

#[plugin(name = "reader")]
struct ReaderPlugin {
    #[inject]
    config: Arc<ConfigPlugin>,
}

static PLUGINS: PluginSet = plugins![ConfigPlugin, DatabasePlugin, LimitPlugin, ReaderPlugin];

fn sources() -> SettingsBuilder {
    let file = "[database]\nurl = 'sqlite:app.db'\nreplicas = [{ url = 'a' }, { password = 'hunter2', url = 'b' }]\n";
    Settings::builder().toml(file).env_from(
        "APP",
        [
            ("APP__DATABASE__PASSWORD", "hunter2"),
            ("APP__RATE_LIMIT__BURST", "5"),
            ("APP__HOOKS__APP__RETRIES", "1"),
        ],
    )
}

fn manager(settings: SettingsBuilder) -> Result<PluginManager, pepperplug::Error> {
    PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings.build()?)
        .build()
}

fn without_hooks() -> SettingsBuilder {
    let file = "[database]\nurl = 'sqlite:app.db'\nreplicas = [{ url = 'a' }, { password = 'hunter2', url = 'b' }]\n[plugins.reader]\nenabled = true\n";
    Settings::builder().toml(file).env_from(
        "APP",
        [
            ("APP__DATABASE__PASSWORD", "hunter2"),
            ("APP__RATE_LIMIT__BURST", "5"),
        ],
    )
}

#[tokio::test]
async fn plugins_have_their_sections_and_all_settings() -> Result<(), pepperplug::Error> {
    let manager = manager(without_hooks())?;
    manager.initialize().await?;
    let database = manager.get::<DatabasePlugin>()?;
    let DatabaseSettings {
        url,
        password,
        replicas,
    } = &database.settings;
    assert_eq!(
        (url.as_str(), password.expose().as_str()),
        ("sqlite:app.db", "hunter2")
    );
    assert_eq!(
        (replicas[0].url.as_str(), replicas[1].url.as_str()),
        ("a", "b")
    );
    assert!(replicas[0].password.is_none());

    let limit = manager.get::<LimitPlugin>()?;
    assert_eq!(limit.settings.burst, 5);
    assert_eq!(limit.all.get::<u32>("rate-limit.burst")?, 5);

    let reader = manager.get::<ReaderPlugin>()?;
    assert_eq!(
        reader.config.get::<String>("database.url")?,
        "sqlite:app.db"
    );
    assert_eq!(
        reader.config.section::<LimitSettings>("rate-limit")?.burst,
        5
    );
    let error = reader
        .config
        .get::<u32>("database.url")
        .expect_err("a text");
    assert_eq!(
        error.to_string(),
        "<toml>:2:7  database.url: found \"sqlite:app.db\", expected an integer from 0 to 4294967295 [PP211]"
    );
    let error = reader
        .config
        .get::<u32>("database.ulr")
        .expect_err("no such key");
    assert_eq!(
        error.to_string(),
        "<toml>:1:1  database.ulr: not set; did you mean `database.url`? [PP218]"
    );
    manager.shutdown().await
}

#[test]
fn what_is_in_force_is_told_without_secrets() {
    let settings = without_hooks().set("database.url", "sqlite::memory:");
    let line = line!() - 1;
    let described = manager(settings).expect("sound settings").settings();
    let text = described.to_string();
    assert!(!text.contains("hunter2"), "{text}");
    let place = format!("{}:{line}", file!());
    assert_eq!(
        text.split(&place).collect::<Vec<_>>().join("HERE"),
        "[database]\n  \
           url = \"sqlite::memory:\"                                        HERE:36\n  \
           replicas = [{\"url\":\"a\"},{\"password\":\"(not shown)\",\"url\":\"b\"}]  <toml>:3:1\n  \
           password = (not shown)                                         APP__DATABASE__PASSWORD\n\
         \n\
         [plugins]\n  \
           reader.enabled = true  <toml>:5:1\n\
         \n\
         [rate-limit]\n  \
           burst = 5  APP__RATE_LIMIT__BURST\n",
    );
    let json = serde_json::to_value(&described).expect("data");
    assert_eq!(
        json["sections"][0]["settings"][2],
        serde_json::json!({
            "key": "password",
            "value": null,
            "place": { "source": "variable", "name": "APP__DATABASE__PASSWORD" },
        })
    );
}

#[test]
fn everything_wrong_with_all_sources_is_told_at_once() {
    let settings = sources()
        .toml("[database]\npassword = 5\nport = 1\n[plugins.databse]\nenabled = false\n")
        .env_from(
            "SVC",
            [
                ("SVC__RATE_LIMIT__BURTS", "1"),
                ("SVC__RATE_LIMIT__BURST", "many"),
            ],
        )
        .set("database.url", 7);
    let line = line!() - 1;
    let error = manager(settings).expect_err("wrong settings").to_string();
    assert!(!error.contains("hunter2"), "{error}");
    let place = format!("{}:{line}", file!());
    let lines: Vec<String> = error
        .replace(&place, "HERE")
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "6 problems in the settings",
            "<toml>:3:1 [database] port: no such key; expected `url`, `password` or `replicas` [PP212]",
            "<toml>:4:10 [plugins] databse: there is no plugin of this name; did you mean `database`? [PP212]",
            "APP__HOOKS__APP__RETRIES [hooks] app: no event has this name; in a TOML header it stands in quotes: `[hooks.\"user.login\"]` [PP212]",
            "SVC__RATE_LIMIT__BURST [rate-limit] burst: found \"many\", expected an integer from 0 to 4294967295 [PP211]",
            "SVC__RATE_LIMIT__BURTS [rate-limit] burts: no such key; did you mean `SVC__RATE_LIMIT__BURST`? [PP212]",
            "HERE:10 [database] url: found 7, expected a string [PP211]",
        ],
    );
}

#[test]
fn a_linked_application_has_the_librarys_plugins_only_where_they_are_listed() {
    let error = PluginManager::linked().expect_err("a plugin injects one that is not linked");
    assert!(
        error.to_string().contains("injects plugin `config`"),
        "{error}"
    );
    let manager = manager(without_hooks()).expect("sound settings");
    assert!(manager.describe().unlisted.is_empty());
}
