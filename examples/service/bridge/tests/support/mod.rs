//! Nodes of a service, and the server that joins them.

#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::expect_used,
    reason = "shared by tests that use parts of it each"
)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use api::{HealthCheck, Work, is_for_here, is_remote};
use bridge::BridgePlugin;
use pepperplug::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

/// What a test waits for at most: nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the hook on a job behaves where the job has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    Easy,
    /// It fails so often, and is done then.
    Fails(u32),
    /// It waits for the test.
    Gated,
}

#[event("job.made")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    pub id: u64,
    pub kind: Kind,
}

impl Job {
    pub fn new(id: u64) -> Self {
        let kind = Kind::Easy;
        Self { id, kind }
    }
}

/// Emitted by each hook on a job, as a part of it.
#[event("job.noted")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Noted {
    pub id: u64,
}

#[event("job.counted", sync)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counted;

/// A job as a hook has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: u64,
    pub arrived: bool,
    pub correlation: String,
    pub tenant: Option<String>,
}

#[plugin(name = "worker")]
pub struct Worker {
    done: Mutex<Vec<Seen>>,
    tries: Mutex<HashMap<u64, u32>>,
    noted: Mutex<Vec<u64>>,
    #[init(Semaphore::new(0))]
    pub gate: Semaphore,
    /// How many are within the hook, and how many were at most.
    within: Mutex<(usize, usize)>,
}

#[plugin]
impl Worker {
    #[hook("job.made")]
    async fn work(&self, job: &Job, ctx: &EventContext<'_>) -> Result<(), String> {
        if !is_for_here(ctx) {
            return Ok(());
        }
        let arrived = is_remote(ctx) == Some(Work::Arrived);
        if arrived {
            self.arrived(job).await?;
        }
        ctx.emit(&Noted { id: job.id })
            .await
            .map_err(|error| error.to_string())?;
        let tenant = ctx.metadata("tenant").and_then(|tenant| tenant.as_str());
        let seen = Seen {
            id: job.id,
            arrived,
            correlation: ctx.correlation_id().to_string(),
            tenant: tenant.map(str::to_owned),
        };
        self.done.lock().expect("no panic").push(seen);
        Ok(())
    }

    #[hook("job.noted")]
    fn note(&self, noted: &Noted) {
        self.noted.lock().expect("no panic").push(noted.id);
    }
}

impl Worker {
    async fn arrived(&self, job: &Job) -> Result<(), String> {
        let tries = {
            let mut tries = self.tries.lock().expect("no panic");
            let of_it = tries.entry(job.id).or_default();
            *of_it += 1;
            *of_it
        };
        match job.kind {
            Kind::Fails(times) if tries <= times => Err(format!("try {tries} is to fail")),
            Kind::Gated => {
                let _within = Within::new(&self.within);
                let pass = self.gate.acquire().await;
                pass.map_err(|error| error.to_string())?.forget();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub fn done(&self) -> Vec<Seen> {
        self.done.lock().expect("no panic").clone()
    }

    /// The ids of the jobs that have arrived and are done, sorted.
    pub fn ids(&self) -> Vec<u64> {
        let done = self.done();
        let arrived = done.iter().filter(|seen| seen.arrived);
        let mut ids: Vec<u64> = arrived.map(|seen| seen.id).collect();
        ids.sort_unstable();
        ids
    }

    pub fn noted(&self) -> Vec<u64> {
        self.noted.lock().expect("no panic").clone()
    }

    pub fn tries(&self, id: u64) -> u32 {
        let tries = self.tries.lock().expect("no panic");
        tries.get(&id).copied().unwrap_or_default()
    }

    /// How many are within the hook, and how many were at most.
    pub fn within(&self) -> (usize, usize) {
        *self.within.lock().expect("no panic")
    }
}

/// Counts who is within, also where the hook is cancelled.
struct Within<'a>(&'a Mutex<(usize, usize)>);

impl<'a> Within<'a> {
    fn new(of: &'a Mutex<(usize, usize)>) -> Self {
        let mut count = of.lock().expect("no panic");
        count.0 += 1;
        count.1 = count.1.max(count.0);
        Self(of)
    }
}

impl Drop for Within<'_> {
    fn drop(&mut self) {
        self.0.lock().expect("no panic").0 -= 1;
    }
}

pub static PLUGINS: PluginSet = plugins![BridgePlugin, Worker];

/// A node of a service of its own, by the name of its stream.
pub async fn node(url: &str, stream: &str, node: &str, more: &str) -> PluginManager {
    let manager = unstarted(url, stream, node, more);
    manager.initialize().await.expect("NATS answers");
    manager
}

pub fn unstarted(url: &str, stream: &str, node: &str, more: &str) -> PluginManager {
    let wait = if more.contains("ack_wait") {
        ""
    } else {
        "ack_wait = \"2s\"\n"
    };
    let text = format!(
        "[bridge]\nservers = [\"{url}\"]\nstream = \"{stream}\"\nnode = \"{node}\"\nmax_bytes = 20000000\n{wait}backoff = \"50ms\"\n{more}"
    );
    let settings = Settings::from_toml(&text).expect("it is TOML");
    let builder = PluginManager::builder().plugins(&PLUGINS);
    builder
        .settings(settings)
        .build()
        .expect("the settings fit")
}

pub fn worker(node: &PluginManager) -> Arc<Worker> {
    node.get().expect("it runs")
}

pub async fn health(node: &PluginManager) -> api::Health {
    let answers = node.emit(&HealthCheck::default()).await.expect("it runs");
    let of_bridge = answers
        .into_iter()
        .find(|answer| answer.plugin == "bridge")
        .expect("it answers");
    of_bridge.outcome.expect("it does not fail")
}

/// Waits until the bridge of a node says something of itself.
pub async fn says(node: &PluginManager, text: &str) {
    let begun = Instant::now();
    loop {
        let health = health(node).await;
        if health.detail.contains(text) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "not `{text}`: {health:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until something holds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "still not: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// A name that no other test has.
pub fn fresh() -> String {
    format!("test-{}", &*nuid::next())
}

/// The server that the environment names, or the one at the default port. Without it the test is skipped, and says so.
pub fn server(test: &str) -> Option<String> {
    let url = std::env::var("NATS_URL").unwrap_or_else(|_| "nats://127.0.0.1:4222".to_owned());
    let answers = has_jetstream(url.trim_start_matches("nats://")).unwrap_or_default();
    if !answers {
        // On a line of its own, whatever the harness has begun.
        eprintln!("\nskipped {test}: no NATS with JetStream at {url}");
    }
    answers.then_some(url)
}

/// What the server says of itself to whoever connects.
fn has_jetstream(address: &str) -> std::io::Result<bool> {
    let server = TcpStream::connect(address)?;
    server.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut info = String::new();
    BufReader::new(server).read_line(&mut info)?;
    Ok(info.contains("\"jetstream\":true"))
}

/// Removes the streams of a test.
pub async fn remove(url: &str, stream: &str) {
    let client = async_nats::connect(url).await.expect("NATS answers");
    let context = async_nats::jetstream::new(client);
    for suffix in ["", "-WORK", "-DEAD"] {
        // A test may have made none of them.
        let _ = context.delete_stream(format!("{stream}{suffix}")).await;
    }
}

/// A server of the test's own, which it may kill.
pub struct OwnServer {
    port: u16,
    child: Child,
}

impl OwnServer {
    /// None where there is no `nats-server`: the test is skipped, and says so.
    pub fn start(test: &str, store: &Path) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        match Self::spawn(port, store) {
            Ok(child) => Some(Self { port, child }),
            Err(error) => {
                eprintln!("\nskipped {test}: no NATS at PATH: `nats-server`: {error}");
                None
            }
        }
    }

    fn spawn(port: u16, store: &Path) -> std::io::Result<Child> {
        Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--jetstream", "--port"])
            .arg(port.to_string())
            .arg("--store_dir")
            .arg(store)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub async fn answers(&self) {
        let address = format!("127.0.0.1:{}", self.port);
        until("the server answers", || {
            has_jetstream(&address).unwrap_or_default()
        })
        .await;
    }

    pub fn kill(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    pub fn start_again(&mut self, store: &Path) {
        self.child = Self::spawn(self.port, store).expect("it was there before");
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
