//! Servers that are killed, and nodes that are.

mod support;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use api::{Work, is_for_here, remote};
use bridge::BridgePlugin;
use pepperplug::prelude::*;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use support::{Job, OwnServer, fresh, health, node, remove, server, until, worker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_no_acknowledged_event() {
    let store = tempfile::tempdir().expect("there is room");
    let Some(mut server) = OwnServer::start("a_server_that_is_killed", store.path()) else {
        return;
    };
    server.answers().await;
    let (url, stream) = (server.url(), fresh());
    let more = "publish_timeout = \"30s\"";
    let a = node(&url, &stream, "a", more).await;
    let b = node(&url, &stream, "b", more).await;
    let worker = worker(&b);
    let emitting = tokio::spawn({
        let a = a.clone();
        async move {
            for id in 0..300 {
                // The emit waits until the server is there again.
                let sent = a.emit_with(&Job::new(id), remote(Work::Everyone)).await;
                sent.expect("it reaches the server in the end");
                sleep(Duration::from_millis(2)).await;
            }
        }
    });
    for done in [50, 150] {
        until("the stream flows", || worker.ids().len() > done).await;
        server.kill();
        sleep(Duration::from_millis(300)).await;
        server.start_again(store.path());
    }
    emitting.await.expect("each is sent");
    let all: Vec<u64> = (0..300).collect();
    until("all have arrived", || worker.ids().len() >= 300).await;
    let mut ids = worker.ids();
    ids.dedup();
    assert_eq!(ids, all);
    for node in [a, b] {
        let begun = Instant::now();
        while !health(&node).await.well {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{:?}",
                health(&node).await
            );
            sleep(Duration::from_millis(50)).await;
        }
        node.shutdown().await.expect("nothing is left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_an_emit_fails_in_time_and_says_so() {
    let store = tempfile::tempdir().expect("there is room");
    let Some(mut server) = OwnServer::start("without_a_server", store.path()) else {
        return;
    };
    server.answers().await;
    let (url, stream) = (server.url(), fresh());
    let a = node(&url, &stream, "a", "publish_timeout = \"500ms\"").await;
    server.kill();
    let error = a.emit_with(&Job::new(1), remote(Work::Everyone)).await;
    let text = error.expect_err("there is no server").to_string();
    let wanted =
        "event `job.made` did not reach the other nodes: NATS did not confirm it within 500ms";
    assert!(text.contains(wanted), "{text}");
    assert_eq!(worker(&a).done().len(), 1, "its own hooks have run");
    let ill = health(&a).await;
    assert!(
        !ill.well && ill.detail.contains("not connected to NATS"),
        "{ill:?}"
    );
    server.start_again(store.path());
    let begun = Instant::now();
    while a
        .emit_with(&Job::new(2), remote(Work::Everyone))
        .await
        .is_err()
    {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "still no connection"
        );
    }
    assert!(health(&a).await.well);
    a.shutdown().await.expect("nothing is left");
}

/// Where the child process writes down what it has handled.
#[derive(Debug, Clone, Deserialize)]
struct RecorderSettings {
    path: PathBuf,
}

/// Writes each job to a file, so that it is known to whoever kills this process.
#[plugin(name = "recorder", settings = "recorder")]
struct Recorder {
    #[inject(settings)]
    settings: RecorderSettings,
}

#[plugin]
impl Recorder {
    #[hook("job.made")]
    async fn record(&self, job: &Job, ctx: &EventContext<'_>) -> Result<(), std::io::Error> {
        if !is_for_here(ctx) {
            return Ok(());
        }
        // So that some are always under way.
        sleep(Duration::from_millis(5)).await;
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.settings.path)?;
        file.write_all(format!("{}\n", job.id).as_bytes())
    }
}

static CHILD: PluginSet = plugins![BridgePlugin, Recorder];

/// A node in a process of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is a part of the tests that kill it"]
async fn child() {
    let Ok(settings) = std::env::var("BRIDGE_TEST_SETTINGS") else {
        return;
    };
    let settings = Settings::from_toml(&settings).expect("it is TOML");
    let builder = PluginManager::builder().plugins(&CHILD).settings(settings);
    let node = builder.build().expect("the settings fit");
    node.initialize().await.expect("NATS answers");
    let recorder: Arc<Recorder> = node.get().expect("it runs");
    fs::write(recorder.settings.path.with_extension("ready"), "").expect("there is room");
    std::future::pending().await
}

/// A process with a node in it.
struct Node {
    process: Child,
}

impl Node {
    async fn start((url, stream): (&str, &str), path: &Path, more: &str) -> Self {
        let ready = path.with_extension("ready");
        // Of an earlier one.
        let _ = fs::remove_file(&ready);
        let settings = format!(
            "[recorder]\npath = \"{}\"\n[bridge]\nservers = [\"{url}\"]\nstream = \"{stream}\"\nmax_bytes = 20000000\nack_wait = \"1s\"\nmax_in_flight = 8\n{more}",
            path.display()
        );
        let this = std::env::current_exe().expect("it runs");
        let process = Command::new(this)
            .args(["child", "--exact", "--ignored", "--nocapture"])
            .env("BRIDGE_TEST_SETTINGS", settings)
            .stdout(Stdio::null())
            .spawn()
            .expect("it can be run again");
        let node = Self { process };
        until("the process is a node", || ready.exists()).await;
        node
    }

    fn kill(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn recorded(path: &Path) -> Vec<u64> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_gets_the_rest_when_it_is_back() {
    let Some(url) = server("a_node_that_is_killed") else {
        return;
    };
    let (stream, folder) = (fresh(), tempfile::tempdir().expect("there is room"));
    let path = folder.path().join("handled");
    let at = (url.as_str(), stream.as_str());
    let a = node(&url, &stream, "a", "").await;
    let mut b = Node::start(at, &path, "node = \"b\"").await;
    let emitting = tokio::spawn({
        let a = a.clone();
        async move {
            for id in 0..400 {
                let sent = a.emit_with(&Job::new(id), remote(Work::Everyone)).await;
                sent.expect("the server is there");
            }
        }
    });
    for done in [50, 150] {
        until("the stream flows", || recorded(&path).len() > done).await;
        b.kill();
        b = Node::start(at, &path, "node = \"b\"").await;
    }
    emitting.await.expect("each is sent");
    let all: BTreeSet<u64> = (0..400).collect();
    until("all are handled", || {
        recorded(&path).into_iter().collect::<BTreeSet<_>>() == all
    })
    .await;
    // At least once: those that were under way when it was killed, and no others.
    let twice = recorded(&path).len() - all.len();
    assert!(twice <= 2 * 8, "{twice} were handled twice");
    drop(b);
    a.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_of_a_node_that_is_killed_is_done_by_another() {
    let Some(url) = server("the_work_of_a_node_that_is_killed") else {
        return;
    };
    let (stream, folder) = (fresh(), tempfile::tempdir().expect("there is room"));
    let (of_b, of_c) = (folder.path().join("b"), folder.path().join("c"));
    let at = (url.as_str(), stream.as_str());
    let a = node(&url, &stream, "a", "").await;
    let queue = "queues = [\"mail\"]";
    let mut b = Node::start(at, &of_b, queue).await;
    let _c = Node::start(at, &of_c, queue).await;
    let emitting = tokio::spawn({
        let a = a.clone();
        async move {
            for id in 0..400 {
                let work = remote(Work::Queue("mail".into()));
                let sent = a.emit_with(&Job::new(id), work).await;
                sent.expect("the server is there");
            }
        }
    });
    until("both work", || {
        recorded(&of_b).len() > 30 && recorded(&of_c).len() > 30
    })
    .await;
    b.kill();
    emitting.await.expect("each is sent");
    let all: BTreeSet<u64> = (0..400).collect();
    let handled = || {
        let mut all = recorded(&of_b);
        all.extend(recorded(&of_c));
        all
    };
    until("all are handled", || {
        handled().into_iter().collect::<BTreeSet<_>>() == all
    })
    .await;
    let twice = handled().len() - all.len();
    assert!(twice <= 8, "{twice} were handled twice");
    a.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}
