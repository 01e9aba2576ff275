//! Requests without pause while the settings are saved every second: no error, and no line of the audit log is lost.
//!
//! For `LOAD_SECONDS`, 3 unless set, and `LOAD_RATE` requests a second, 2000 unless set, or as many as the machine can do.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: u64 = 16;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn number(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|text| text.parse().ok());
    value.unwrap_or(default)
}

fn settings(round: u64) -> String {
    // `welcome` is replaced each time, and `audit` takes its settings in place.
    let queue = 4096 + round % 2;
    format!("[welcome]\ngreeting = \"Hello {round}\"\n[audit]\nqueue = {queue}\n")
}

fn start(folder: &Path) -> (Running, String, String) {
    std::fs::write(folder.join("service.toml"), settings(0)).expect("a file");
    let child = Command::new(env!("CARGO_BIN_EXE_service"))
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env("SERVICE__HTTP__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut running = Running(child);
    let stdout = running.0.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let mut after = |what: &str| {
        let line = lines.find(|line| line.starts_with(what)).expect(what);
        line[what.len()..].trim().to_owned()
    };
    let url = after("serves at");
    let user = after("first user");
    // What it prints from now on is read and forgotten.
    std::thread::spawn(move || lines.for_each(drop));
    let (_, password) = user.split_once(", password ").expect("both");
    (running, url, password.to_owned())
}

/// One connection: asks at its rate, and counts what was answered.
async fn ask(
    address: String,
    token: Arc<str>,
    pause: Duration,
    over: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
) {
    let mut stream = TcpStream::connect(&address).await.expect("connected");
    stream.set_nodelay(true).expect("it can be set");
    let request =
        format!("GET /me HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
    let mut buffer = vec![0; 8192];
    let mut due = Instant::now();
    while !over.load(Ordering::Relaxed) {
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut read = 0;
        loop {
            let more = stream.read(&mut buffer[read..]).await.expect("an answer");
            assert!(more > 0, "the connection was closed");
            read += more;
            if is_whole(&buffer[..read]) {
                break;
            }
        }
        let text = String::from_utf8_lossy(&buffer[..read]);
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        answered.fetch_add(1, Ordering::Relaxed);
        due += pause;
        tokio::time::sleep_until(due.into()).await;
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= length)
}

fn lines_of(folder: &Path, event: &str) -> u64 {
    let files = std::fs::read_dir(folder.join("service-data")).expect("the data");
    let names = files.map(|file| file.expect("a file").path());
    let logs = names.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("audit.jsonl")
    });
    let event = format!("\"event\":\"{event}\"");
    let count = |log: std::path::PathBuf| {
        let text = std::fs::read_to_string(log).expect("text");
        text.lines().filter(|line| line.contains(&event)).count() as u64
    };
    logs.map(count).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_under_load_and_reloads() {
    let seconds = number("LOAD_SECONDS", 3);
    let rate = number("LOAD_RATE", 2000);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut running, url, password) = start(folder.path());
    let login = serde_json::json!({ "name": "admin", "password": password });
    let login = reqwest::Client::new()
        .post(format!("{url}/login"))
        .json(&login)
        .send();
    let login: serde_json::Value = login.await.expect("an answer").json().await.expect("JSON");
    let token: Arc<str> = login["token"].as_str().expect("a token").into();

    let (over, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let address = url.trim_start_matches("http://");
    let pause = Duration::from_secs(CONNECTIONS) / u32::try_from(rate).expect("a rate");
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
            tokio::spawn(ask(
                address.to_owned(),
                Arc::clone(&token),
                pause,
                over,
                answered,
            ))
        })
        .collect();
    let begun = Instant::now();
    for round in 1..=seconds {
        tokio::time::sleep_until((begun + Duration::from_secs(round)).into()).await;
        std::fs::write(folder.path().join("service.toml"), settings(round)).expect("a file");
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no error");
    }
    let took = begun.elapsed();
    let process = running.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &process]).status();
    assert!(told.expect("it is told").success());
    assert!(running.0.wait().expect("it ends").success());

    let answered = answered.load(Ordering::Relaxed);
    let per_second = answered as f64 / took.as_secs_f64();
    println!(
        "{answered} requests in {took:.1?}, {per_second:.0} a second of {rate} wanted, {seconds} reloads"
    );
    // The login is a call as well.
    assert_eq!(lines_of(folder.path(), "http.call"), answered + 1);
    let reloads = lines_of(folder.path(), "app.reloaded");
    assert!(reloads + 1 >= seconds, "{reloads} of {seconds} reloads");
}
