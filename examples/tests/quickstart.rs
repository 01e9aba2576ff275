//! Runs the quickstart as a user does, and reads what it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

#[test]
fn it_tells_the_whole_story() {
    let out = printed(&quickstart("cache,database,auth", &[]));
    in_order(
        &out,
        &[
            "1. Why each plugin is on or off",
            "feature `cache` is on",
            "feature `audit` is not on",
            "2. The start",
            "3. Events",
            "4. The graph, as Mermaid",
            "5. A clean shutdown",
        ],
    );
    in_order(
        section(&out, "2."),
        &[
            "config 1.0.0",
            "database 1.1.0",
            "auth 1.0.0",
            "create-accounts 1.0.0",
        ],
    );
    in_order(
        section(&out, "4."),
        &["flowchart TD", "p_database -->|injects| p_config"],
    );
    in_order(
        section(&out, "5."),
        &["create-accounts", "auth ", "database", "config"],
    );
}

#[test]
fn hooks_run_in_order_and_their_results_are_shown() {
    let out = printed(&quickstart("cache,database,auth", &[]));
    let events = section(&out, "3.");
    in_order(
        events,
        &[
            "health.check",
            "1. config::check",
            "SQLite 3.",
            "2 users",
            "understands Basic and Bearer",
        ],
    );
    in_order(
        events,
        &[
            "user.login",
            "1. auth::open_session",
            "2. database::count_login",
            "ada's logins",
            "1\n",
        ],
    );
    in_order(
        events,
        &[
            "/health",
            "anyone (role none, scheme none)",
            "/orders",
            "nobody knows",
            "ada (role admin, scheme Bearer)",
            "grace (role guest, scheme Basic)",
            "ada logs out",
            "nobody knows",
        ],
    );
    in_order(
        events,
        &[
            "http.response",
            "cache-control",
            "private",
            "server",
            "pepperplug quickstart",
        ],
    );
}

#[test]
fn a_plugin_more_is_told_of_everything_by_pattern() {
    let out = printed(&quickstart("cache,database,auth,audit", &[]));
    assert!(!out.contains("is not on"), "{out}");
    let noted = [
        "user.login",
        "http.request: ada at /orders by Bearer",
        "user.logout",
    ];
    in_order(section(&out, "3."), &noted);
}

#[test]
fn plugins_that_are_off_are_missed_by_nobody() {
    let out = printed(&quickstart("", &[]));
    in_order(
        &out,
        &[
            "config",
            "feature `auth` is not on",
            "1. config::check",
            "anyone",
            "server",
            "config",
        ],
    );
    let out = printed(&quickstart("database", &[]));
    in_order(section(&out, "3."), &["SQLite 3.", "0 users"]);
}

#[test]
fn a_database_in_a_file_outlives_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!("sqlite://{}", folder.path().join("users.db").display());
    let settings = settings_in(folder.path(), |text| text.replace("sqlite::memory:", &url));
    for logins in ["1\n", "2\n"] {
        let out = printed(&quickstart("cache,database,auth", &[settings.as_path()]));
        in_order(section(&out, "3."), &["ada's logins", logins]);
    }
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .expect("it is there")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["settings.toml", "users.db"]);
}

#[test]
fn a_mistake_in_the_settings_is_named_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = settings_in(folder.path(), |text| {
        text.replace("token_ttl_seconds", "token_tll_seconds")
    });
    let output = quickstart("cache,database,auth", &[settings.as_path()]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "",
        "nothing was started"
    );
    for part in [
        "settings.toml:",
        "token_tll_seconds",
        "did you mean `token_ttl_seconds`",
    ] {
        assert!(stderr.contains(part), "`{part}` is missing in:\n{stderr}");
    }
}

#[test]
fn a_plugin_that_fails_is_named_and_the_others_are_stopped() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = settings_in(folder.path(), |text| {
        text.replace("\"development\"", "\"production\"")
    });
    let output = quickstart("cache,database,auth", &[settings.as_path()]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    in_order(
        &stderr,
        &[
            "the application did not start",
            "a database in memory does not do",
            "rolled back",
            "not begun",
        ],
    );
}

/// The shipped settings, changed, as a file in `folder`.
fn settings_in(folder: &Path, change: impl Fn(&str) -> String) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("quickstart.toml");
    let text = change(&fs::read_to_string(shipped).expect("it ships with the example"));
    let path = folder.join("settings.toml");
    fs::write(&path, text).expect("the folder is ours");
    path
}

/// Runs it from a folder that is not the workspace's, so that it may rely on no path but its own.
fn quickstart(features: &str, arguments: &[&Path]) -> Output {
    // Whatever its features, cargo puts the program in one place; a second run could replace it
    // before it is started.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let built = std::env::current_exe().expect("this test has a path");
    // <target>/<profile>/deps/<test>: what this test was built with need not be built again.
    let target = built.ancestors().nth(3).expect("cargo's layout");
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--offline",
            "--color=never",
            "--example=quickstart",
            "--no-default-features",
        ])
        .arg(format!("--features={features}"))
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .arg("--")
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .output()
        .expect("cargo runs: it has built this test")
}

fn printed(output: &Output) -> String {
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(!stdout.contains('\u{1b}'), "escape codes are for terminals");
    stdout.into_owned()
}

/// The part below a heading.
fn section<'a>(out: &'a str, number: &str) -> &'a str {
    let start = out
        .find(&format!("\n{number} "))
        .expect("the heading is there");
    let body = &out[start + 1..];
    let is_heading = |at: &usize| body[at + 2..].starts_with(|c: char| c.is_ascii_digit());
    let end = body
        .match_indices("\n\n")
        .map(|(at, _)| at)
        .find(is_heading);
    &body[..end.unwrap_or(body.len())]
}

/// Each part stands behind the one before it.
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("`{part}` is not where it should be, in:\n{text}")
        };
        rest = &rest[at + part.len()..];
    }
}
