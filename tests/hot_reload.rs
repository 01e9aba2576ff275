//! Files that are saved while the application runs, in the ways in which editors save them.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{Error, HotReload, PluginConfig, Reload};
use serde::Deserialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    value: u32,
}

#[plugin(name = "base")]
pub struct Base {
    #[inject(settings)]
    given: Given,
}

static PLUGINS: PluginSet = plugins![Base];

/// What the watcher says, and what comes of the reloads.
enum Told {
    Reloaded(Result<Reload, String>),
    Empty,
}

struct App {
    manager: PluginManager,
    file: PathBuf,
    told: UnboundedReceiver<Told>,
    _logs: tracing::subscriber::DefaultGuard,
}

impl App {
    /// On one thread, so that the logs of the watcher's task come here.
    async fn start(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hot-reload-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("app.toml");
        fs::write(&file, "[base]\nvalue = 1\n").expect("a file");
        let (tell, told) = unbounded_channel();
        let logs = tracing::subscriber::set_default(Logs(tell.clone()));
        let manager = PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(Settings::file(&file).expect("settings"))
            .hot_reload(HotReload::new().debounce(Duration::from_millis(30)))
            .on_reload(move |outcome| {
                let outcome = match outcome {
                    Ok(reload) => Ok(reload.clone()),
                    Err(error) => Err(error.to_string()),
                };
                let _ = tell.send(Told::Reloaded(outcome));
            })
            .build()
            .expect("the build proved the wiring");
        manager.initialize().await.expect("it starts");
        let mut app = Self {
            manager,
            file,
            told,
            _logs: logs,
        };
        // From then on the files are watched.
        assert_eq!(app.reloaded().await, Ok(Reload::default()));
        app
    }

    async fn next(&mut self) -> Told {
        let told = tokio::time::timeout(Duration::from_secs(60), self.told.recv()).await;
        told.expect("something is told").expect("it is watched")
    }

    async fn reloaded(&mut self) -> Result<Reload, String> {
        match self.next().await {
            Told::Reloaded(outcome) => outcome,
            Told::Empty => panic!("the file was not to be empty"),
        }
    }

    /// The value, once a reload has made it so.
    async fn becomes(&mut self, value: u32) {
        while self.value() != value {
            // What is half written may be seen as well, where a writer takes its time.
            let _ = self.reloaded().await;
        }
    }

    fn value(&self) -> u32 {
        self.manager.get::<Base>().expect("it runs").given.value
    }

    fn text(value: u32) -> String {
        format!("[base]\nvalue = {value}\n")
    }
}

/// Tells when the watcher finds a file empty.
struct Logs(UnboundedSender<Told>);

impl Subscriber for Logs {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "pepperplug::reload"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Message(bool);
        impl tracing::field::Visit for Message {
            fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0 |= format!("{value:?}").contains("settings file is empty");
            }
        }
        let mut message = Message(false);
        event.record(&mut message);
        if message.0 {
            let _ = self.0.send(Told::Empty);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn written_in_place() {
    let mut app = App::start("in-place").await;
    for value in 2..5 {
        fs::write(&app.file, App::text(value)).expect("a file");
        app.becomes(value).await;
    }
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn made_empty_long_before_it_is_written() {
    let mut app = App::start("truncated").await;
    let mut file = OpenOptions::new();
    let mut file = file.write(true).truncate(true).open(&app.file).expect("it");
    let Told::Empty = app.next().await else {
        panic!("an empty file was read")
    };
    assert_eq!(app.value(), 1);
    file.write_all(App::text(2).as_bytes())
        .expect("it is written");
    drop(file);
    app.becomes(2).await;
}

#[tokio::test]
async fn another_is_put_in_its_place() {
    let mut app = App::start("renamed").await;
    for value in 2..5 {
        let other = app.file.with_extension("new");
        let mut file = File::create(&other).expect("a file");
        file.write_all(App::text(value).as_bytes())
            .expect("written");
        file.sync_all().expect("written");
        fs::rename(&other, &app.file).expect("renamed");
        app.becomes(value).await;
    }
}

#[tokio::test]
async fn removed_and_created_again() {
    let mut app = App::start("removed").await;
    for value in 2..4 {
        fs::remove_file(&app.file).expect("it was there");
        let error = app.reloaded().await.expect_err("it is gone");
        assert!(error.contains("[PP215]"), "{error}");
        assert_eq!(app.value(), value - 1);
        fs::write(&app.file, App::text(value)).expect("a file");
        app.becomes(value).await;
    }
    // At once, as most do.
    fs::remove_file(&app.file).expect("it was there");
    fs::write(&app.file, App::text(9)).expect("a file");
    app.becomes(9).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_pointed_elsewhere() {
    let mut app = App::start("linked").await;
    let other = app.file.with_extension("2");
    fs::write(&other, App::text(2)).expect("a file");
    let link = app.file.with_extension("link");
    std::os::unix::fs::symlink(&other, &link).expect("a link");
    fs::rename(&link, &app.file).expect("renamed");
    app.becomes(2).await;
}

#[tokio::test]
async fn what_is_wrong_is_told_and_changes_nothing() {
    let mut app = App::start("wrong").await;
    fs::write(&app.file, "[base]\nvalue = \"two\"\n").expect("a file");
    let error = app.reloaded().await.expect_err("it is wrong");
    assert!(error.contains("app.toml:2:9"), "{error}");
    assert_eq!(app.value(), 1);
    fs::write(&app.file, App::text(2)).expect("a file");
    app.becomes(2).await;
}

#[tokio::test]
async fn manifests_come_and_go() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hot-reload-manifests");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("ext/deep")).expect("a folder");
    let (tell, mut told) = unbounded_channel();
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .config(
            PluginConfig::new()
                .plugin_dir(folder.join("ext"))
                .hot_reload(true),
        )
        .on_reload(move |outcome| {
            let outcome = outcome.as_ref().map(ToString::to_string);
            let _ = tell.send(outcome.map_err(ToString::to_string));
        })
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");
    let mut next = async || {
        let next = tokio::time::timeout(Duration::from_secs(60), told.recv()).await;
        next.expect("something is told").expect("it is watched")
    };
    assert_eq!(next().await.as_deref(), Ok("nothing changed"));
    let manifest = folder.join("ext/deep/plugin.toml");
    fs::write(&manifest, "name = \"base\"\n[settings]\nvalue = 2\n").expect("a file");
    assert_eq!(next().await.as_deref(), Ok("restarted base"));
    fs::write(&manifest, "name = \"base\"\nenabled = false\n").expect("a file");
    assert_eq!(next().await.as_deref(), Ok("disabled base"));
    fs::write(&manifest, "name = \"bass\"\n").expect("a file");
    let error = next().await.expect_err("there is no such plugin");
    assert!(error.contains("write `base`"), "{error}");
    fs::remove_file(&manifest).expect("it was there");
    assert_eq!(next().await.as_deref(), Ok("enabled base"));
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn files_beside_it_are_nobodys_concern() {
    let mut app = App::start("beside").await;
    fs::write(app.file.with_extension("other"), "x").expect("a file");
    fs::write(&app.file, App::text(2)).expect("a file");
    assert_eq!(app.reloaded().await.expect("well").restarted, ["base"]);
    app.manager.shutdown().await.expect("it stops");
    let error = app.manager.reload().await.expect_err("it has stopped");
    assert!(matches!(error, Error::Stopped));
}
