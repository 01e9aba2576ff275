//! Plugins that an application can do without.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_is_optional_may_fail_and_takes_along_only_what_needs_it() {
    let (stage, manager) = raise(vec![
        role("cache", &[], Act::Ends(10, End::InError))
            .optional()
            .cleans_up(WELL),
        role("warmer", &[Want::Arc(0)], WELL)
            .optional()
            .cleans_up(WELL),
        role("web", &[Want::Option(0), Want::Option(1)], WELL).cleans_up(WELL),
    ]);
    manager.initialize().await.expect("it can be without them");
    let told = |name| {
        let handle = manager.get_by_name(name).expect("it is one");
        (handle.state(), handle.reason().map(str::to_owned))
    };
    let failed = Some("it is out of order".to_owned());
    let skipped = Some("it needs `cache`, which did not start".to_owned());
    assert_eq!(told("cache"), (PluginState::Failed, failed));
    assert_eq!(told("warmer"), (PluginState::Skipped, skipped));
    assert_eq!(told("web"), (PluginState::Ready, None));
    manager.shutdown().await.expect("it goes well");
    assert_eq!(
        stage.told(),
        [
            "0 ms: cache begun",
            "10 ms: cache failed",
            "10 ms: web begun",
            "10 ms: web ready",
            "10 ms: web cleanup begun",
            "10 ms: web cleaned up",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_needs_an_optional_plugin_and_is_not_optional_fails_the_start() {
    let (_stage, manager) = raise(vec![
        role("cache", &[], Act::Ends(10, End::InError)).optional(),
        role("web", &[Want::Arc(0)], WELL),
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  cache  failed     after 0.01 s: it is out of order
  web    not begun  (waits for cache)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_taken_back_tells_as_well_what_it_was_without() {
    let (stage, manager) = raise(vec![
        role("cache", &[], Act::Ends(10, End::InError)).optional(),
        role("warmer", &[Want::Arc(0)], WELL).optional(),
        role("web", &[Want::Option(0)], WELL),
    ]);
    stage.closed.store(true, Ordering::Relaxed);
    let error = fails(&manager).await;
    let (_, lines) = error.split_once("it stays closed\n").expect("it is why");
    assert_eq!(
        lines,
        "  cache   failed     after 0.01 s: it is out of order
  web     stopped    (had started in 0.00 s; rolled back)
  warmer  not begun  (waits for cache)"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_plugin_that_failed_and_was_not_needed() {
    let (_stage, manager) = raise(vec![
        role("cache", &[], Act::Ends(10, End::InError)).optional(),
        role("database", &[], Act::Ends(20, End::InError)),
        role("mail", &[], Act::Hangs),
        role("web", &[Want::Option(0), Want::Option(2)], WELL),
    ]);
    assert_eq!(
        fails(&manager).await,
        "[PP230] the application did not start
  database  failed     after 0.02 s: it is out of order
  cache     failed     after 0.01 s: it is out of order
  mail      cancelled  after 0.02 s
  web       not begun  (waits for mail)"
    );
}
