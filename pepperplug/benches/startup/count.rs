//! Instructions of a start and a stop, counted by valgrind in a process of its own.

use std::process::Command;

/// What the process that is counted is called with: how many plugins, and how often they start.
const CHILD: &str = "--counted";

/// What this process is to do for one that counts.
pub(super) fn asked_for() -> Option<(usize, usize)> {
    let mut args = std::env::args().skip_while(|arg| arg != CHILD).skip(1);
    Some((args.next()?.parse().ok()?, args.next()?.parse().ok()?))
}

/// Prints the instructions per plugin, where valgrind is there.
pub(super) fn report(name: &str, plugins: u32) {
    // The difference is what one start and stop takes, without the process around it and the first, cold one.
    if let (Some(few), Some(more)) = (instructions(plugins, 2), instructions(plugins, 4)) {
        let one = (more.saturating_sub(few)) / 2 / u64::from(plugins);
        println!("ir {name} {one}");
    }
}

fn instructions(plugins: u32, times: u32) -> Option<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(std::env::current_exe().ok()?);
    command.args([CHILD.to_owned(), plugins.to_string(), times.to_string()]);
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let (_, after) = text.split_once("Collected :")?;
    after.split_whitespace().next()?.parse().ok()
}
