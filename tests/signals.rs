//! Applications that run until a signal comes: real processes, and real signals.
//!
//! Each test starts this binary again, as a program that is one of `child`'s, reads what that prints, and sends it signals.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use pepperplug::prelude::*;

/// Which program the child is.
const PROGRAM: &str = "PEPPERPLUG_TEST_PROGRAM";

fn say(what: &str) {
    println!("child: {what}");
}

#[plugin(name = "database")]
struct Database;

#[plugin]
impl Database {
    async fn initialize(&mut self) {
        say("database initializes");
    }

    async fn cleanup(&self) {
        say("database cleans up");
        match std::env::var(PROGRAM).as_deref() {
            Ok("hangs") => std::future::pending().await,
            Ok("blocks") => loop {
                std::thread::park();
            },
            _ => {}
        }
    }
}

#[plugin(name = "server")]
struct Server {
    #[inject]
    _database: Arc<Database>,
}

#[plugin]
impl Server {
    async fn initialize(&mut self) {
        say("server initializes");
        if std::env::var(PROGRAM).as_deref() == Ok("starts") {
            std::future::pending::<()>().await;
        }
    }

    async fn cleanup(&self) -> Result<(), &'static str> {
        say("server cleans up");
        match std::env::var(PROGRAM).as_deref() {
            Ok("fails") => Err("the socket is gone"),
            _ => Ok(()),
        }
    }
}

static PLUGINS: PluginSet = plugins![Database, Server];

/// The program itself: nothing where it is not started by one of the tests.
#[test]
#[ignore = "it is the child of the others"]
fn child() {
    let Ok(program) = std::env::var(PROGRAM) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("there are threads");
    let result = runtime.block_on(async {
        let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
        if program == "two" {
            let other = PluginManager::builder().plugins(&PLUGINS).build()?;
            other
                .run_until_signal_with(async |_| Ok::<_, pepperplug::Error>(()))
                .await?;
            let third = PluginManager::builder().plugins(&PLUGINS).build()?;
            let (one, two) = tokio::join!(manager.run_until_signal(), async {
                let work = async |_: &_| {
                    say("running");
                    std::future::pending::<Result<(), pepperplug::Error>>().await
                };
                third.run_until_signal_with(work).await
            });
            return one.and(two.map(drop));
        }
        if program == "works" {
            let work = async |_: &_| Ok::<_, pepperplug::Error>("the work is done");
            let done = manager.run_until_signal_with(work).await?;
            say(done.unwrap_or("stopped"));
            say("running");
            return std::future::pending().await;
        }
        if program == "shut down" {
            let app = manager.clone();
            let work = async move |_: &_| {
                app.shutdown().await?;
                std::future::pending::<Result<(), pepperplug::Error>>().await
            };
            let done = manager.run_until_signal_with(work).await?;
            assert!(done.is_none());
            return Ok(());
        }
        let work = async |_: &_| {
            say("running");
            std::future::pending::<Result<(), pepperplug::Error>>().await
        };
        manager.run_until_signal_with(work).await.map(drop)
    });
    match result {
        Ok(()) => say("ended well"),
        Err(error) => {
            say(&format!("ended: {error}"));
            std::process::exit(1);
        }
    }
}

/// A child that runs, and what it prints.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// Nothing is left behind where a test fails.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn begin(program: &str) -> Self {
        let this = std::env::current_exe().expect("this is a program");
        let mut child = Command::new(this)
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(PROGRAM, program)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started again");
        let stdout = child.stdout.take().expect("it is piped");
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// The next thing that it says.
    fn says(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next()?.expect("it prints text");
            // The harness prints as well, without ending its line.
            if let Some((_, said)) = line.split_once("child: ") {
                return Some(said.to_owned());
            }
        }
    }

    #[track_caller]
    fn expect(&mut self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(self.says().as_deref(), Some(*expected));
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("there is `kill`").success());
    }

    /// How it ended, what it still said, and what it told.
    fn ended(mut self) -> (Option<i32>, Vec<String>, String) {
        let mut said = Vec::new();
        while let Some(more) = self.says() {
            said.push(more);
        }
        let mut told = String::new();
        let stderr = self.child.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut told).expect("it prints text");
        let code = self.child.wait().expect("it ends").code();
        (code, said, told)
    }
}

const STARTED: [&str; 3] = ["database initializes", "server initializes", "running"];

#[test]
fn a_signal_stops_the_application_in_order() {
    for signal in ["-TERM", "-INT"] {
        let mut app = Running::begin("runs");
        app.expect(&STARTED);
        app.signal(signal);
        let (code, said, _) = app.ended();
        assert_eq!(
            said,
            ["server cleans up", "database cleans up", "ended well"]
        );
        assert_eq!(code, Some(0), "{signal}");
    }
}

#[test]
fn a_signal_during_the_start_takes_it_back() {
    let mut app = Running::begin("starts");
    app.expect(&["database initializes", "server initializes"]);
    app.signal("-TERM");
    let (code, said, _) = app.ended();
    assert_eq!(said, ["database cleans up", "ended well"]);
    assert_eq!(code, Some(0));
}

#[test]
fn problems_of_the_shutdown_are_the_error() {
    let mut app = Running::begin("fails");
    app.expect(&STARTED);
    app.signal("-TERM");
    let (code, said, _) = app.ended();
    assert_eq!(
        said,
        [
            "server cleans up",
            "database cleans up",
            "ended: [PP231] the application stopped, with problems",
        ]
    );
    assert_eq!(code, Some(1));
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    // The one awaits something, the other blocks the only thread of the runtime.
    for program in ["hangs", "blocks"] {
        for (signal, name, expected) in [("-TERM", "SIGTERM", 143), ("-INT", "SIGINT", 130)] {
            let mut app = Running::begin(program);
            app.expect(&STARTED);
            app.signal("-TERM");
            app.expect(&["server cleans up", "database cleans up"]);
            app.signal(signal);
            let (code, said, told) = app.ended();
            assert!(said.is_empty(), "{said:?}");
            assert_eq!(code, Some(expected), "{program}: {told}");
            let expected = format!(
                "pepperplug: {name} while the application stops: the process ends at once; \
                 not cleaned up: `database`, whose cleanup runs\n"
            );
            assert!(told.ends_with(&expected), "{told}");
        }
    }
}

#[test]
fn one_signal_stops_all_managers_that_run_and_none_that_has_ended() {
    let mut app = Running::begin("two");
    app.expect(&["database initializes", "server initializes"]);
    app.expect(&["server cleans up", "database cleans up"]);
    app.expect(&["database initializes"]);
    while app.says().as_deref() != Some("running") {}
    app.signal("-TERM");
    let (code, said, told) = app.ended();
    let cleaned = said.iter().filter(|said| said.ends_with("cleans up"));
    assert_eq!(cleaned.count(), 4, "{said:?}");
    assert_eq!(
        said.last().map(String::as_str),
        Some("ended well"),
        "{told}"
    );
    assert_eq!(code, Some(0));
}

#[test]
fn work_that_ends_stops_the_application_and_then_a_signal_ends_the_process() {
    let mut app = Running::begin("works");
    app.expect(&STARTED[..2]);
    app.expect(&["server cleans up", "database cleans up", "the work is done"]);
    app.expect(&["running"]);
    app.signal("-TERM");
    let (code, said, told) = app.ended();
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(code, Some(143));
    assert!(
        told.ends_with("pepperplug: SIGTERM: the process ends at once\n"),
        "{told}"
    );
}

#[test]
fn a_shutdown_by_somebody_else_ends_it() {
    let mut app = Running::begin("shut down");
    app.expect(&STARTED[..2]);
    app.expect(&["server cleans up", "database cleans up", "ended well"]);
    assert_eq!(app.ended().0, Some(0));
}
