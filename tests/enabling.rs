//! Plugins that come and go while the application runs: by the settings, by manifests, and by the program.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::path::PathBuf;
use std::sync::Mutex;

use pepperplug::prelude::*;
use pepperplug::{Error, LoaderConfig, Manifest, PluginLoader, Reload};
use serde::Deserialize;
use serde_json::json;

#[event("who")]
#[derive(Default)]
pub struct Who(Mutex<Vec<String>>);

impl Who {
    fn is(&self, name: String) {
        self.0.lock().expect("no panic while held").push(name);
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MailSettings {
    from: String,
}

#[plugin(name = "mail", version = "1.4.0")]
pub struct Mail {
    #[inject(settings)]
    settings: MailSettings,
}

#[plugin]
impl Mail {
    #[hook("who")]
    fn answers(&self, who: &Who) {
        who.is(format!("mail from {:?}", self.settings.from));
    }
}

/// Can do without mail.
#[plugin(name = "report")]
pub struct Report {
    #[inject]
    mail: Option<Arc<Mail>>,
    #[inject]
    parts: Vec<Arc<dyn Part>>,
}

#[plugin]
impl Report {
    #[hook("who", priority = low)]
    fn answers(&self, who: &Who) {
        let mail = match &self.mail {
            Some(_) => "with",
            None => "without",
        };
        who.is(format!("report {mail} mail, {} parts", self.parts.len()));
    }
}

/// Cannot.
#[plugin(name = "newsletter")]
pub struct Newsletter {
    #[inject]
    _mail: Arc<Mail>,
}

#[service("part")]
pub trait Part: Send + Sync {}

#[plugin(name = "first", provides(dyn Part))]
pub struct First;

impl Part for First {}

#[plugin(name = "second", provides(dyn Part))]
pub struct Second;

impl Part for Second {}

static PLUGINS: PluginSet = plugins![First, Mail, Newsletter, Report, Second];

struct App {
    manager: PluginManager,
    folder: PathBuf,
}

impl App {
    fn folder(name: &str) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("enabling-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("plugins")).expect("a folder");
        folder
    }

    fn build(folder: &std::path::Path, settings: &str) -> Result<PluginManager, Error> {
        std::fs::write(folder.join("app.toml"), settings).expect("a file");
        let config = LoaderConfig::new().paths([folder.join("plugins")]);
        PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(Settings::file(folder.join("app.toml"))?)
            .loader(PluginLoader::new(config))
            .build()
    }

    async fn start(name: &str, settings: &str) -> Self {
        let folder = Self::folder(name);
        let manager = Self::build(&folder, settings).expect("it fits together");
        manager.initialize().await.expect("it starts");
        Self { manager, folder }
    }

    async fn reload(&self, settings: &str) -> Result<Reload, Error> {
        std::fs::write(self.folder.join("app.toml"), settings).expect("a file");
        self.manager.reload().await
    }

    fn manifest(&self, name: &str, text: &str) {
        let file = self.folder.join("plugins").join(format!("{name}.toml"));
        std::fs::write(file, text).expect("a file");
    }

    async fn who(&self) -> Vec<String> {
        let who = Who::default();
        self.manager.emit(&who).await.expect("it is well");
        who.0.into_inner().expect("no panic while held")
    }
}

const OFF: &str = "[plugins]\nmail = { enabled = false }\nnewsletter = { enabled = false }\n";

#[tokio::test(start_paused = true)]
async fn by_the_settings() {
    let app = App::start("settings", OFF).await;
    assert_eq!(app.who().await, ["report without mail, 2 parts"]);
    assert!(matches!(
        app.manager.get::<Mail>(),
        Err(Error::NotListed { .. })
    ));
    let report = app.manager.report().to_string();
    assert!(report.contains("(3 on, 2 off)"), "{report}");
    assert!(report.contains("app.toml:2:10"), "{report}");
    let description = serde_json::to_value(app.manager.describe()).expect("data");
    assert_eq!(description["off"][0]["path"], "mail");
    assert_eq!(description["off"][0]["why"]["by"], "settings");

    let reload = app.reload("[mail]\nfrom = \"ada\"\n").await.expect("well");
    assert_eq!(
        reload.to_string(),
        "restarted report; enabled mail, newsletter"
    );
    assert_eq!(
        app.who().await,
        ["mail from \"ada\"", "report with mail, 2 parts"]
    );
    let reload = app.reload(OFF).await.expect("well");
    assert_eq!(
        reload.to_string(),
        "restarted report; disabled mail, newsletter"
    );
    // All providers of a service are what somebody asked for.
    let reload = app.reload(&format!("{OFF}first.enabled = false\n")).await;
    assert_eq!(
        reload.expect("well").to_string(),
        "restarted report; disabled first"
    );
    assert_eq!(app.who().await, ["report without mail, 1 parts"]);
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_needed_stays() {
    let folder = App::folder("needed");
    let error = App::build(&folder, "[plugins.mail]\nenabled = false\n");
    let error = error.expect_err("the newsletter needs it");
    assert_eq!(error.code(), "PP261");
    let place = folder.join("app.toml").display().to_string();
    assert_eq!(
        error.to_string(),
        format!(
            "[PP261] plugin `newsletter` injects plugin `mail` as `_mail`, which is disabled at {place}:2:1: \
             disable `newsletter` as well, or enable `mail`"
        )
    );
    let app = App::start("needed", "").await;
    let error = app.reload("[plugins.mail]\nenabled = false\n").await;
    assert_eq!(error.expect_err("as before").code(), "PP261");
    assert_eq!(app.who().await[0], "mail from \"\"");
}

#[tokio::test(start_paused = true)]
async fn names_that_no_plugin_has_are_told() {
    let folder = App::folder("names");
    let text = "[plugins]\nmial.enabled = false\nmail.enable = true\n[mail]\nform = \"x\"\n";
    let error = App::build(&folder, text).expect_err("it is wrong");
    let text = error.to_string();
    assert!(
        text.contains("there is no plugin of this name; did you mean `mail`?"),
        "{text}"
    );
    assert!(
        text.contains("no such key; did you mean `enabled`?"),
        "{text}"
    );
    assert!(text.contains("no such key; did you mean `from`?"), "{text}");
    assert_eq!(text.lines().count(), 4, "{text}");
}

#[tokio::test(start_paused = true)]
async fn by_manifests() {
    let app = App::start("manifests", "[mail]\nfrom = \"file\"\n").await;
    app.manifest(
        "mail",
        "name = \"mail\"\nversion = \"1\"\n[settings]\nfrom = \"manifest\"\n",
    );
    let reload = app.manager.reload().await.expect("well");
    assert_eq!(reload.to_string(), "restarted mail, newsletter, report");
    assert_eq!(app.who().await[0], "mail from \"manifest\"");

    // What somebody has not finished writing takes nothing away.
    app.manifest("mail", "name = \"mail\"\nversion =");
    let error = app.manager.reload().await.expect_err("it is no TOML");
    assert_eq!(error.code(), "PP259");
    assert!(error.to_string().contains("mail.toml:2:"), "{error}");
    app.manifest("mail", "name = \"mail\"\nversion = \"2\"\n");
    let error = app.manager.reload().await.expect_err("it is 1.4.0");
    assert!(error.to_string().contains("1.4.0"), "{error}");
    app.manifest("mail", "name = \"mail\"\n[settings]\nfrom = 7\n");
    let error = app.manager.reload().await.expect_err("it is a text");
    assert_eq!(error.code(), "PP210");
    assert!(error.to_string().contains("mail.toml:3:8"), "{error}");
    assert_eq!(app.who().await[0], "mail from \"manifest\"");

    app.manifest("mail", "name = \"mail\"\nenabled = false\n");
    app.manifest("newsletter", "name = \"newsletter\"\nenabled = false\n");
    let reload = app.manager.reload().await.expect("well");
    assert_eq!(
        reload.to_string(),
        "restarted report; disabled mail, newsletter"
    );
    let report = app.manager.report().to_string();
    assert!(report.contains("disabled by the manifest at"), "{report}");
    // Whoever runs the program has the last word.
    let both = "[plugins]\nmail = { enabled = true }\nnewsletter = { enabled = true }\n";
    let reload = app.reload(both).await.expect("well");
    assert_eq!(reload.enabled, ["mail", "newsletter"]);
    std::fs::remove_dir_all(app.folder.join("plugins")).expect("it was there");
    let error = app.manager.reload().await.expect_err("there is no folder");
    assert_eq!(error.code(), "PP259");
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test(start_paused = true)]
async fn by_the_program() {
    let folder = App::folder("program");
    let manager = App::build(&folder, "").expect("it fits together");
    let error = manager.create_plugin("mial", &json!({})).expect_err("none");
    assert_eq!(error.code(), "PP220");
    assert!(error.to_string().contains("did you mean `mail`"), "{error}");
    let error = manager.create_plugin("mail", &json!({ "form": "ada" }));
    let error = error.expect_err("it has no such key");
    assert!(error.to_string().contains("did you mean `from`"), "{error}");
    let plugin = manager.create_plugin("mail", &json!({ "from": "ada" }));
    // Before the start, for the start.
    let registered = manager.register(plugin.expect("it is well")).await;
    assert!(registered.expect("it is well").is_empty());
    manager.initialize().await.expect("it starts");
    let app = App { manager, folder };
    assert_eq!(app.who().await[0], "mail from \"ada\"");
    // While it runs, at once.
    let plugin = app
        .manager
        .create_plugin("mail", &json!({ "from": "grace" }));
    let reload = app.manager.register(plugin.expect("well")).await;
    assert_eq!(
        reload.expect("well").restarted,
        ["mail", "newsletter", "report"]
    );
    assert_eq!(app.who().await[0], "mail from \"grace\"");
    let off = Manifest::new("mail").enabled(false);
    let error = app.manager.register(off.clone()).await.expect_err("needed");
    assert_eq!(error.code(), "PP261");
    let newsletter = Manifest::new("newsletter").enabled(false);
    app.manager.register(newsletter).await.expect("well");
    let reload = app.manager.register(off).await.expect("well");
    assert_eq!(reload.disabled, ["mail"]);
    let why = app.manager.report().to_string();
    assert!(why.contains("disabled at tests/enabling.rs:"), "{why}");
    // It stays so when the files are read again.
    assert!(app.manager.reload().await.expect("well").is_empty());
    let error = app.manager.register(Manifest::new("nobody")).await;
    assert_eq!(error.expect_err("there is none").code(), "PP259");
    app.manager.shutdown().await.expect("it stops");
}
