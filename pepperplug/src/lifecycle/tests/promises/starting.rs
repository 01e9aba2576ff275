//! The start: its order, and what becomes of it when something fails.

use super::*;

#[tokio::test(start_paused = true)]
async fn each_begins_when_its_own_dependencies_are_ready_and_independent_ones_overlap() {
    let (stage, manager) = raise(vec![
        role("slow", &[], Act::Ends(90, End::Well)),
        role("quick", &[], Act::Ends(10, End::Well)),
        role("on-quick", &[Want::Arc(1)], Act::Ends(90, End::Well)),
        role("on-both", &[Want::Arc(0), Want::Requires(1, 0)], WELL),
    ]);
    manager.initialize().await.expect("nothing fails");
    assert_eq!(
        stage.told(),
        [
            "0 ms: quick begun",
            "0 ms: slow begun",
            "10 ms: quick ready",
            "10 ms: on-quick begun",
            "90 ms: slow ready",
            "90 ms: on-both begun",
            "90 ms: on-both ready",
            "100 ms: on-quick ready",
        ]
    );
    let handle = manager.get_by_name("on-quick").expect("it is one");
    assert_eq!(handle.initialized_in(), Some(ms(90)));
}

#[tokio::test(start_paused = true)]
async fn a_failure_ends_the_start_and_undoes_it_in_reverse() {
    let (stage, manager) = raise(vec![
        role("config", &[], WELL).cleans_up(Act::Ends(20, End::Well)),
        role("cache", &[Want::Arc(0)], Act::Ends(10, End::Well)).cleans_up(WELL),
        role("database", &[Want::Arc(0)], Act::Ends(50, End::InError)).cleans_up(WELL),
        role("mail", &[], Act::Hangs).cleans_up(WELL),
        role("auth", &[Want::Arc(2), Want::Arc(1), Want::Option(3)], WELL),
        role("web", &[Want::Arc(4)], WELL),
        role(
            "report",
            &[Want::Option(3), Want::ServiceMany(0), Want::Option(3)],
            WELL,
        ),
        Role {
            plugin: PluginSketch::new("feed", &[Want::Arc(3)]).provides(0),
            initialize: WELL,
            cleanup: WELL,
        },
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  database  failed     after 0.05 s: it is out of order
  mail      cancelled  after 0.05 s
  cache     stopped    (had started in 0.01 s; rolled back)
  config    stopped    (had started in 0.00 s; rolled back)
  auth      not begun  (waits for database)
  feed      not begun  (waits for mail)
  report    not begun  (waits for feed, mail)
  web       not begun  (waits for auth)"
    );
    assert_eq!(
        stage.told(),
        [
            "0 ms: config begun",
            "0 ms: config ready",
            "0 ms: cache begun",
            "0 ms: database begun",
            "0 ms: mail begun",
            "10 ms: cache ready",
            "50 ms: database failed",
            "50 ms: mail cancelled",
            "50 ms: cache cleanup begun",
            "50 ms: cache cleaned up",
            "50 ms: config cleanup begun",
            "70 ms: config cleaned up",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn two_that_fail_at_once_are_both_named_the_first_cause_first() {
    let (stage, manager) = raise(vec![
        role("a", &[], Act::Ends(20, End::InError)),
        role("b", &[], Act::Ends(20, End::InPanic)),
        role("c", &[], Act::Ends(10, End::InError)).optional(),
        role("d", &[Want::Arc(2)], WELL).optional(),
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  a  failed     after 0.02 s: it is out of order
  b  failed     after 0.02 s: it panicked: it fell over
  c  failed     after 0.01 s: it is out of order
  d  not begun  (waits for c)"
    );
    assert_eq!(
        stage.told()[3..],
        ["10 ms: c failed", "20 ms: a failed", "20 ms: b failed"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_wherever_it_comes_from_is_an_error_that_names_the_plugin() {
    for (act, text) in [
        (Act::Ends(0, End::InPanic), "it panicked: it fell over"),
        (Act::Ends(5, End::InPanic), "it panicked: it fell over"),
        (
            Act::Ends(0, End::InErrorThatPanics),
            "it panicked: its error cannot be written",
        ),
        (
            Act::CannotBeBuilt,
            "it panicked while it was built: it cannot be built",
        ),
    ] {
        let (_stage, manager) = raise(vec![role("a", &[], act)]);
        let error = fails(&manager).await;
        let told = error.rsplit_once(" s: ").map(|(_, told)| told);
        assert_eq!(told, Some(text), "{error}");
        let handle = manager.get_by_name("a").expect("it is one");
        assert_eq!(handle.state(), PluginState::Failed);
        assert_eq!(handle.reason(), Some(text));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_too_long_is_cancelled_and_named_by_its_own_limit() {
    let (stage, manager) = raise(vec![
        role("patient", &[], Act::Ends(130, End::Well)).limit(150),
        role("hasty", &[], Act::Ends(130, End::Well))
            .limit(30)
            .optional(),
        role("usual", &[], Act::Hangs),
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  usual    failed     after 0.10 s: not initialized after 100ms, its limit
  hasty    failed     after 0.03 s: not initialized after 30ms, its limit
  patient  cancelled  after 0.10 s"
    );
    assert_eq!(
        stage.told()[3..],
        [
            "30 ms: hasty cancelled",
            "100 ms: usual cancelled",
            "100 ms: patient cancelled"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn several_whose_time_is_up_at_once_are_cancelled_and_named_in_order() {
    let names: Vec<String> = (0..20).map(|number| format!("p{number:02}")).collect();
    let roles = names
        .iter()
        .map(|name| role(name, &[], Act::Hangs).optional());
    let (stage, manager) = raise(roles.collect());
    manager.initialize().await.expect("it can be without them");
    // What is cancelled ends when its task has its next turn.
    tokio::task::yield_now().await;
    let cancelled: Vec<String> = (names.iter())
        .map(|name| format!("100 ms: {name} cancelled"))
        .collect();
    assert_eq!(stage.told()[20..], cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_has_a_deadline_of_its_own() {
    let (stage, manager) = Stage::raise(
        vec![
            role("a", &[], WELL).cleans_up(Act::Ends(150, End::Well)),
            role("b", &[Want::Arc(0)], Act::Hangs),
        ],
        |builder| {
            builder
                .initialize_timeout(ms(5_000))
                .shutdown_timeout(ms(200))
        },
    );
    manager.initialize().await.expect_err("it cannot start");
    assert_eq!(
        stage.told()[3..],
        [
            "5000 ms: b cancelled",
            "5000 ms: a cleanup begun",
            "5150 ms: a cleaned up",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_in_a_rollback_is_told_with_its_cause() {
    let (_stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(Act::Ends(5, End::InError)),
        role("b", &[Want::Arc(0)], WELL).cleans_up(Act::Hangs),
        role("c", &[Want::Arc(1)], WELL).cleans_up(Act::Ends(0, End::InPanic)),
        role("d", &[Want::Arc(2)], Act::Ends(0, End::InError)),
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  d  failed     after 0.00 s: it is out of order
  c  stopped    (had started in 0.00 s; rolled back; its cleanup panicked: it fell over)
  b  stopped    (had started in 0.00 s; rolled back; not cleaned up after 50ms, its limit)
  a  stopped    (had started in 0.00 s; rolled back; its cleanup failed: it is out of order)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_caller_has_gone_goes_on() {
    let (stage, manager) = raise(vec![role("a", &[], Act::Ends(50, End::Well))]);
    timeout(ms(10), manager.initialize())
        .await
        .expect_err("it takes longer");
    let since = Instant::now();
    manager.initialize().await.expect("it goes well");
    assert_eq!(since.elapsed(), ms(40), "it waits for the same start");
    assert_eq!(stage.told(), ["0 ms: a begun", "50 ms: a ready"]);
}

#[tokio::test(start_paused = true)]
async fn a_hook_on_app_startup_that_fails_takes_the_start_back() {
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], WELL).cleans_up(Act::Hangs),
    ]);
    stage.closed.store(true, Ordering::Relaxed);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start: a hook on `app.startup` failed: [PP242] 2 hooks failed on event `app.startup`
    hook `on_startup` of plugin `a` failed on event `app.startup`: it stays closed
    hook `on_startup` of plugin `b` failed on event `app.startup`: it stays closed
  b  stopped    (had started in 0.00 s; rolled back; not cleaned up after 50ms, its limit)
  a  stopped    (had started in 0.00 s; rolled back)"
    );
    assert_eq!(
        stage.told()[4..],
        [
            "0 ms: b cleanup begun",
            "50 ms: b cleanup cancelled",
            "50 ms: a cleanup begun",
            "50 ms: a cleaned up",
        ]
    );
    assert_eq!(stage.alive(), 0);
    stage.closed.store(false, Ordering::Relaxed);
    manager.initialize().await.expect("it opens");
}

#[tokio::test(start_paused = true)]
async fn a_start_was_shut_down_only_where_no_failure_had_ended_it_before() {
    // Fails while it is built, so that nothing is awaited between its failure and the next look at the shutdown.
    let (stage, manager) = raise(vec![role("a", &[], Act::CannotBeBuilt)]);
    let shuts_down = manager.clone();
    *stage.when_not_built.lock().expect("no panic while held") =
        Some(Box::new(move || drop(shuts_down.shutdown().now_or_never())));
    let Err(Error::Start(error)) = manager.initialize().await else {
        panic!("it cannot start")
    };
    assert!(!error.was_shut_down(), "{error}");
    assert!(error.failed().eq(["a"]), "{error}");
    manager.shutdown().await.expect("nothing had started");
}

#[tokio::test(start_paused = true)]
async fn after_a_failed_start_another_one_begins_anew() {
    let (stage, manager) = raise(vec![
        role("a", &[], WELL).cleans_up(WELL),
        role("b", &[Want::Arc(0)], Act::Ends(0, End::InError)).cleans_up(WELL),
    ]);
    fails(&manager).await;
    assert_eq!(stage.alive(), 0, "a failed start keeps nothing");
    stage.take_log();
    stage.heal();
    manager
        .initialize()
        .await
        .expect("nothing is wrong any more");
    let handle = manager.get_by_name("b").expect("it is one");
    assert_eq!(
        (handle.state(), handle.reason()),
        (PluginState::Ready, None)
    );
    manager.shutdown().await.expect("it goes well");
    assert_eq!(
        stage.told(),
        [
            "0 ms: a begun",
            "0 ms: a ready",
            "0 ms: b begun",
            "0 ms: b ready",
            "0 ms: b cleanup begun",
            "0 ms: b cleaned up",
            "0 ms: a cleanup begun",
            "0 ms: a cleaned up",
        ]
    );
}

#[test]
fn a_runtime_that_ends_during_the_start_leaves_nobody_waiting() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime starts")
    };
    let first = runtime();
    let (stage, manager) = first.block_on(async {
        let (stage, manager) = raise(vec![role("a", &[], Act::Hangs)]);
        // Polled once: the start begins, and this future is dropped.
        tokio::select! {
            biased;
            _ = manager.initialize() => unreachable!("it hangs"),
            () = core::future::ready(()) => {}
        }
        (stage, manager)
    });
    drop(first);
    assert_eq!(stage.alive(), 0);
    let stopped = runtime().block_on(manager.shutdown());
    assert!(stopped.is_ok(), "{stopped:?}");
}

#[test]
fn without_a_runtime_nothing_begins() {
    let (stage, manager) = raise(vec![role("a", &[], WELL)]);
    let started = manager.initialize().now_or_never();
    assert!(
        matches!(started, Some(Err(Error::NoRuntime))),
        "{started:?}"
    );
    let stopped = manager.shutdown().now_or_never();
    assert!(
        matches!(stopped, Some(Err(Error::NoRuntime))),
        "{stopped:?}"
    );
    assert_eq!(stage.told(), [""; 0]);
}

#[test]
fn the_causes_of_an_error_are_told_once_each() {
    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }
    let layer = |text, source: Option<Layer>| Layer {
        text,
        source: source.map(Box::new),
    };
    let root = layer("no route to host", None);
    let repeats = layer("cannot connect: no route to host", Some(root));
    let error = layer("cannot read the users", Some(repeats));
    assert_eq!(
        crate::lifecycle::problem::error_chain(&error),
        "cannot read the users: cannot connect: no route to host"
    );
}
