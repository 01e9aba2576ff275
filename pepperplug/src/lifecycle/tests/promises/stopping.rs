//! The shutdown, whenever it comes.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_shutdown_whose_caller_has_gone_goes_on() {
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], WELL).cleans_up(Act::Ends(40, End::Well)),
    ]);
    manager.initialize().await.expect("it goes well");
    timeout(ms(10), manager.shutdown())
        .await
        .expect_err("it takes longer");
    manager.shutdown().await.expect("it goes well");
    assert_eq!(
        stage.told()[4..],
        [
            "0 ms: b cleanup begun",
            "40 ms: b cleaned up",
            "40 ms: a cleanup begun",
            "40 ms: a cleaned up",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_keeps_going_past_every_failure_and_names_each() {
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("hangs", &[Want::Arc(0)], WELL).cleans_up(Act::Hangs),
        role("panics", &[Want::Arc(1)], WELL).cleans_up(Act::Ends(10, End::InPanic)),
        role("unspeakable", &[Want::Arc(2)], WELL).cleans_up(Act::Ends(0, End::InErrorThatPanics)),
        role("fails", &[Want::Arc(3)], WELL).cleans_up(Act::Ends(0, End::InError)),
        role("z", &[Want::Arc(4)], WELL),
    ]);
    manager.initialize().await.expect("it goes well");
    let error = manager.shutdown().await.expect_err("some fail");
    assert_eq!(
        error.to_string(),
        "[PP231] the application stopped, with problems
  fails        its cleanup failed: it is out of order
  unspeakable  its cleanup panicked: its error cannot be written
  panics       its cleanup panicked: it fell over
  hangs        not cleaned up after 50ms, its limit"
    );
    assert_eq!(
        stage.told()[12..],
        [
            "0 ms: fails cleanup begun",
            "0 ms: fails cleanup failed",
            "0 ms: unspeakable cleanup begun",
            "0 ms: unspeakable cleanup failed",
            "0 ms: panics cleanup begun",
            "10 ms: panics cleanup failed",
            "10 ms: hangs cleanup begun",
            "60 ms: hangs cleanup cancelled",
            "60 ms: a cleanup begun",
            "60 ms: a cleaned up",
        ]
    );
    let state = |name| manager.get_by_name(name).expect("it is one").state();
    assert_eq!(state("a"), PluginState::Stopped);
    assert_eq!(state("hangs"), PluginState::Failed);
}

#[tokio::test(start_paused = true)]
async fn each_cleanup_is_begun_even_when_the_time_of_the_whole_is_used_up() {
    let (stage, manager) = Stage::raise(
        vec![
            role("a", &[], WELL).cleans_up(Act::Ends(90, End::Well)),
            role("b", &[Want::Arc(0)], WELL).cleans_up(Act::Hangs),
            role("c", &[Want::Arc(1)], WELL).cleans_up(Act::Hangs),
        ],
        |builder| builder.cleanup_timeout(ms(400)).shutdown_timeout(ms(500)),
    );
    manager.initialize().await.expect("it goes well");
    let error = manager.shutdown().await.expect_err("two hang");
    assert_eq!(
        error.to_string(),
        "[PP231] the application stopped, with problems
  c  not cleaned up after 400ms, its limit
  b  not cleaned up after 100ms, its limit"
    );
    assert_eq!(
        stage.told()[6..],
        [
            "0 ms: c cleanup begun",
            "400 ms: c cleanup cancelled",
            "400 ms: b cleanup begun",
            "500 ms: b cleanup cancelled",
            "500 ms: a cleanup begun",
            "590 ms: a cleaned up",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_during_the_start_takes_the_start_back() {
    let (stage, manager) = raise(vec![
        role("a", &[], Act::Ends(10, End::Well)).cleans_up(Act::Ends(10, End::InError)),
        role("b", &[Want::Arc(0)], Act::Hangs).cleans_up(WELL),
        role("c", &[Want::Arc(1)], WELL),
    ]);
    let shutdown = async {
        sleep(ms(30)).await;
        manager.shutdown().await
    };
    let (started, stopped) = tokio::join!(manager.initialize(), shutdown);
    let Err(Error::Start(error)) = started else {
        panic!("it started: {started:?}")
    };
    assert!(error.was_shut_down());
    assert_eq!(
        error.to_string(),
        "[PP230] the application did not start: it was shut down before it had started
  b  cancelled  after 0.02 s
  a  stopped    (had started in 0.01 s; rolled back; its cleanup failed: it is out of order)
  c  not begun  (waits for b)"
    );
    // Who shut it down hears of it as well.
    assert_eq!(
        stopped.expect_err("a cleanup failed").to_string(),
        "[PP231] the application stopped, with problems
  a  its cleanup failed: it is out of order"
    );
    assert_eq!(
        stage.told(),
        [
            "0 ms: a begun",
            "10 ms: a ready",
            "10 ms: b begun",
            "30 ms: b cancelled",
            "30 ms: a cleanup begun",
            "40 ms: a cleanup failed",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_manager_dropped_during_the_start_takes_the_start_back() {
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], Act::Hangs),
    ]);
    timeout(ms(30), manager.initialize())
        .await
        .expect_err("it hangs");
    drop(manager);
    sleep(ms(1)).await;
    assert_eq!(
        stage.told()[3..],
        [
            "30 ms: b cancelled",
            "30 ms: a cleanup begun",
            "30 ms: a cleaned up",
        ]
    );
    assert_eq!(stage.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_manager_dropped_before_the_start_has_its_first_turn_begins_nothing() {
    let (stage, manager) = raise(vec![role("a", &[], WELL)]);
    assert!(manager.initialize().now_or_never().is_none());
    drop(manager);
    sleep(ms(1)).await;
    assert_eq!(stage.take_log(), [], "it is not even built");
}

#[tokio::test(start_paused = true)]
async fn a_manager_dropped_while_it_runs_lets_go_of_its_plugins() {
    let (stage, manager) = raise(vec![
        role("a", &[Want::Lazy(1)], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], WELL).cleans_up(WELL),
    ]);
    manager.initialize().await.expect("it goes well");
    let clone = manager.clone();
    drop(manager);
    assert_eq!(stage.alive(), 2, "a clone is the same manager");
    drop(clone);
    assert_eq!(stage.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_has_stopped_does_not_start_again() {
    let (stage, manager) = raise(vec![role("a", &[], WELL)]);
    manager.shutdown().await.expect("there is nothing to stop");
    let again = manager.initialize().await;
    assert!(matches!(again, Err(Error::Stopped)), "{again:?}");
    assert_eq!(stage.told(), [""; 0]);
}
