//! Two nodes of the service, joined by NATS, of which one is killed in the middle: whatever the other one has acknowledged is
//! handled on it all the same, once it is back.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const LOGOUTS: usize = 24;

/// The address of the server, where there is one.
fn nats() -> Option<String> {
    let url = std::env::var("NATS_URL").unwrap_or_else(|_| "nats://127.0.0.1:4222".to_owned());
    let address = url.trim_start_matches("nats://").to_owned();
    std::net::TcpStream::connect(&address).ok()?;
    Some(url)
}

struct Node {
    child: Child,
    url: String,
    password: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    fn start(folder: &Path, nats: &str, name: &str) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let stream = format!("two-nodes-{}", std::process::id());
        let settings = format!(
            "[bridge]\nnode = \"{name}\"\nstream = \"{stream}\"\n[audit]\nhide = [\"password\"]\n"
        );
        std::fs::write(folder.join("service.toml"), settings).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_service"))
            .current_dir(folder)
            .env_remove("DATABASE_URL")
            .env("NATS_URL", nats)
            .env("SERVICE__HTTP__LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let stdout = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let mut after = |what: &str| {
            let line = lines.find(|line| line.starts_with(what)).expect(what);
            line[what.len()..].trim().to_owned()
        };
        let url = after("serves at");
        let user = after("first user");
        std::thread::spawn(move || lines.for_each(drop));
        let (_, password) = user.split_once(", password ").expect("both");
        Self {
            child,
            url,
            password: password.to_owned(),
        }
    }

    /// Logs in, and out again; the id of the token whose end was acknowledged.
    async fn log_in_and_out(&self, client: &reqwest::Client) -> String {
        let who = json!({ "name": "admin", "password": self.password });
        let login = client.post(format!("{}/login", self.url)).json(&who).send();
        let login: Value = login.await.expect("an answer").json().await.expect("JSON");
        let token = login["token"].as_str().expect("a token");
        let me = client
            .get(format!("{}/me", self.url))
            .bearer_auth(token)
            .send();
        let me: Value = me.await.expect("an answer").json().await.expect("JSON");
        let logout = client
            .post(format!("{}/logout", self.url))
            .bearer_auth(token)
            .send();
        assert_eq!(logout.await.expect("an answer").status(), 204);
        me["session"].as_str().expect("a session").to_owned()
    }
}

/// The tokens whose end a node has heard of.
fn ended(folder: &Path) -> Vec<String> {
    let log = std::fs::read_to_string(folder.join("service-data/audit.jsonl")).unwrap_or_default();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let logouts = lines.filter(|line| line["event"] == "user.logout");
    let token = |line: Value| line["data"]["token"].as_str().map(str::to_owned);
    logouts.filter_map(token).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_acknowledged_is_handled_on_the_other_node() {
    let Some(nats) = nats() else {
        // On a line of its own, whatever the harness has begun.
        eprintln!("\nskipped two_nodes: no NATS server answers");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let first = Node::start(&a, &nats, "a");
    let mut second = Some(Node::start(&b, &nats, "b"));
    let client = reqwest::Client::new();
    let mut acknowledged = Vec::new();
    for number in 0..LOGOUTS {
        if number == LOGOUTS / 3 {
            // With SIGKILL, whatever it was at.
            second = None;
        }
        if number == 2 * LOGOUTS / 3 {
            second = Some(Node::start(&b, &nats, "b"));
        }
        acknowledged.push(first.log_in_and_out(&client).await);
    }
    let missing = || {
        let heard = ended(&b);
        let is_missing = |token: &&String| !heard.contains(token);
        acknowledged.iter().filter(is_missing).count()
    };
    // They come as soon as they can.
    for _ in 0..600 {
        if missing() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(missing(), 0, "of {LOGOUTS} that were acknowledged");
    drop(second);
    // Nothing comes back to where it came from.
    let own = ended(&a);
    assert_eq!(own.len(), LOGOUTS, "{own:?}");
}
