//! The program as people run it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn service(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
    command
        .current_dir(folder.path())
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .env_remove("NATS_URL")
        .env("SERVICE__HTTP__LISTEN", "127.0.0.1:0");
    command
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn the_tour_ends_well() {
    let output = service(&folder()).arg("tour").output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{error}");
    assert!(text.contains("That was the tour."), "{text}");
    assert!(text.contains("the token is refused at once"), "{text}");
}

/// Stops what it started, whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_it_is_told_to_stop() {
    let folder = folder();
    let mut child = service(&folder);
    let child = child.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut running = Running(child);
    let stdout = running.0.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines();
    let mut said = Vec::new();
    let mut until = |last: &str| {
        for line in lines.by_ref() {
            let line = line.expect("text");
            let is_last = line.starts_with(last);
            said.push(line);
            if is_last {
                break;
            }
        }
        said.clone()
    };
    let said = until("Ctrl-C stops it.");
    let value = |what: &str| {
        let line = said.iter().find(|line| line.starts_with(what)).expect(what);
        line[what.len()..].trim().to_owned()
    };
    let url = value("serves at");
    let user = value("first user");
    let (name, password) = user.split_once(", password ").expect("both");

    let client = reqwest::Client::new();
    let login = serde_json::json!({ "name": name, "password": password });
    let login = client.post(format!("{url}/login")).json(&login).send();
    let login = login.await.expect("an answer");
    assert_eq!(login.status(), 200);
    let login: serde_json::Value = login.json().await.expect("JSON");
    let token = login["token"].as_str().expect("a token").to_owned();
    let me = client.get(format!("{url}/me")).bearer_auth(&token).send();
    let me: serde_json::Value = me.await.expect("an answer").json().await.expect("JSON");
    assert_eq!(me["user"]["roles"][0], "admin");

    let process = running.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &process]).status();
    assert!(told.expect("it is told").success());
    let said = until("stopped");
    assert_eq!(said.last().map(String::as_str), Some("stopped"));
    assert!(running.0.wait().expect("it ends").success());

    // The keys and the users are there again, and so the token still holds.
    let report = service(&folder)
        .args(["plugins", "report", "--start"])
        .output();
    let report = report.expect("it runs");
    assert!(report.status.success());
    assert!(folder.path().join("service-data/audit.jsonl").exists());
}

#[test]
fn the_plugins_command_checks_the_settings() {
    let folder = folder();
    let check = |folder: &tempfile::TempDir| {
        service(folder)
            .args(["plugins", "check"])
            .output()
            .expect("it runs")
    };
    assert!(check(&folder).status.success());
    let settings = "[auth]\ntoken_tll = \"1h\"\n[plugins.databse]\nenabled = false\n";
    std::fs::write(folder.path().join("service.toml"), settings).expect("a file");
    let output = check(&folder);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("service.toml:2:1"), "{error}");
    assert!(error.contains("did you mean `token_ttl`?"), "{error}");
    assert!(error.contains("did you mean `database`?"), "{error}");
}
