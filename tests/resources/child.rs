//! A process of its own: this program again, told by its environment what to do.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use pepperplug::resources::ResourceManager;

use super::open;

const TASK: &str = "PEPPERPLUG_TEST_CHILD";

/// A process at work.
pub(crate) struct Process {
    pub(crate) child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(crate) fn start(task: &str, dir: &Path, argument: u64) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .args([
                "--exact",
                "child::runs_as_a_process",
                "--ignored",
                "--nocapture",
            ])
            .env(TASK, format!("{task} {argument} {}", dir.display()))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let output = child.stdout.take().expect("its output");
        Self {
            child,
            lines: BufReader::new(output).lines(),
        }
    }

    /// The next thing that it says; none where it has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        // The test runner says something too.
        self.lines.by_ref().map_while(Result::ok).find_map(|line| {
            let said = line.strip_prefix("child: ")?;
            Some(said.to_owned())
        })
    }
}

/// One write, so that it is said wholly or not at all.
fn say(what: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\nchild: {what}\n").as_bytes())
        .expect("somebody listens");
    out.flush().expect("somebody listens");
}

#[test]
#[ignore = "other tests run it as a process"]
fn runs_as_a_process() {
    let Ok(task) = std::env::var(TASK) else {
        return;
    };
    let mut words = task.splitn(3, ' ');
    let mut word = || words.next().expect("three words");
    let (task, argument, dir) = (word(), word(), word());
    let argument = argument.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let resources: ResourceManager = open(Path::new(dir)).await;
        assert_eq!(resources.recovery(), None);
        match task {
            "count" => super::beside::count(&resources, argument, say).await,
            #[cfg(unix)]
            "work" => super::killed::work(&resources, argument, say).await,
            _ => panic!("no such task: {task}"),
        }
    });
}
