//! Plugins that block their thread: no clock strikes for them, so these run on real threads and real time. Nothing
//! sleeps: each blocks until it is let go, and whoever waits for something watches for it.

use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use super::super::PluginState;
use super::promises::role;
use super::stage::{Act, End, Latch, Role, Stage};
use crate::error::Error;
use crate::graph::tests::sketch::Want;
use crate::manager::PluginManager;

const WELL: Act = Act::Ends(0, End::Well);

/// Those that start well have all the time they want, however busy the machine; cleanups have a short limit, since
/// these tests wait for it.
fn raise(roles: Vec<Role>) -> (Arc<Stage>, PluginManager) {
    Stage::raise(roles, |builder| {
        builder.cleanup_timeout(Duration::from_secs(1))
    })
}

/// Opens the latch when it is dropped, so that a test that fails does not leave the runtime waiting for ever.
struct Opens(Arc<Latch>);

impl Drop for Opens {
    fn drop(&mut self) {
        self.0.open();
    }
}

fn latch() -> (Opens, Act) {
    let latch = Arc::new(Latch::default());
    (Opens(Arc::clone(&latch)), Act::Blocks(latch))
}

/// Lets others run until it is so.
async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(20), "never {what}");
        tokio::task::yield_now().await;
    }
}

/// What happened, without the times: they are those of the machine.
fn told(stage: &Stage) -> Vec<String> {
    let told = stage.told();
    let what = |line: &String| line.split_once(": ").map(|(_, what)| what.to_owned());
    told.iter().filter_map(what).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_blocks_its_thread_does_not_block_the_error_and_is_cleaned_up_when_it_ends() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("blocks", &[Want::Arc(0)], blocks)
            .limit(20)
            .cleans_up(WELL),
    ]);
    let Err(Error::Start(error)) = manager.initialize().await else {
        panic!("it started")
    };
    assert_eq!(Vec::from_iter(error.failed()), ["blocks"]);
    assert_eq!(Vec::from_iter(error.still_running()), ["blocks"]);
    assert_eq!(Vec::from_iter(error.rolled_back()), ["a"]);
    let text = error.to_string();
    assert!(
        text.contains("not initialized after 20ms, its limit"),
        "{text}"
    );
    assert!(
        text.contains("but still running: it blocks its thread"),
        "{text}"
    );
    assert_eq!(
        told(&stage),
        [
            "a begun",
            "a ready",
            "blocks begun",
            "a cleanup begun",
            "a cleaned up"
        ]
    );
    drop(latch);
    until("gone", || stage.alive() == 0).await;
    assert_eq!(
        told(&stage),
        ["blocks ready", "blocks cleanup begun", "blocks cleaned up"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_optional_one_that_blocks_its_thread_is_left_behind() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![
        role("blocks", &[], blocks)
            .limit(20)
            .cleans_up(WELL)
            .optional(),
        role("web", &[Want::Option(0)], WELL).cleans_up(WELL),
    ]);
    manager.initialize().await.expect("it can be without it");
    assert_eq!(told(&stage), ["blocks begun", "web begun", "web ready"]);
    drop(latch);
    until("cleaned up", || stage.alive() == 1).await;
    assert_eq!(
        told(&stage),
        ["blocks ready", "blocks cleanup begun", "blocks cleaned up"]
    );
    let state = manager.get_by_name("blocks").expect("it is one").state();
    assert_eq!(state, PluginState::Failed);
    manager.shutdown().await.expect("it goes well");
    assert_eq!(
        told(&stage),
        ["web cleanup begun", "web cleaned up"],
        "once is enough"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_ends_late_but_while_it_is_waited_for_is_rolled_back_with_the_others() {
    let (latch, blocks) = latch();
    let (stage, manager) = Stage::raise(
        vec![
            role("a", &[], WELL).cleans_up(WELL),
            role("blocks", &[Want::Arc(0)], blocks)
                .limit(20)
                .cleans_up(WELL),
        ],
        |builder| builder,
    );
    let failed = || {
        let handle = manager.get_by_name("blocks").expect("it is one");
        handle.state() == PluginState::Failed
    };
    let let_go = async {
        until("late", failed).await;
        drop(latch);
    };
    let (outcome, ()) = tokio::join!(manager.initialize(), let_go);
    let Err(Error::Start(error)) = outcome else {
        panic!("it started")
    };
    assert_eq!(Vec::from_iter(error.failed()), ["blocks"]);
    assert_eq!(Vec::from_iter(error.still_running()), [""; 0]);
    assert_eq!(Vec::from_iter(error.rolled_back()), ["blocks", "a"]);
    let handle = manager.get_by_name("blocks").expect("it is one");
    assert_eq!(handle.state(), PluginState::Failed);
    assert!(handle.initialized_in() >= Some(Duration::from_millis(20)));
    assert_eq!(
        told(&stage),
        [
            "a begun",
            "a ready",
            "blocks begun",
            "blocks ready",
            "blocks cleanup begun",
            "blocks cleaned up",
            "a cleanup begun",
            "a cleaned up",
        ]
    );
    assert_eq!(stage.alive(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cleanup_that_blocks_its_thread_is_named_and_the_others_go_on() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("blocks", &[Want::Arc(0)], WELL).cleans_up(blocks),
    ]);
    manager.initialize().await.expect("it goes well");
    let error = manager.shutdown().await.expect_err("it blocks");
    assert_eq!(
        error.to_string(),
        "[PP231] the application stopped, with problems
  blocks  not cleaned up after 1s, its limit, and still running: it blocks its thread"
    );
    assert_eq!(
        told(&stage)[4..],
        ["blocks cleanup begun", "a cleanup begun", "a cleaned up"]
    );
    drop(latch);
    until("gone", || stage.alive() == 0).await;
}

/// Opens it once the limit of a millisecond has passed since the runtime's only thread waits for it.
fn open_too_late(latch: Opens) {
    std::thread::spawn(move || {
        latch.0.wait_until_reached();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(2) {
            std::thread::yield_now();
        }
        drop(latch);
    });
}

#[tokio::test]
async fn one_that_blocks_the_only_thread_past_its_limit_is_too_late_although_it_succeeds() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![role("blocks", &[], blocks).limit(1).cleans_up(WELL)]);
    open_too_late(latch);
    let Err(Error::Start(error)) = manager.initialize().await else {
        panic!("it started")
    };
    assert_eq!(Vec::from_iter(error.failed()), ["blocks"]);
    let text = error.to_string();
    assert!(text.contains("initialized only after"), "{text}");
    assert!(
        text.contains("over its limit of 1ms: it blocks its thread"),
        "{text}"
    );
    assert_eq!(
        told(&stage),
        [
            "blocks begun",
            "blocks ready",
            "blocks cleanup begun",
            "blocks cleaned up",
        ]
    );
}

#[tokio::test]
async fn a_cleanup_that_blocks_the_only_thread_past_its_limit_is_named_although_it_succeeds() {
    let (latch, blocks) = latch();
    let roles = vec![role("blocks", &[], WELL).cleans_up(blocks)];
    let (_stage, manager) = Stage::raise(roles, |builder| {
        builder.cleanup_timeout(Duration::from_millis(1))
    });
    manager.initialize().await.expect("it goes well");
    open_too_late(latch);
    let error = manager.shutdown().await.expect_err("it is late");
    let text = error.to_string();
    assert!(text.contains("\n  blocks  cleaned up only after"), "{text}");
    assert!(
        text.contains("over its limit of 1ms: it blocks its thread"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn independent_ones_that_block_their_threads_overlap() {
    let ((first, blocks), (second, blocks_too)) = (latch(), latch());
    let (stage, manager) = raise(vec![
        role("a", &[], blocks),
        role("b", &[], blocks_too),
        role("both", &[Want::Arc(0), Want::Arc(1)], WELL),
    ]);
    let let_go = async {
        // Each on a thread of its own, or this would wait for ever.
        first.0.wait_until_reached();
        second.0.wait_until_reached();
        drop((first, second));
    };
    let (started, ()) = tokio::join!(manager.initialize(), let_go);
    started.expect("it goes well");
    assert_eq!(
        told(&stage)[4..],
        ["both begun", "both ready"],
        "after both"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_come_after_one_that_blocks_its_thread_do_not_wait_for_its_limit() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![
        role("blocks", &[], blocks),
        role("c", &[], Act::Ends(2, End::Well)),
        role("on-c", &[Want::Arc(1)], WELL),
    ]);
    let others_are_ready = || {
        let state = |name| manager.get_by_name(name).expect("it is one").state();
        state("on-c") == PluginState::Ready && state("blocks") == PluginState::Initializing
    };
    let let_go = async {
        until("ready", others_are_ready).await;
        drop(latch);
    };
    let (started, ()) = tokio::join!(manager.initialize(), let_go);
    started.expect("it goes well");
    assert_eq!(
        told(&stage).last().map(String::as_str),
        Some("blocks ready")
    );
}

/// A thread for each that blocks one, and one for the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn after_each_cleanup_that_blocks_its_thread_the_others_go_on() {
    let ((first, blocks), (second, blocks_too)) = (latch(), latch());
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], WELL).cleans_up(Act::Ends(2, End::InError)),
        role("c", &[Want::Arc(1)], WELL).cleans_up(blocks),
        role("d", &[Want::Arc(2)], WELL).cleans_up(Act::Ends(2, End::Well)),
        role("e", &[Want::Arc(3)], WELL).cleans_up(blocks_too),
        role("f", &[Want::Arc(4)], WELL).cleans_up(WELL),
    ]);
    manager.initialize().await.expect("it goes well");
    told(&stage);
    let error = manager.shutdown().await.expect_err("they block");
    assert_eq!(
        error.to_string(),
        "[PP231] the application stopped, with problems
  e  not cleaned up after 1s, its limit, and still running: it blocks its thread
  c  not cleaned up after 1s, its limit, and still running: it blocks its thread
  b  its cleanup failed: it is out of order"
    );
    assert_eq!(
        told(&stage),
        [
            "f cleanup begun",
            "f cleaned up",
            "e cleanup begun",
            "d cleanup begun",
            "d cleaned up",
            "c cleanup begun",
            "b cleanup begun",
            "b cleanup failed",
            "a cleanup begun",
            "a cleaned up",
        ]
    );
    drop((first, second));
    until("gone", || stage.alive() == 0).await;
    let mut late = told(&stage);
    late.sort_unstable();
    assert_eq!(late, ["c cleaned up", "e cleaned up"], "once is enough");
}

/// What others that share the only thread see when they get their turn while a start goes on.
async fn while_it_starts(stage: &Stage) -> Vec<String> {
    tokio::task::yield_now().await;
    told(stage)
}

#[tokio::test]
async fn those_that_share_the_only_thread_get_their_turn_between_plugins_that_take_long() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![role("a", &[], blocks), role("b", &[], WELL)]);
    open_too_late(latch);
    let (started, seen) = tokio::join!(manager.initialize(), while_it_starts(&stage));
    started.expect("it goes well");
    assert_eq!(seen, ["a begun", "a ready"]);
    assert_eq!(told(&stage), ["b begun", "b ready"]);
}

#[tokio::test]
async fn a_shutdown_is_heeded_between_plugins_that_block_the_only_thread() {
    let (latch, blocks) = latch();
    let (stage, manager) = raise(vec![
        role("a", &[], blocks).cleans_up(WELL),
        role("b", &[], WELL).cleans_up(WELL),
    ]);
    open_too_late(latch);
    let shut_down = async {
        tokio::task::yield_now().await;
        manager.shutdown().await
    };
    let (started, stopped) = tokio::join!(manager.initialize(), shut_down);
    let Err(Error::Start(error)) = started else {
        panic!("it started")
    };
    assert!(error.was_shut_down(), "{error}");
    stopped.expect("it goes well");
    assert_eq!(
        told(&stage),
        ["a begun", "a ready", "a cleanup begun", "a cleaned up"]
    );
}
