//! Hooks that run at the same time.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::time::Duration;

use pepperplug::prelude::*;
use tokio::sync::Barrier;
use tokio::time::{Instant, sleep};

async fn started(plugins: &'static PluginSet) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

async fn wait(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[event("gathered", mode = collect, output = u64)]
pub struct Gathered;

/// Each hook answers with the seconds that it takes. By name: a first one, a group of three, one that stands alone.
#[plugin(name = "gatherer")]
pub struct Gatherer;

#[plugin]
impl Gatherer {
    #[hook("gathered")]
    async fn a_alone(&self, _: &Gathered) -> u64 {
        wait(1).await;
        1
    }

    #[hook("gathered", parallel)]
    async fn b_slow(&self, _: &Gathered) -> u64 {
        wait(7).await;
        7
    }

    #[hook("gathered", parallel)]
    fn c_at_once(&self, _: &Gathered) -> u64 {
        0
    }

    #[hook("gathered", parallel)]
    async fn d_fails(&self, _: &Gathered) -> Result<u64, String> {
        wait(3).await;
        Err("no answer".to_owned())
    }

    #[hook("gathered", sequential)]
    async fn e_sequential(&self, _: &Gathered) -> u64 {
        wait(2).await;
        2
    }

    /// Parallel, but with nobody beside it.
    #[hook("gathered", parallel)]
    async fn f_parallel(&self, _: &Gathered) -> u64 {
        wait(4).await;
        4
    }

    /// Of another priority, so of no group with the one before.
    #[hook("gathered", parallel, priority = low)]
    async fn g_low(&self, _: &Gathered) -> u64 {
        wait(5).await;
        5
    }
}

static GATHERER: PluginSet = plugins![Gatherer];

#[tokio::test(start_paused = true)]
async fn parallel_hooks_of_one_priority_run_at_once_and_their_results_keep_the_order() {
    let manager = started(&GATHERER).await;
    let begun = Instant::now();
    let results = manager.emit(&Gathered).await.expect("it runs");
    assert_eq!(begun.elapsed().as_secs(), 1 + 7 + 2 + 4 + 5);
    let told: Vec<_> = results
        .iter()
        .map(|result| (result.hook, result.outcome.as_ref().ok().copied()))
        .collect();
    assert_eq!(
        told,
        [
            ("a_alone", Some(1)),
            ("b_slow", Some(7)),
            ("c_at_once", Some(0)),
            ("d_fails", None),
            ("e_sequential", Some(2)),
            ("f_parallel", Some(4)),
            ("g_low", Some(5)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn each_result_tells_how_long_its_own_hook_took() {
    let manager = started(&GATHERER).await;
    let results = manager.emit(&Gathered).await.expect("it runs");
    let took: Vec<_> = results.iter().map(|r| r.duration.as_secs()).collect();
    assert_eq!(took, [1, 7, 0, 3, 2, 4, 5]);
}

#[event("met")]
pub struct Met;

/// Each of its hooks waits for the other.
#[plugin(name = "meeting")]
pub struct Meeting {
    #[init(Barrier::new(2))]
    barrier: Barrier,
}

#[plugin]
impl Meeting {
    #[hook("met", parallel)]
    async fn one(&self, _: &Met) {
        self.barrier.wait().await;
    }

    #[hook("met", parallel)]
    async fn two(&self, _: &Met) {
        self.barrier.wait().await;
    }
}

static MEETING: PluginSet = plugins![Meeting];

#[tokio::test]
async fn parallel_hooks_may_wait_for_each_other() {
    let manager = started(&MEETING).await;
    manager.emit(&Met).await.expect("no hook fails");
}

#[event("ranked", timeout = "10s")]
pub struct Ranked;

#[plugin(name = "leader")]
#[derive(Default)]
pub struct Leader(Mutex<Vec<&'static str>>);

#[plugin]
impl Leader {
    #[hook("ranked", parallel)]
    async fn lead(&self, _: &Ranked) {
        wait(1).await;
        self.0.lock().expect("no panic").push("leader");
    }
}

/// Parallel, yet told to come after the leader.
#[plugin(name = "follower")]
pub struct Follower {
    #[inject]
    leader: Arc<Leader>,
}

#[plugin]
impl Follower {
    #[hook("ranked", parallel, after = "leader")]
    fn follow(&self, _: &Ranked) {
        self.leader.0.lock().expect("no panic").push("follower");
    }
}

static RANKED: PluginSet = plugins![Leader, Follower];

#[tokio::test(start_paused = true)]
async fn a_hook_that_comes_after_another_does_not_run_beside_it() {
    let manager = started(&RANKED).await;
    manager.emit(&Ranked).await.expect("no hook fails");
    let leader = manager.get::<Leader>().expect("it runs");
    assert_eq!(*leader.0.lock().expect("no panic"), ["leader", "follower"]);
}

#[event("told")]
pub struct Told;

#[plugin(name = "unlucky")]
#[derive(Default)]
pub struct Unlucky(Mutex<Vec<&'static str>>);

#[plugin]
impl Unlucky {
    #[hook("told", parallel, timeout = "2s")]
    async fn a_hangs(&self, _: &Told) {
        std::future::pending::<()>().await;
    }

    #[hook("told", parallel)]
    async fn b_panics(&self, _: &Told) {
        wait(1).await;
        panic!("beside others");
    }

    #[hook("told", parallel)]
    async fn c_goes_on(&self, _: &Told) {
        wait(5).await;
        self.0.lock().expect("no panic").push("went on");
    }
}

static UNLUCKY: PluginSet = plugins![Unlucky];

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_leaves_those_beside_it_alone() {
    let manager = started(&UNLUCKY).await;
    let begun = Instant::now();
    let failed = manager.emit(&Told).await.expect_err("two fail");
    assert_eq!(begun.elapsed().as_secs(), 5);
    assert_eq!(
        failed.to_string(),
        "\
[PP242] 2 hooks failed on event `told`
  hook `a_hangs` of plugin `unlucky` failed on event `told`: it was not done after 2s
  hook `b_panics` of plugin `unlucky` failed on event `told`: it panicked: beside others"
    );
    let unlucky = manager.get::<Unlucky>().expect("it runs");
    assert_eq!(*unlucky.0.lock().expect("no panic"), ["went on"]);
}

#[event("asked", mode = first, output = &'static str)]
pub struct Asked;

#[event("changed", mode = transform)]
pub struct Changed(Vec<&'static str>);

#[plugin(name = "racer")]
pub struct Racer;

#[plugin]
impl Racer {
    #[hook("asked", parallel)]
    async fn a_slow(&self, _: &Asked) -> Option<&'static str> {
        wait(2).await;
        Some("slow")
    }

    #[hook("asked", parallel)]
    fn b_fast(&self, _: &Asked) -> Option<&'static str> {
        Some("fast")
    }

    #[hook("changed")]
    async fn c_slow(&self, changed: &mut Changed) {
        wait(2).await;
        changed.0.push("slow");
    }

    #[hook("changed")]
    async fn d_fast(&self, changed: &mut Changed) {
        changed.0.push("fast");
    }
}

static RACER: PluginSet = plugins![Racer];

#[tokio::test(start_paused = true)]
async fn in_mode_first_the_order_decides_and_not_the_speed() {
    let manager = started(&RACER).await;
    let answer = manager.emit(&Asked).await.expect("no hook fails");
    assert_eq!(answer, Some("slow"));
}

#[tokio::test(start_paused = true)]
async fn in_mode_transform_hooks_never_run_at_once() {
    let manager = started(&RACER).await;
    let mut changed = Changed(Vec::new());
    manager.emit(&mut changed).await.expect("no hook fails");
    assert_eq!(changed.0, ["slow", "fast"]);
}

/// An event whose hooks wait at the same time without saying so.
#[event("spread", parallel, mode = collect, output = u64)]
pub struct Spread;

#[plugin(name = "spreader")]
pub struct Spreader;

#[plugin]
impl Spreader {
    #[hook("spread")]
    async fn a(&self, _: &Spread) -> u64 {
        wait(3).await;
        3
    }

    #[hook("spread")]
    async fn b(&self, _: &Spread) -> u64 {
        wait(4).await;
        4
    }

    #[hook("spread", sequential)]
    async fn c_is_a_barrier(&self, _: &Spread) -> u64 {
        wait(1).await;
        1
    }

    #[hook("spread")]
    async fn d(&self, _: &Spread) -> u64 {
        wait(5).await;
        5
    }

    #[hook("spread")]
    async fn e(&self, _: &Spread) -> u64 {
        wait(2).await;
        2
    }
}

static SPREADER: PluginSet = plugins![Spreader];

#[tokio::test(start_paused = true)]
async fn an_event_may_say_so_for_its_hooks_and_one_of_them_may_be_a_barrier() {
    let manager = started(&SPREADER).await;
    let begun = Instant::now();
    let results = manager.emit(&Spread).await.expect("it runs");
    assert_eq!(begun.elapsed().as_secs(), 4 + 1 + 5);
    let answers: Vec<_> = results
        .iter()
        .filter_map(|r| r.outcome.as_ref().ok())
        .collect();
    assert_eq!(answers, [&3, &4, &1, &5, &2]);
}
