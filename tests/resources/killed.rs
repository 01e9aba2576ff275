//! Processes that are killed at any moment: what they had been told was done is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use pepperplug::resources::ResourceManager;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::child::Process;
use super::{files, folder, open};

const WORKERS: u64 = 2;
const KILLS: u64 = 1_000;
const NAMES: u64 = 5;

/// Numbers that look random, from a number.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Whose resources they are, and which of its operations comes first: both in one number.
fn job(worker: u64, first: u64) -> u64 {
    first * WORKERS + worker
}

/// One of the operations of a worker, the same whoever asks.
struct Operation {
    name: String,
    path: String,
    number: u64,
    kind: u64,
}

impl Operation {
    fn new(worker: u64, number: u64) -> Self {
        let mut random = Random(job(worker, number).wrapping_mul(0x1234_5677));
        let name = random.below(NAMES);
        Self {
            name: format!("{worker}-{name}"),
            path: format!("{worker}/{name}.txt"),
            number,
            kind: random.below(4),
        }
    }

    fn contents(&self) -> String {
        format!("{} ", self.number).repeat(500)
    }

    async fn run(&self, resources: &ResourceManager) {
        let exists = resources
            .get_resource(&self.name)
            .await
            .expect("an answer")
            .is_some();
        let metadata = json!({"number": self.number});
        match (self.kind, exists) {
            (0, true) => resources
                .delete_resource(&self.name)
                .await
                .expect("deleted"),
            (0, false) => {}
            (1, true) => {
                let mut writer = resources
                    .write_resource(&self.name)
                    .await
                    .expect("a writer");
                writer
                    .write_all(self.contents().as_bytes())
                    .await
                    .expect("it takes bytes");
                writer.commit().await.expect("in place");
            }
            (_, true) => drop(
                resources
                    .update_resource(&self.name, metadata)
                    .await
                    .expect("done"),
            ),
            (_, false) => {
                let created = resources
                    .create_resource(&self.name, &self.path, metadata)
                    .await;
                created.expect("made");
            }
        }
    }

    fn apply(&self, state: &mut State) {
        match (self.kind, state.numbers.contains_key(&self.name)) {
            (0, _) => drop(state.numbers.remove(&self.name)),
            (1, true) => drop(state.contents.insert(self.path.clone(), self.contents())),
            _ => drop(state.numbers.insert(self.name.clone(), self.number)),
        }
    }
}

/// What a worker has made of its resources.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    numbers: BTreeMap<String, u64>,
    contents: BTreeMap<String, String>,
}

/// Does its operations, and says of each when it is done.
pub(crate) async fn work(resources: &ResourceManager, job: u64, say: fn(u64)) {
    let worker = job % WORKERS;
    for number in job / WORKERS.. {
        Operation::new(worker, number).run(resources).await;
        say(number);
    }
}

/// Waits for the process to say so much, then for a moment, and kills it. Returns how many operations were done.
fn killed(dir: &Path, worker: u64, first: u64, random: &mut Random) -> u64 {
    let mut process = Process::start("work", dir, job(worker, first));
    let mut done = first;
    let mut heard = |process: &mut Process| {
        let number = process.hear();
        if let Some(number) = &number {
            assert_eq!(number.parse(), Ok(done), "what it says");
            done += 1;
        }
        number.is_some()
    };
    for _ in 0..random.below(4) {
        assert!(heard(&mut process), "it has ended before it was killed");
    }
    let moment = Duration::from_micros(random.below(2_500));
    let start = Instant::now();
    while start.elapsed() < moment {
        std::hint::spin_loop();
    }
    process.child.kill().expect("it runs");
    while heard(&mut process) {}
    let status = process.child.wait().expect("it has ended");
    assert!(
        !status.success() && status.code().is_none(),
        "it has ended before: {status}"
    );
    done
}

/// What there is of a worker's resources.
async fn found(resources: &ResourceManager, dir: &Path, worker: u64) -> State {
    let mut state = State::default();
    let list = resources
        .list_resources()
        .await
        .expect("the index is whole");
    let own = format!("{worker}-");
    for info in list.into_iter().filter(|info| info.name.starts_with(&own)) {
        let number = info.metadata["number"].as_u64().expect("a number");
        state.numbers.insert(info.name, number);
    }
    for name in 0..NAMES {
        let path = format!("{worker}/{name}.txt");
        let contents = std::fs::read_to_string(dir.join(&path)).expect("contents");
        state.contents.insert(path, contents);
    }
    state
}

/// Kills processes, one after the other, that go on where the last one was killed.
async fn kill(dir: &Path, worker: u64) -> u64 {
    let resources = open(dir).await;
    let mut random = Random(worker);
    let mut expected = found(&resources, dir, worker).await;
    let mut done = 0;
    for kill in 0..KILLS {
        let first = done;
        done = killed(dir, worker, first, &mut random);
        for number in first..done {
            Operation::new(worker, number).apply(&mut expected);
        }
        let found = found(&resources, dir, worker).await;
        if found != expected {
            // It was killed after it had done one more, and before it could say so.
            let unheard = Operation::new(worker, done);
            unheard.apply(&mut expected);
            assert_eq!(found, expected, "after {kill} kills and {done} operations");
            done += 1;
        }
        assert_eq!(resources.recovery(), None);
    }
    done
}

/// The workers share a directory, so that each goes on while others are killed, also in the middle of a change.
#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let folder = folder(&[]);
    for worker in 0..WORKERS {
        std::fs::create_dir(folder.path().join(worker.to_string())).expect("a folder");
        for name in 0..NAMES {
            std::fs::write(folder.path().join(format!("{worker}/{name}.txt")), "").expect("a file");
        }
    }
    let run = |worker| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime.block_on(kill(folder.path(), worker))
    };
    let done: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| scope.spawn(move || run(worker)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("it finds all"))
            .sum()
    });
    println!(
        "{} kills, {done} operations were acknowledged and found",
        WORKERS * KILLS
    );
    assert!(done > WORKERS * KILLS / 2, "only {done} operations");
    // One more opening sweeps up what they have left.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let resources = open(folder.path()).await;
        assert_eq!(resources.recovery(), None);
    });
    let left = files(folder.path());
    assert!(!left.iter().any(|path| path.ends_with(".tmp")), "{left:?}");
}
