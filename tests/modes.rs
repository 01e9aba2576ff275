//! The four modes of events: what hooks may return, what `emit` makes of it, with and without a future.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fmt;
use std::sync::Mutex;

use pepperplug::prelude::*;
use pepperplug::{EmitError, Error, HookFailure, HookResult};

/// What each of the three hooks of an event does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Answer(u32),
    Nothing,
    Fail,
    Panic,
}
use Does::{Answer, Fail, Nothing, Panic};

/// For the hooks `a`, `b` and `c`, which run in that order.
type Plan = [Does; 3];

#[event("told")]
pub struct Told(Plan);

#[event("told.sync", sync)]
pub struct ToldSync(Plan);

#[event("asked.all", mode = collect, output = u32)]
pub struct AskedAll(Plan);

#[event("asked.all.sync", mode = collect, output = u32, sync)]
pub struct AskedAllSync(Plan);

#[event("asked", mode = first, output = u32)]
pub struct Asked(Plan);

#[event("asked.sync", mode = first, output = u32, sync)]
pub struct AskedSync(Plan);

#[event("changed", mode = transform)]
pub struct Changed(Plan, Vec<u32>);

#[event("changed.sync", mode = transform, sync)]
pub struct ChangedSync(Plan, Vec<u32>);

#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

/// Called by the hook at `place`; says so, and does as planned.
fn act(ran: &Mutex<Vec<usize>>, plan: &Plan, place: usize) -> Result<Option<u32>, Broken> {
    ran.lock().expect("no panic while held").push(place);
    match plan[place] {
        Answer(answer) => Ok(Some(answer)),
        Nothing => Ok(None),
        Fail => Err(Broken),
        Panic => panic!("hook {place} panics"),
    }
}

macro_rules! plugin {
    ($plugin:ident $name:literal $place:literal $($async:ident)?) => {
        #[plugin(name = $name)]
        pub struct $plugin {
            #[inject]
            ran: Arc<Ran>,
        }

        #[plugin]
        impl $plugin {
            #[hook("told")]
            $($async)? fn told(&self, event: &Told) -> Result<(), Broken> {
                act(&self.ran.0, &event.0, $place).map(|_| ())
            }

            #[hook("asked.all")]
            $($async)? fn asked_all(&self, event: &AskedAll) -> Result<u32, Broken> {
                act(&self.ran.0, &event.0, $place).map(Option::unwrap_or_default)
            }

            #[hook("asked")]
            $($async)? fn asked(&self, event: &Asked) -> Result<Option<u32>, Broken> {
                act(&self.ran.0, &event.0, $place)
            }

            #[hook("changed")]
            $($async)? fn changed(&self, event: &mut Changed) -> Result<(), Broken> {
                let change = act(&self.ran.0, &event.0, $place);
                event.1.push($place);
                event.1.extend(change?);
                Ok(())
            }

            #[hook("told.sync")]
            fn told_sync(&self, event: &ToldSync) -> Result<(), Broken> {
                act(&self.ran.0, &event.0, $place).map(|_| ())
            }

            #[hook("asked.all.sync")]
            fn asked_all_sync(&self, event: &AskedAllSync) -> Result<u32, Broken> {
                act(&self.ran.0, &event.0, $place).map(Option::unwrap_or_default)
            }

            #[hook("asked.sync")]
            fn asked_sync(&self, event: &AskedSync) -> Result<Option<u32>, Broken> {
                act(&self.ran.0, &event.0, $place)
            }

            #[hook("changed.sync")]
            fn changed_sync(&self, event: &mut ChangedSync) -> Result<(), Broken> {
                let change = act(&self.ran.0, &event.0, $place);
                event.1.push($place);
                event.1.extend(change?);
                Ok(())
            }
        }
    };
}

/// Which hooks ran, in order.
#[plugin(name = "ran")]
#[derive(Default)]
pub struct Ran(Mutex<Vec<usize>>);

plugin!(A "a" 0 async);
plugin!(B "b" 1);
plugin!(C "c" 2 async);

static PLUGINS: PluginSet = plugins![A, B, C, Ran];

struct App {
    manager: PluginManager,
    ran: Arc<Ran>,
}

impl App {
    async fn start() -> Self {
        let manager = PluginManager::builder()
            .plugins(&PLUGINS)
            .build()
            .expect("the build proved the wiring");
        manager.initialize().await.expect("nothing fails");
        let ran = manager.get::<Ran>().expect("it runs");
        Self { manager, ran }
    }

    /// The places of the hooks that ran since it was asked the last time.
    fn ran(&self) -> Vec<usize> {
        std::mem::take(&mut self.ran.0.lock().expect("no panic while held"))
    }
}

fn text<T: fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.expect_err("a hook fails");
    assert_eq!(error.code(), "PP242");
    error.to_string()
}

const TOLD_BOTH: &str = "\
[PP242] 2 hooks failed on event `told`
  hook `told` of plugin `a` failed on event `told`: broken
  hook `told` of plugin `c` failed on event `told`: it panicked: hook 2 panics";

#[tokio::test]
async fn notify_runs_all_hooks_and_tells_all_errors() {
    let app = App::start().await;
    app.manager
        .emit(&Told([Nothing; 3]))
        .await
        .expect("no one fails");
    assert_eq!(app.ran(), [0, 1, 2]);
    let failed = app.manager.emit(&Told([Fail, Nothing, Panic])).await;
    assert_eq!(app.ran(), [0, 1, 2]);
    assert_eq!(text(failed), TOLD_BOTH);
}

#[tokio::test]
async fn notify_tells_one_error_in_one_line() {
    let app = App::start().await;
    let failed = app.manager.emit(&Told([Nothing, Panic, Nothing])).await;
    assert_eq!(
        text(failed),
        "[PP242] hook `told` of plugin `b` failed on event `told`: it panicked: hook 1 panics"
    );
    assert_eq!(app.ran(), [0, 1, 2]);
}

#[tokio::test]
async fn an_error_of_hooks_can_be_taken_apart() {
    let app = App::start().await;
    let failed = app.manager.emit(&Told([Fail, Panic, Nothing])).await;
    let Err(Error::Emit(EmitError::Hooks { event, errors })) = failed else {
        panic!("hooks failed");
    };
    assert_eq!(event, "told");
    let [a, b] = errors.as_slice() else {
        panic!("two hooks failed");
    };
    assert_eq!(
        (a.plugin, a.hook, a.event, a.attempts),
        ("a", "told", "told", 1)
    );
    let HookFailure::Error(cause) = &a.failure else {
        panic!("it returned an error");
    };
    assert!(cause.is::<Broken>(), "the hook's own error");
    assert!(matches!(&b.failure, HookFailure::Panicked(text) if text == "hook 1 panics"));
}

#[tokio::test]
async fn notify_without_a_future_does_the_same() {
    let app = App::start().await;
    app.manager
        .emit_sync(&ToldSync([Nothing; 3]))
        .expect("no one fails");
    assert_eq!(app.ran(), [0, 1, 2]);
    let failed = app.manager.emit_sync(&ToldSync([Fail, Nothing, Panic]));
    assert_eq!(app.ran(), [0, 1, 2]);
    assert_eq!(
        text(failed),
        TOLD_BOTH
            .replace("told", "told_sync")
            .replace("event `told_sync`", "event `told.sync`")
    );
}

fn answers(results: &[HookResult<u32>]) -> Vec<(&'static str, &'static str, Result<u32, String>)> {
    let answer = |result: &HookResult<u32>| {
        let outcome = result.outcome.as_ref().copied();
        (
            result.plugin,
            result.hook,
            outcome.map_err(ToString::to_string),
        )
    };
    results.iter().map(answer).collect()
}

fn both_errors(
    hook: &'static str,
    event: &str,
) -> Vec<(&'static str, &'static str, Result<u32, String>)> {
    let failed = |plugin, why| {
        Err(format!(
            "hook `{hook}` of plugin `{plugin}` failed on event `{event}`: {why}"
        ))
    };
    vec![
        ("a", hook, failed("a", "broken")),
        ("b", hook, failed("b", "it panicked: hook 1 panics")),
        ("c", hook, Ok(5)),
    ]
}

#[tokio::test]
async fn collect_returns_one_result_a_hook_failed_ones_included() {
    let app = App::start().await;
    let all = app
        .manager
        .emit(&AskedAll([Answer(1), Answer(2), Answer(3)]))
        .await;
    let all = all.expect("collect does not fail");
    let hook = "asked_all";
    assert_eq!(
        answers(&all),
        [("a", hook, Ok(1)), ("b", hook, Ok(2)), ("c", hook, Ok(3))]
    );
    let all = app.manager.emit(&AskedAll([Fail, Panic, Answer(5)])).await;
    let all = all.expect("collect does not fail");
    assert_eq!(answers(&all), both_errors(hook, "asked.all"));
    assert_eq!(app.ran(), [0, 1, 2, 0, 1, 2]);
}

#[tokio::test]
async fn collect_without_a_future_does_the_same() {
    let app = App::start().await;
    let all = app
        .manager
        .emit_sync(&AskedAllSync([Fail, Panic, Answer(5)]));
    let all = all.expect("collect does not fail");
    assert_eq!(
        answers(&all),
        both_errors("asked_all_sync", "asked.all.sync")
    );
    assert_eq!(app.ran(), [0, 1, 2]);
}

#[tokio::test]
async fn first_asks_in_order_until_one_answers() {
    let app = App::start().await;
    for (plan, answer, ran) in [
        ([Answer(1), Answer(2), Panic], Some(1), &[0][..]),
        ([Nothing, Answer(2), Panic], Some(2), &[0, 1]),
        ([Nothing, Nothing, Answer(3)], Some(3), &[0, 1, 2]),
        ([Nothing, Nothing, Nothing], None, &[0, 1, 2]),
    ] {
        let first = app.manager.emit(&Asked(plan)).await.expect("no one fails");
        assert_eq!((first, &app.ran()[..]), (answer, ran), "{plan:?}");
        let first = app
            .manager
            .emit_sync(&AskedSync(plan))
            .expect("no one fails");
        assert_eq!((first, &app.ran()[..]), (answer, ran), "{plan:?}, sync");
    }
}

#[tokio::test]
async fn first_ends_with_a_hook_that_fails() {
    let app = App::start().await;
    for (plan, plugin, why, ran) in [
        ([Fail, Answer(2), Answer(3)], "a", "broken", &[0][..]),
        (
            [Nothing, Panic, Answer(3)],
            "b",
            "it panicked: hook 1 panics",
            &[0, 1],
        ),
    ] {
        let failed = app.manager.emit(&Asked(plan)).await;
        assert_eq!(
            text(failed),
            format!("[PP242] hook `asked` of plugin `{plugin}` failed on event `asked`: {why}")
        );
        assert_eq!(app.ran(), ran);
        let failed = app.manager.emit_sync(&AskedSync(plan));
        assert_eq!(
            text(failed),
            format!(
                "[PP242] hook `asked_sync` of plugin `{plugin}` failed on event `asked.sync`: {why}"
            )
        );
        assert_eq!(app.ran(), ran);
    }
}

#[tokio::test]
async fn transform_hands_the_event_from_hook_to_hook() {
    let app = App::start().await;
    let plan = [Answer(10), Nothing, Answer(30)];
    let mut event = Changed(plan, Vec::new());
    app.manager.emit(&mut event).await.expect("no one fails");
    assert_eq!(event.1, [0, 10, 1, 2, 30]);
    let mut event = ChangedSync(plan, Vec::new());
    app.manager.emit_sync(&mut event).expect("no one fails");
    assert_eq!(event.1, [0, 10, 1, 2, 30]);
}

#[tokio::test]
async fn transform_ends_with_a_hook_that_fails() {
    let app = App::start().await;
    let mut event = Changed([Answer(10), Fail, Answer(30)], Vec::new());
    let failed = app.manager.emit(&mut event).await;
    assert_eq!(
        text(failed),
        "[PP242] hook `changed` of plugin `b` failed on event `changed`: broken"
    );
    assert_eq!(event.1, [0, 10, 1], "the next does not get it");
    let mut event = ChangedSync([Answer(10), Answer(20), Panic], Vec::new());
    let failed = app.manager.emit_sync(&mut event);
    assert_eq!(
        text(failed),
        "[PP242] hook `changed_sync` of plugin `c` failed on event `changed.sync`: it panicked: hook 2 panics"
    );
    assert_eq!(event.1, [0, 10, 1, 20]);
}

/// Nobody listens to these.
#[event("silence")]
pub struct Silence;
#[event("silence.all", mode = collect, output = u32)]
pub struct SilenceAll;
#[event("silence.first", mode = first, output = u32)]
pub struct SilenceFirst;
#[event("silence.transform", mode = transform, sync)]
pub struct SilenceTransform;

#[tokio::test]
async fn an_event_that_nobody_listens_to_comes_to_nothing() {
    let App { manager, .. } = App::start().await;
    manager.emit(&Silence).await.expect("no one fails");
    assert!(
        manager
            .emit(&SilenceAll)
            .await
            .expect("no one fails")
            .is_empty()
    );
    assert_eq!(
        manager.emit(&SilenceFirst).await.expect("no one fails"),
        None
    );
    manager
        .emit(&mut SilenceTransform)
        .await
        .expect("no one fails");
    manager
        .emit_sync(&mut SilenceTransform)
        .expect("no one fails");
}
