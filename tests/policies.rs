//! Timeouts, retries and what happens to a hook that fails: declared on the event, overridden on the hook.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{EmitError, Error, HookFailure, PolicyOrigin};
use tokio::time::{Instant, sleep};

async fn started(plugins: &'static PluginSet) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

fn text(result: Result<(), Error>) -> String {
    result.expect_err("a hook fails").to_string()
}

/// A hook that fails until it has been called often enough.
#[derive(Default)]
pub struct Flaky {
    calls: Mutex<Vec<Instant>>,
    succeeds_at: AtomicUsize,
}

impl Flaky {
    fn call(&self) -> Result<(), String> {
        let mut calls = self.calls.lock().expect("no panic while held");
        calls.push(Instant::now());
        if calls.len() == self.succeeds_at.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(format!("call {} failed", calls.len()))
    }

    /// The pauses between the calls, in milliseconds.
    fn pauses(&self) -> Vec<u128> {
        let calls = self.calls.lock().expect("no panic while held");
        let pause = |pair: &[Instant]| (pair[1] - pair[0]).as_millis();
        calls.windows(2).map(pause).collect()
    }
}

#[event("timed", timeout = "2s")]
pub struct Timed;

#[event("tried", retries = 2)]
pub struct Tried;

#[event("tried.sync", retries = 2, sync)]
pub struct TriedSync;

#[event("ignored", on_error = ignore)]
pub struct Ignored;

#[event("plain")]
pub struct Plain;

#[plugin(name = "slow")]
#[derive(Default)]
pub struct Slow {
    dropped: Arc<AtomicUsize>,
}

struct CountsDrop(Arc<AtomicUsize>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[plugin]
impl Slow {
    #[hook("timed")]
    async fn as_the_event_says(&self, _: &Timed) {
        let _dropped = CountsDrop(Arc::clone(&self.dropped));
        sleep(Duration::from_secs(60)).await;
    }

    #[hook("timed", timeout = "150ms")]
    async fn shorter(&self, _: &Timed) {
        let _dropped = CountsDrop(Arc::clone(&self.dropped));
        sleep(Duration::from_secs(60)).await;
    }

    #[hook("timed", timeout = "5s")]
    async fn longer(&self, _: &Timed) {
        let _dropped = CountsDrop(Arc::clone(&self.dropped));
        sleep(Duration::from_secs(4)).await;
    }
}

static SLOW: PluginSet = plugins![Slow];

#[tokio::test(start_paused = true)]
async fn a_hook_that_takes_too_long_is_cancelled_and_the_next_one_runs() {
    let manager = started(&SLOW).await;
    let begun = Instant::now();
    let failed = manager.emit(&Timed).await;
    assert_eq!(begun.elapsed(), Duration::from_millis(2_000 + 4_000 + 150));
    assert_eq!(
        text(failed),
        "\
[PP242] 2 hooks failed on event `timed`
  hook `as_the_event_says` of plugin `slow` failed on event `timed`: it was not done after 2s
  hook `shorter` of plugin `slow` failed on event `timed`: it was not done after 150ms"
    );
    let slow = manager.get::<Slow>().expect("it runs");
    assert_eq!(slow.dropped.load(Ordering::Relaxed), 3);
}

#[plugin(name = "flaky")]
#[derive(Default)]
pub struct Retries {
    event: Flaky,
    more: Flaky,
    none: Flaky,
}

#[plugin]
impl Retries {
    #[hook("tried")]
    async fn as_the_event_says(&self, _: &Tried) -> Result<(), String> {
        self.event.call()
    }

    #[hook("tried", retries = 10)]
    fn more(&self, _: &Tried) -> Result<(), String> {
        self.more.call()
    }

    #[hook("tried", retries = 0)]
    async fn none(&self, _: &Tried) -> Result<(), String> {
        self.none.call()
    }

    #[hook("tried.sync")]
    fn at_once(&self, _: &TriedSync) -> Result<(), String> {
        self.event.call()
    }
}

static RETRIES: PluginSet = plugins![Retries];

/// Of each pause a random part is left out, up to a half; the clock of tests counts whole milliseconds.
fn assert_pauses(pauses: &[u128], full: &[u128]) {
    assert_eq!(pauses.len(), full.len());
    for (pause, full) in pauses.iter().zip(full) {
        assert!((full / 2..=full + 1).contains(pause), "{pause} of {full}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_is_tried_again_after_pauses_that_double_up_to_a_second() {
    let manager = started(&RETRIES).await;
    let failed = manager.emit(&Tried).await;
    assert_eq!(
        text(failed),
        "\
[PP242] 3 hooks failed on event `tried`
  hook `as_the_event_says` of plugin `flaky` failed on event `tried`: call 3 failed (3 attempts)
  hook `more` of plugin `flaky` failed on event `tried`: call 11 failed (11 attempts)
  hook `none` of plugin `flaky` failed on event `tried`: call 1 failed"
    );
    let flaky = manager.get::<Retries>().expect("it runs");
    assert_pauses(&flaky.event.pauses(), &[10, 20]);
    let doubled = [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000];
    assert_pauses(&flaky.more.pauses(), &doubled);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_succeeds_is_not_tried_again() {
    let manager = started(&RETRIES).await;
    let flaky = manager.get::<Retries>().expect("it runs");
    flaky.event.succeeds_at.store(2, Ordering::Relaxed);
    flaky.more.succeeds_at.store(11, Ordering::Relaxed);
    flaky.none.succeeds_at.store(1, Ordering::Relaxed);
    manager.emit(&Tried).await.expect("all succeed in the end");
    assert_pauses(&flaky.event.pauses(), &[10]);
    assert_eq!(flaky.more.pauses().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn without_a_future_a_hook_is_tried_again_at_once() {
    let manager = started(&RETRIES).await;
    assert_eq!(
        text(manager.emit_sync(&TriedSync)),
        "[PP242] hook `at_once` of plugin `flaky` failed on event `tried.sync`: call 3 failed (3 attempts)"
    );
    let flaky = manager.get::<Retries>().expect("it runs");
    assert_eq!(flaky.event.pauses(), [0, 0]);
}

#[plugin(name = "both")]
#[derive(Default)]
pub struct Both {
    attempts: AtomicUsize,
}

#[plugin]
impl Both {
    #[hook("plain", timeout = "1s", retries = 2)]
    async fn hangs_or_panics(&self, _: &Plain) {
        match self.attempts.fetch_add(1, Ordering::Relaxed) {
            1 => panic!("in the middle"),
            _ => std::future::pending().await,
        }
    }
}

static BOTH: PluginSet = plugins![Both];

#[tokio::test(start_paused = true)]
async fn each_attempt_has_the_whole_time_and_a_panic_is_a_failed_attempt() {
    let manager = started(&BOTH).await;
    let begun = Instant::now();
    let failed = manager.emit(&Plain).await;
    let pauses = begun.elapsed() - Duration::from_millis(2 * 1000);
    assert!((15..=32).contains(&pauses.as_millis()), "{pauses:?}");
    let Err(Error::Emit(EmitError::Hooks { errors, .. })) = failed else {
        panic!("it never succeeds");
    };
    assert_eq!(errors[0].attempts, 3);
    assert!(matches!(errors[0].failure, HookFailure::TimedOut(limit) if limit.as_secs() == 1));
    assert_eq!(
        errors[0].to_string(),
        "hook `hangs_or_panics` of plugin `both` failed on event `plain`: it was not done after 1s (3 attempts)"
    );
}

#[plugin(name = "ignored")]
#[derive(Default)]
pub struct Failing {
    quiet: Flaky,
    loud: Flaky,
    disabled: Flaky,
}

#[plugin]
impl Failing {
    #[hook("ignored")]
    fn quiet(&self, _: &Ignored) -> Result<(), String> {
        self.quiet.call()
    }

    #[hook("ignored")]
    async fn panics(&self, _: &Ignored) {
        panic!("nobody hears it");
    }

    #[hook("ignored", on_error = fail)]
    fn loud(&self, _: &Ignored) -> Result<(), String> {
        self.loud.call()
    }

    #[hook("plain", on_error = disable)]
    fn disabled(&self, _: &Plain) -> Result<(), String> {
        self.disabled.call()
    }
}

static FAILING: PluginSet = plugins![Failing];

#[tokio::test]
async fn a_failure_that_is_to_be_ignored_is_not_told_unless_the_hook_says_otherwise() {
    let manager = started(&FAILING).await;
    assert_eq!(
        text(manager.emit(&Ignored).await),
        "[PP242] hook `loud` of plugin `ignored` failed on event `ignored`: call 1 failed"
    );
    let failing = manager.get::<Failing>().expect("it runs");
    failing.loud.succeeds_at.store(2, Ordering::Relaxed);
    manager
        .emit(&Ignored)
        .await
        .expect("the others are ignored");
    assert_eq!(failing.quiet.pauses().len(), 1, "it is called each time");
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_three_times_within_a_minute_is_taken_out() {
    let manager = started(&FAILING).await;
    let failing = manager.get::<Failing>().expect("it runs");
    let calls = || failing.disabled.calls.lock().expect("no panic").len();
    let emit = || async { manager.emit(&Plain).await.expect("nobody is told") };
    for _ in 0..2 {
        emit().await;
    }
    sleep(Duration::from_secs(61)).await;
    assert_eq!(calls(), 2);
    let told = "::disabled  priority 50; disabled: it failed too often";
    assert!(!manager.report().to_string().contains(told));
    for _ in 0..5 {
        emit().await;
    }
    assert_eq!(calls(), 2 + 3, "what is long ago does not count");
    let report = manager.report().to_string();
    assert!(report.contains(told), "{report}");
    assert!(manager.enable_hook("ignored", "disabled"));
    assert!(!manager.enable_hook("ignored", "disabled"), "it is back");
    assert!(!manager.report().to_string().contains(told));
    emit().await;
    assert_eq!(calls(), 2 + 3 + 1);
}

#[event("asked", mode = first, output = u32)]
pub struct Asked;

#[event("gathered", mode = collect, output = u32)]
pub struct Gathered;

#[event("grown", mode = transform)]
pub struct Grown(Vec<u32>);

#[plugin(name = "lenient")]
#[derive(Default)]
pub struct Lenient(AtomicUsize);

#[plugin]
impl Lenient {
    #[hook("asked", on_error = ignore)]
    fn fails(&self, _: &Asked) -> Result<Option<u32>, String> {
        Err("not told".to_owned())
    }

    #[hook("asked", priority = low)]
    fn answers(&self, _: &Asked) -> Option<u32> {
        Some(1)
    }

    #[hook("gathered", on_error = ignore)]
    fn gathers_nothing(&self, _: &Gathered) -> Result<u32, String> {
        Err("not told".to_owned())
    }

    #[hook("gathered", priority = low)]
    fn gathers(&self, _: &Gathered) -> u32 {
        2
    }

    #[hook("grown", retries = 1)]
    async fn grows_twice(&self, grown: &mut Grown) -> Result<(), &'static str> {
        grown.0.push(3);
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Err("once more"),
            _ => Ok(()),
        }
    }
}

static LENIENT: PluginSet = plugins![Lenient];

#[tokio::test]
async fn in_mode_first_an_ignored_failure_lets_the_next_answer() {
    let manager = started(&LENIENT).await;
    assert_eq!(manager.emit(&Asked).await.expect("ignored"), Some(1));
}

#[tokio::test]
async fn in_mode_collect_an_ignored_failure_leaves_no_result() {
    let manager = started(&LENIENT).await;
    let results = manager.emit(&Gathered).await.expect("it runs");
    let hooks: Vec<_> = results.iter().map(|result| result.hook).collect();
    assert_eq!(hooks, ["gathers"]);
}

#[tokio::test(start_paused = true)]
async fn in_mode_transform_a_second_attempt_gets_what_the_first_left() {
    let manager = started(&LENIENT).await;
    let mut grown = Grown(Vec::new());
    manager.emit(&mut grown).await.expect("the second succeeds");
    assert_eq!(grown.0, [3, 3]);
}

#[event(
    "patient",
    retries = 2,
    backoff = "1s",
    disable_after = 2,
    disable_within = "5s"
)]
pub struct Patient;

#[plugin(name = "patient")]
#[derive(Default)]
pub struct PatientPlugin {
    slow: Flaky,
    quick: Flaky,
    gone: Flaky,
}

#[plugin]
impl PatientPlugin {
    #[hook("patient", on_error = ignore)]
    async fn as_the_event_says(&self, _: &Patient) -> Result<(), String> {
        self.slow.call()
    }

    #[hook("patient", on_error = ignore, backoff = "100ms")]
    async fn sooner(&self, _: &Patient) -> Result<(), String> {
        self.quick.call()
    }

    #[hook("patient", on_error = disable, retries = 0, disable_after = 3)]
    fn goes(&self, _: &Patient) -> Result<(), String> {
        self.gone.call()
    }
}

static PATIENT: PluginSet = plugins![PatientPlugin];

#[tokio::test(start_paused = true)]
async fn pauses_and_how_often_is_too_often_are_declared_too() {
    let manager = started(&PATIENT).await;
    let patient = manager.get::<PatientPlugin>().expect("it runs");
    for _ in 0..4 {
        manager.emit(&Patient).await.expect("nobody is told");
    }
    assert_pauses(&patient.slow.pauses()[..2], &[1000, 1000]);
    assert_pauses(&patient.quick.pauses()[..2], &[100, 200]);
    assert_eq!(patient.gone.pauses().len(), 2, "it is called three times");
    let policy = |hook: &str| {
        let hooks = manager.hooks_of::<Patient>();
        let hook = hooks.iter().find(|info| info.hook() == hook);
        hook.map(|hook| hook.policy().clone()).expect("it is there")
    };
    let (slow, quick) = (policy("as_the_event_says"), policy("sooner"));
    assert_eq!(slow.backoff.origin, PolicyOrigin::Event);
    assert_eq!(slow.timeout.origin, PolicyOrigin::Default);
    assert_eq!(
        (quick.backoff.value.as_millis(), quick.backoff.origin),
        (100, PolicyOrigin::Hook)
    );
    assert_eq!(
        (quick.retries.value, quick.retries.origin),
        (2, PolicyOrigin::Event)
    );
}

fn configured(settings: &str) -> Result<PluginManager, Error> {
    let builder = PluginManager::builder().plugins(&PATIENT);
    builder.settings(Settings::from_toml(settings)?).build()
}

#[tokio::test(start_paused = true)]
async fn settings_override_what_is_declared_and_the_nearest_name_holds() {
    let manager = configured(
        r#"
[hooks."patient"]
timeout = "2s"
retries = 0
[hooks."**"]
retries = 7
on_error = "fail"
"#,
    )
    .expect("sound settings");
    manager.initialize().await.expect("nothing fails");
    let hooks = manager.hooks_of::<Patient>();
    let policy = hooks[0].policy();
    assert_eq!(policy.timeout.value, Some(Duration::from_secs(2)));
    let at = |place: &str| PolicyOrigin::Settings(place.to_owned());
    assert_eq!(policy.timeout.origin, at("<toml>:3:1"));
    assert_eq!(
        (policy.retries.value, &policy.retries.origin),
        (0, &at("<toml>:4:1"))
    );
    assert_eq!(policy.on_error.origin, at("<toml>:7:1"));
    assert_eq!(policy.backoff.origin, PolicyOrigin::Event);
    let error = text(manager.emit(&Patient).await);
    assert!(error.starts_with("[PP242] 3 hooks failed"), "{error}");
    assert!(!error.contains("attempts"), "{error}");
}

#[test]
fn what_is_wrong_with_the_settings_of_hooks_is_told_with_its_place() {
    let settings = r#"
[hooks.patent]
timeout = "2 s"
[hooks.patient]
retrys = 3
on_error = "explode"
[hooks."nobody.*"]
retries = 1
"#;
    let Err(Error::Settings(error)) = configured(settings) else {
        panic!("it is wrong");
    };
    assert_eq!(
        error.to_string(),
        "\
5 problems in the settings
  <toml>:2:8   [hooks] patent: no event has this name; did you mean `patient`? [PP212]
  <toml>:3:11  [hooks] patent.timeout: `2 s` is no duration; write a whole number and a unit: `250ms`, `5s`, `2m` or `1h` [PP211]
  <toml>:5:1   [hooks] patient.retrys: no such key; did you mean `retries`? [PP212]
  <toml>:6:12  [hooks] patient.on_error: found \"explode\", expected `fail`, `ignore` or `disable` [PP211]
  <toml>:7:8   [hooks] \"nobody.*\": no event's name fits this pattern [PP212]"
    );
}
