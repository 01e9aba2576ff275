//! Every event is a line, whatever happens meanwhile.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "plugins and events that nobody else uses"
)]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use api::{Health, HealthCheck};
use audit::AuditPlugin;
use pepperplug::EmitContext;
use pepperplug::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

#[event("thing.done")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    pub id: u64,
}

#[event("thing.counted", sync)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counted {
    pub id: u64,
}

#[event("thing.asked", mode = first, output = u64)]
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    pub password: &'static str,
    pub inner: Value,
}

#[event("thing.opaque")]
#[derive(Debug)]
pub struct Opaque;

/// Answers before others are asked, or refuses.
#[plugin(name = "answers")]
#[derive(Debug)]
pub struct Answers;

#[plugin]
impl Answers {
    #[hook("thing.asked", priority = high)]
    fn answer(&self, _: &Asked) -> Option<u64> {
        Some(42)
    }
}

static PLUGINS: PluginSet = plugins![AuditPlugin, Answers];

/// An application whose settings are a file.
struct App {
    manager: PluginManager,
    file: PathBuf,
}

impl App {
    async fn start(folder: &Path, audit: &str) -> Self {
        let file = folder.join("app.toml");
        fs::write(&file, format!("[audit]\n{audit}")).expect("there is room");
        let settings = Settings::file(&file).expect("it is TOML");
        let builder = PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(settings);
        let manager = builder.build().expect("the settings fit");
        manager.initialize().await.expect("the file can be opened");
        Self { manager, file }
    }

    async fn reload(&self, audit: &str) -> Result<pepperplug::Reload, pepperplug::Error> {
        fs::write(&self.file, format!("[audit]\n{audit}")).expect("there is room");
        self.manager.reload().await
    }

    async fn health(&self) -> Health {
        let answers = self.manager.emit(&HealthCheck::default()).await;
        let mut answers = answers.expect("it runs").into_iter();
        let of_audit = answers.find(|answer| answer.plugin == "audit");
        let answer = of_audit.expect("it answers").outcome;
        answer.expect("it does not fail")
    }

    async fn until(&self, what: &str, holds: impl Fn(&Health) -> bool) -> Health {
        let begun = Instant::now();
        loop {
            let health = self.health().await;
            if holds(&health) {
                return health;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "not {what}: {health:?}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Skipping what tests ask all the time.
fn settings(path: &Path, more: &str) -> String {
    format!(
        "path = \"{}\"\nskip = [\"health.check\"]\n{more}",
        path.display()
    )
}

/// The lines of a file, each whole.
fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("it is there");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "{}: the last line is cut off",
        path.display()
    );
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"));
    lines.collect()
}

/// The ids of an event in all files of a directory, in their order.
fn ids(folder: &Path, event: &str) -> Vec<u64> {
    let files = fs::read_dir(folder).expect("it is there");
    let mut ids: Vec<u64> = files
        .map(|file| file.expect("it is readable").path())
        .filter(|path| path.to_string_lossy().contains(".jsonl"))
        .flat_map(|path| lines(&path))
        .filter(|line| line["event"] == event)
        .map(|line| line["data"]["id"].as_u64().expect("each has one"))
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_one_line_while_files_are_set_aside_and_changed() {
    const TASKS: u64 = 8;
    const EVENTS: u64 = 100_000;
    let folder = tempfile::tempdir().expect("there is room");
    let (one, other) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    let app = App::start(
        folder.path(),
        &settings(&one, "queue = 64\nmax_bytes = 200000\nkeep = 1000"),
    )
    .await;
    let tasks = (0..TASKS).map(|task| {
        let events = app.manager.events();
        tokio::spawn(async move {
            for id in (task..EVENTS).step_by(TASKS as usize) {
                events.emit(&Done { id }).await.expect("it is written");
                if id % 100 == 0 {
                    // Its emitter cannot wait: there is most likely room, once others have been let by.
                    while events.emit_sync(&Counted { id }).is_err() {
                        tokio::task::yield_now().await;
                    }
                }
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut reloads = 0;
    while tasks.iter().any(|task| !task.is_finished()) {
        reloads += 1;
        let path = if reloads % 2 == 0 { &one } else { &other };
        let more = format!(
            "queue = {}\nmax_bytes = {}\nkeep = 1000\nsync = \"{}\"",
            [32, 64, 256][reloads % 3],
            [100_000, 300_000][reloads % 2],
            ["never", "always", "10ms"][reloads % 3],
        );
        let reload = app
            .reload(&settings(path, &more))
            .await
            .expect("it can be opened");
        assert_eq!(reload.reconfigured, ["audit"]);
        sleep(Duration::from_millis(10)).await;
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    app.manager.shutdown().await.expect("all is written");
    assert_eq!(
        ids(folder.path(), "thing.done"),
        (0..EVENTS).collect::<Vec<_>>()
    );
    let sync: Vec<u64> = (0..EVENTS).step_by(100).collect();
    assert_eq!(ids(folder.path(), "thing.counted"), sync);
    let set_aside = fs::read_dir(folder.path()).expect("it is there").count();
    assert!(
        reloads > 3 && set_aside > 20,
        "{reloads} reloads, {set_aside} files"
    );
}

#[tokio::test]
async fn only_so_many_files_are_kept() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("a.jsonl");
    // More were kept before.
    for number in 1..=4 {
        fs::write(folder.path().join(format!("a.jsonl.{number}")), "").expect("there is room");
    }
    let app = App::start(
        folder.path(),
        &settings(&path, "max_bytes = 1000\nkeep = 2"),
    )
    .await;
    for id in 0..200 {
        app.manager.emit(&Done { id }).await.expect("it is written");
    }
    app.manager.shutdown().await.expect("all is written");
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("it is there")
        .map(|file| {
            file.expect("it is readable")
                .file_name()
                .into_string()
                .expect("ours")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["a.jsonl", "a.jsonl.1", "a.jsonl.2", "app.toml"]);
    for name in &names[..3] {
        let length = fs::metadata(folder.path().join(name))
            .expect("it is there")
            .len();
        assert!((1..=1000).contains(&length), "{name}: {length} bytes");
    }
    let kept = ids(folder.path(), "thing.done");
    let last = kept[0]..200;
    assert_eq!(kept, last.collect::<Vec<_>>(), "the newest, without a gap");
}

#[tokio::test]
async fn a_line_says_what_was_emitted_and_no_secret() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("deep/er/a.jsonl");
    let app = App::start(folder.path(), &settings(&path, "max_data = 200")).await;
    let inner = json!({ "Api-Token": "t0p", "list": [{ "cookie": ["t0p"] }], "plain": 1 });
    let asked = Asked {
        password: "t0p",
        inner,
    };
    let context = EmitContext::new()
        .correlation_id("request-42")
        .metadata("Authorization", "t0p")
        .metadata("tenant", "acme");
    let answer = app.manager.emit_with(&asked, context).await;
    assert_eq!(
        answer.expect("nothing fails"),
        Some(42),
        "the answer of a later hook"
    );
    app.manager.emit(&Opaque).await.expect("it has no data");
    let long = Asked {
        password: "",
        inner: json!("x".repeat(300)),
    };
    app.manager.emit(&long).await.expect("its data is left out");
    app.manager.shutdown().await.expect("all is written");
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(!text.contains("t0p"), "{text}");
    let all = lines(&path);
    let events: Vec<_> = all
        .iter()
        .map(|line| line["event"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        events,
        [
            "app.startup",
            "thing.asked",
            "thing.opaque",
            "thing.asked",
            "app.shutdown"
        ]
    );
    let asked = &all[1];
    assert_eq!(asked["correlation"], "request-42");
    assert_eq!(
        asked["metadata"],
        json!({ "Authorization": "hidden", "tenant": "acme" })
    );
    let inner = json!({ "Api-Token": "hidden", "list": [{ "cookie": "hidden" }], "plain": 1 });
    assert_eq!(
        asked["data"],
        json!({ "password": "hidden", "inner": inner })
    );
    assert!(
        asked["time"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    assert!(all[2].get("data").is_none() && all[2].get("metadata").is_none());
    assert!(all[3].get("data").is_none());
    assert!(
        all[3]["data_bytes"]
            .as_u64()
            .is_some_and(|bytes| bytes > 300)
    );
}

#[tokio::test]
async fn a_line_that_was_cut_off_is_removed() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("a.jsonl");
    let whole = json!({ "event": "thing.done", "data": { "id": 7 } });
    let torn = "x".repeat(10_000);
    fs::write(&path, format!("{whole}\n{{\"event\":\"{torn}")).expect("there is room");
    let app = App::start(folder.path(), &settings(&path, "")).await;
    app.manager
        .emit(&Done { id: 8 })
        .await
        .expect("it is written");
    app.manager.shutdown().await.expect("all is written");
    assert_eq!(ids(folder.path(), "thing.done"), [7, 8]);
}

#[tokio::test]
async fn a_file_that_is_moved_away_is_made_anew() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("a.jsonl");
    let app = App::start(folder.path(), &settings(&path, "")).await;
    app.manager
        .emit(&Done { id: 1 })
        .await
        .expect("it is written");
    app.until("written", |health| health.detail.contains(" 0 waiting"))
        .await;
    fs::rename(&path, folder.path().join("moved.jsonl")).expect("it is there");
    app.manager
        .emit(&Done { id: 2 })
        .await
        .expect("it is written");
    app.manager.shutdown().await.expect("all is written");
    let moved = lines(&folder.path().join("moved.jsonl"));
    assert_eq!(moved.last().expect("it has lines")["data"]["id"], 1);
    assert_eq!(lines(&path)[0]["data"]["id"], 2);
}

#[tokio::test]
async fn a_directory_that_is_removed_is_told_and_no_emit_hangs() {
    let folder = tempfile::tempdir().expect("there is room");
    let logs = folder.path().join("logs");
    let path = logs.join("a.jsonl");
    let app = App::start(folder.path(), &settings(&path, "queue = 4")).await;
    app.until("written", |health| {
        health.detail.contains("1 lines written")
    })
    .await;
    fs::remove_dir_all(&logs).expect("it is ours");
    app.manager
        .emit(&Done { id: 0 })
        .await
        .expect("there is room in the queue");
    let ill = app.until("told", |health| !health.well).await;
    assert!(
        ill.detail.contains("cannot write to") && ill.detail.contains("No such file"),
        "{ill:?}"
    );
    let mut accepted = vec![0];
    let mut refused = 0;
    for id in 1..20 {
        let done = Done { id };
        let emitted = timeout(Duration::from_millis(500), app.manager.emit(&done));
        match emitted.await.expect("it does not hang") {
            Ok(()) => accepted.push(id),
            Err(error) => {
                let text = error.to_string();
                assert!(
                    text.contains("event `thing.done` is not in the audit log: cannot write to"),
                    "{text}"
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && accepted.len() > 1, "{refused} refused");
    fs::create_dir(&logs).expect("it is gone");
    let well = app.until("well again", |health| health.well).await;
    assert!(
        well.detail.contains(&format!("{refused} refused")),
        "{well:?}"
    );
    app.manager.shutdown().await.expect("all is written");
    assert_eq!(
        ids(&logs, "thing.done"),
        accepted,
        "what was accepted is written"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_set_aside_is_told() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("a.jsonl");
    // A directory, and not an empty one.
    fs::create_dir_all(folder.path().join("a.jsonl.1/in-the-way")).expect("there is room");
    let more = "max_bytes = 500\nkeep = 1\nqueue = 4\nflush_timeout = \"100ms\"";
    let app = App::start(folder.path(), &settings(&path, more)).await;
    for id in 0..10 {
        // At some time it is refused.
        let _ = app.manager.emit(&Done { id }).await;
    }
    let ill = app.until("told", |health| !health.well).await;
    assert!(
        ill.detail.contains("it is full, and cannot be set aside"),
        "{ill:?}"
    );
    fs::remove_dir_all(folder.path().join("a.jsonl.1")).expect("it is ours");
    app.until("well again", |health| health.well).await;
    app.manager.shutdown().await.expect("all is written");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_is_told_and_ends_no_shutdown() {
    let folder = tempfile::tempdir().expect("there is room");
    let full = settings(
        Path::new("/dev/full"),
        "queue = 4\nflush_timeout = \"200ms\"",
    );
    let app = App::start(folder.path(), &full).await;
    let ill = app.until("told", |health| !health.well).await;
    assert!(
        ill.detail
            .contains("cannot write to `/dev/full`: No space left"),
        "{ill:?}"
    );
    let text = app
        .manager
        .shutdown()
        .await
        .expect_err("lines are left")
        .to_string();
    assert!(
        text.contains(
            "lines of the audit log were not written within 200ms: cannot write to `/dev/full`"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_reload_to_a_file_that_cannot_be_opened_changes_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("a.jsonl");
    let app = App::start(folder.path(), &settings(&path, "")).await;
    // A directory.
    let error = app
        .reload(&settings(folder.path(), ""))
        .await
        .expect_err("not a file");
    assert!(
        error.to_string().contains("cannot open the audit log"),
        "{error}"
    );
    app.manager
        .emit(&Done { id: 1 })
        .await
        .expect("it is written");
    app.manager.shutdown().await.expect("all is written");
    assert_eq!(ids(folder.path(), "thing.done"), [1]);
}

#[test]
fn bad_settings_are_told() {
    let text = "[audit]\nkeep = 0\nsync = \"sometimes\"\npatience = \"long\"\n";
    let settings = Settings::from_toml(text).expect("it is TOML");
    let built = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build();
    let text = built.expect_err("all three").to_string();
    for wanted in [
        "3 problems",
        "[audit] keep: found 0, expected an integer from 1 to 4294967295",
        "[audit] sync: found \"sometimes\", expected `never`, `always`, or a duration such as `1s`",
        "[audit] patience: found \"long\"",
    ] {
        assert!(text.contains(wanted), "{text}");
    }
}

/// The part of the next test in a process whose files may only have some blocks.
#[tokio::test]
#[ignore = "it is a part of another test"]
async fn child() {
    let Ok(folder) = std::env::var("AUDIT_TEST_FOLDER") else {
        return;
    };
    let folder = PathBuf::from(folder);
    let one = settings(&folder.join("a.jsonl"), "queue = 16");
    let app = App::start(&folder, &one).await;
    let mut log = OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("accepted"));
    let log = log.as_mut().expect("there is room");
    let mut emit = async |id| {
        if app.manager.emit(&Done { id }).await.is_ok() {
            writeln!(log, "{id}").expect("there is room");
        }
    };
    let mut id = 0;
    while app.health().await.well {
        emit(id).await;
        id += 1;
        assert!(id < 100_000, "the limit is not met");
    }
    let ill = app.health().await;
    assert!(
        ill.detail.contains("cannot write to") && ill.detail.contains("File too large"),
        "{ill:?}"
    );
    for id in id..id + 30 {
        emit(id).await;
    }
    // What waits goes to a file that has room.
    let two = settings(&folder.join("b.jsonl"), "queue = 16");
    app.reload(&two).await.expect("it can be opened");
    app.until("well again", |health| health.well).await;
    app.manager.shutdown().await.expect("all is written");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_has_whole_lines_and_the_rest_goes_to_another() {
    let folder = tempfile::tempdir().expect("there is room");
    let this = std::env::current_exe().expect("it runs");
    // Without the signal, so that the write fails.
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -f 20; trap '' XFSZ; exec \"$0\" child --exact --ignored --nocapture",
        ])
        .arg(this)
        .env("AUDIT_TEST_FOLDER", folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let accepted = fs::read_to_string(folder.path().join("accepted")).expect("it is there");
    let accepted: Vec<u64> = accepted
        .lines()
        .map(|id| id.parse().expect("ours"))
        .collect();
    assert_eq!(
        ids(folder.path(), "thing.done"),
        accepted,
        "each once, in whole lines"
    );
    assert!(!lines(&folder.path().join("b.jsonl")).is_empty());
}
