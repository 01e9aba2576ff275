//! Faults that a test puts into plugins, and the log of what the hooks came to.

use std::time::Duration;

use pepperplug::EmitContext;
use pepperplug::prelude::*;
use pepperplug::testing::{Phase, Recorded, TestManager, TestManagerBuilder};

#[event("user.login")]
#[derive(Debug, Clone)]
struct Login;

#[event("order.priced", mode = transform)]
#[derive(Debug, Clone)]
struct Priced(u32);

#[event("tick", sync)]
#[derive(Debug, Clone)]
struct Tick;

#[plugin(name = "database")]
struct Database;

#[plugin]
impl Database {
    async fn initialize(&mut self) {}
    async fn cleanup(&self) {}
}

#[plugin(name = "auth")]
struct Auth {
    #[inject]
    _database: Arc<Database>,
}

#[plugin]
impl Auth {
    #[hook("user.login", timeout = "5s")]
    async fn on_login(&self, _: &Login) {}

    #[hook("user.login", retries = 2, on_error = ignore, priority = low)]
    async fn greet(&self, _: &Login) {}

    #[hook("order.priced")]
    async fn discount(&self, priced: &mut Priced) {
        priced.0 -= 1;
    }

    #[hook("tick")]
    fn on_tick(&self, _: &Tick) {}

    #[hook("user.*", priority = high)]
    fn watch(&self, _: &pepperplug::EventContext) {}
}

#[plugin(name = "bystander", optional)]
struct Bystander;

fn auth() -> TestManagerBuilder {
    TestManager::only::<Auth>()
}

async fn start_error(app: TestManagerBuilder) -> String {
    let app = app.build().expect("it fits together");
    let error = app.initialize().await.expect_err("it is to fail");
    assert_eq!(error.code(), "PP230");
    error.to_string()
}

async fn stop_error(app: TestManagerBuilder) -> String {
    let app = app.start().await;
    let error = app.shutdown().await.expect_err("it is to fail");
    assert_eq!(error.code(), "PP231");
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn every_phase_can_be_made_to_fail() {
    for phase in [Phase::Construct, Phase::Initialize] {
        let text = start_error(auth().fail("auth", phase)).await;
        assert!(
            text.contains("auth      failed     after 0.00 s: it fails, as the test asks"),
            "{text}"
        );
        assert!(text.contains("database  stopped"), "{text}");
        let text = start_error(auth().panic("database", phase)).await;
        assert!(text.contains("panicked"), "{text}");
        assert!(text.contains("it panics, as the test asks"), "{text}");
    }
    let text = start_error(auth().hang("auth", Phase::Initialize)).await;
    assert!(
        text.contains("not initialized after 30s, its limit"),
        "{text}"
    );
    let text = stop_error(auth().fail("auth", Phase::Cleanup)).await;
    assert!(
        text.contains("auth  its cleanup failed: it fails, as the test asks"),
        "{text}"
    );
    let text = stop_error(auth().panic("auth", Phase::Cleanup)).await;
    assert!(
        text.contains("auth  its cleanup panicked: it panics, as the test asks"),
        "{text}"
    );
    let limited = auth().configure(|b| b.cleanup_timeout(Duration::from_secs(2)));
    let text = stop_error(limited.hang("database", Phase::Cleanup)).await;
    assert!(
        text.contains("database  not cleaned up after 2s, its limit"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_start_can_be_tried_again_and_fails_again() {
    let app = auth()
        .fail("auth", Phase::Initialize)
        .build()
        .expect("it fits together");
    for _ in 0..2 {
        app.initialize().await.expect_err("it is to fail");
    }
}

#[tokio::test(start_paused = true)]
async fn an_optional_plugin_can_be_made_to_fail_and_the_others_run() {
    let app = auth()
        .plugin::<Bystander>()
        .fail("bystander", Phase::Initialize);
    let app = app.start().await;
    let bystander = app.get_by_name("bystander").expect("it is listed");
    assert_eq!(bystander.state(), pepperplug::PluginState::Failed);
    assert_eq!(bystander.reason(), Some("it fails, as the test asks"));
    app.emit(&Login).await.expect("the others run");
    app.stop().await;
}

#[tokio::test(start_paused = true)]
async fn hooks_can_be_made_to_fail() {
    let app = auth()
        .fail_hook("auth", "on_login")
        .panic_hook("auth", "greet")
        .fail_hook("auth", "discount")
        .panic_hook("auth", "on_tick")
        .fail_hook("auth", "watch")
        .start()
        .await;
    app.emit(&Login).await.expect_err("two fail");
    app.emit(&mut Priced(3)).await.expect_err("it fails");
    app.emit_sync(&Tick).expect_err("it panics");
    let log = app.stop().await;
    log.assert_hooks(&[
        "user.login: auth.watch failed: it fails, as the test asks",
        "user.login: auth.on_login failed: it fails, as the test asks",
        "user.login: auth.greet failed, and that is ignored: it panicked: it panics, as the test asks, after 3 attempts",
        "order.priced: auth.discount failed: it fails, as the test asks",
        "tick: auth.on_tick failed: it panicked: it panics, as the test asks",
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_is_ended_by_its_timeout_or_the_emitters() {
    let app = auth()
        .hang_hook("auth", "on_login")
        .hang_hook("auth", "discount");
    let app = app.start().await;
    let error = app.emit(&Login).await.expect_err("it is not done in time");
    assert!(
        error.to_string().contains("it was not done after 5s"),
        "{error}"
    );
    let limit = EmitContext::new().timeout(Duration::from_secs(1));
    let mut priced = Priced(3);
    let emitted = app.emit_with(&mut priced, limit).await;
    assert_eq!(emitted.expect_err("it hangs").code(), "PP244");
    assert_eq!(priced.0, 3);
    let ended = app.log().of_event("order.priced");
    assert_eq!(ended[0].result, Recorded::Ended);
    app.stop().await;
}

#[test]
fn faults_that_cannot_be_are_one_error() {
    let app = auth()
        .fail("databse", Phase::Initialize)
        .fail("bystander", Phase::Initialize)
        .hang("auth", Phase::Construct)
        .fail_hook("auth", "on_lgoin")
        .fail_hook("database", "any")
        .hang_hook("auth", "on_tick")
        .fail("mail", Phase::Cleanup);
    let error = app.build().expect_err("they cannot be");
    assert_eq!(error.code(), "PP286");
    let text = error.to_string();
    let (before, place) = text.split_once("so it cannot hang (").expect("it is told");
    let (_, after) = place.split_once(')').expect("it has a place");
    let text = format!("{before}so it cannot hang{after}");
    let expected = "\
[PP286] 7 problems: this test asks for faults that cannot be
  there is no plugin `databse` in this test; did you mean `database`?
  plugin `bystander` is not part of this test, so it cannot be made to fail
    help: write `.plugin::<testing_faults::Bystander>()`
  plugin `auth` cannot hang while it is built: nothing is awaited there
    help: let it hang at `Phase::Initialize`
  plugin `auth` has no hook `on_lgoin`; did you mean `on_login`?
  plugin `database` has no hook `any`; it has none
  hook `on_tick` of plugin `auth` is not async, so it cannot hang
    help: let it fail or panic
  there is no plugin `mail` in this test; there are `auth`, `database`";
    assert_eq!(text, expected);
}

#[test]
fn what_is_given_has_no_phases_that_could_fail() {
    let app = auth().with(Database).fail("database", Phase::Cleanup);
    let error = app.build().expect_err("it has no cleanup");
    assert_eq!(error.code(), "PP286");
    let expected = "plugin `database` is given as a value, so it is neither built, nor initialized, nor cleaned up";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_difference_is_shown_line_by_line() {
    let app = auth().start().await;
    app.log().clear();
    app.emit(&Login).await.expect("it goes well");
    let log = app.stop().await;
    assert_eq!(log.emits(), ["user.login", "app.shutdown"]);
    assert_eq!(log.of_plugin("auth"), log.hooks());
    log.assert_hooks(&[
        "user.login: auth.watch",
        "user.login: auth.on_login",
        "user.login: auth.greet",
    ]);
    let other = || {
        log.assert_hooks(&[
            "user.login: auth.watch",
            "user.login: auth.leave",
            "user.login: auth.greet",
        ])
    };
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(other));
    let text = panic.expect_err("it is otherwise");
    let text = text.downcast::<String>().expect("it has a text");
    let expected = "\
other hooks were called than expected (-: expected, +: called)
    user.login: auth.watch
  - user.login: auth.leave
  + user.login: auth.on_login
    user.login: auth.greet";
    assert_eq!(*text, expected);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_panics_with_the_line_of_the_test() {
    let line = line!() + 1;
    let starting = auth().fail("auth", Phase::Initialize).start();
    let panic = tokio::spawn(starting).await.expect_err("it is to fail");
    let text = panic
        .into_panic()
        .downcast::<String>()
        .expect("it has a text");
    let expected = format!("testing_faults.rs:{line}:");
    assert!(
        text.contains(&expected) && text.contains("[PP230]"),
        "{text}"
    );
    let app = auth().fail("auth", Phase::Cleanup).start().await;
    let line = line!() + 1;
    let stopping = app.stop();
    let panic = tokio::spawn(stopping).await.expect_err("it is to fail");
    let text = panic
        .into_panic()
        .downcast::<String>()
        .expect("it has a text");
    let expected = format!("testing_faults.rs:{line}:");
    assert!(
        text.contains(&expected) && text.contains("[PP231]"),
        "{text}"
    );
}
