//! Counts the instructions of a loop: this program runs itself under callgrind.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, process, thread};

/// How often a thing is done in the two runs. What a run costs apart from the loop is in both.
const TIMES: [u32; 2] = [1_000, 5_000];

/// What tells this program that it is one of the runs: it is followed by what to do and how often.
const RUN: &str = "--count-instructions";

/// What a run is to do, and how often, if this program is one.
pub(crate) fn run_asked_for() -> Option<(String, u32)> {
    let mut args = env::args().skip(1);
    (args.next()? == RUN).then(|| {
        let name = args.next().expect("what to do follows");
        let times = args.next().and_then(|times| times.parse().ok());
        (name, times.expect("how often follows"))
    })
}

/// The function in which callgrind counts. Not generic, so that there is one of it, and of a name that no other function
/// has in its own.
#[inline(never)]
pub(crate) fn counted_by_callgrind(times: u32, work: &mut dyn FnMut(u32)) {
    work(times);
    // A call, not a jump, so that callgrind sees this function return after its work.
    std::hint::black_box(work);
}

/// Whether callgrind can be asked at all.
pub(crate) fn is_installed() -> bool {
    match Command::new("valgrind").arg("--version").output() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => panic!("valgrind cannot be run: {error}"),
    }
}

/// The instructions of doing the thing of this name once.
pub(crate) fn instructions(name: &str) -> f64 {
    // At once: nothing is timed here.
    let [few, many] = thread::scope(|scope| {
        let runs = TIMES.map(|times| scope.spawn(move || total(name, times)));
        runs.map(|run| run.join().expect("the reason is printed"))
    });
    (many as f64 - few as f64) / f64::from(TIMES[1] - TIMES[0])
}

fn total(name: &str, times: u32) -> u64 {
    let counts = TempFile::new(&format!("{name}-{times}"));
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--dump-instr=no",
            "--collect-atstart=no",
        ])
        .arg("--toggle-collect=*counted_by_callgrind*")
        .arg(format!("--callgrind-out-file={}", counts.0.display()))
        .arg(env::current_exe().expect("this program has a path"))
        .args([RUN, name, &times.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("valgrind cannot be run: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "valgrind fails:\n{said}");
    let counts = fs::read_to_string(&counts.0)
        .unwrap_or_else(|error| panic!("callgrind wrote nothing: {error}\n{said}"));
    let total = counts.lines().find_map(|line| line.strip_prefix("totals:"));
    let total = total.and_then(|total| total.trim().parse().ok());
    let total = total.unwrap_or_else(|| panic!("callgrind wrote no total:\n{counts}"));
    assert_ne!(total, 0, "callgrind has not seen the counted function");
    total
}

/// The path of a file that is removed in the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str) -> Self {
        let name = format!("pepperplug-dispatch-{}-{name}", process::id());
        Self(env::temp_dir().join(name))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // It is not there if callgrind has failed, and that has been said.
        let _ = fs::remove_file(&self.0);
    }
}
