//! Closures as hooks: how they come, in what order they are called, and how they go.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{EmitError, Error, HookOptions, OnError, Subscription};

#[event("said")]
pub struct Said(pub &'static str);

#[event("said.sync", sync)]
pub struct SaidSync(pub u64);

#[event("asked", mode = first, output = u32)]
pub struct Asked(pub u32);

#[event("gathered", mode = collect, output = u32)]
pub struct Gathered;

#[event("changed", mode = transform)]
pub struct Changed(pub Vec<&'static str>);

#[plugin(name = "plain")]
pub struct Plain;

#[plugin]
impl Plain {
    #[hook("changed")]
    fn change(&self, changed: &mut Changed) {
        changed.0.push("plain");
    }

    #[hook("gathered")]
    fn gather(&self, _: &Gathered) -> u32 {
        1
    }
}

static PLUGINS: PluginSet = plugins![Plain];

fn built() -> PluginManager {
    let built = PluginManager::builder().plugins(&PLUGINS).build();
    built.expect("the build proved the wiring")
}

async fn started() -> PluginManager {
    let manager = built();
    manager.initialize().await.expect("nothing fails");
    manager
}

const OPTIONS: HookOptions = HookOptions::new();

/// A list that closures write to.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("no panic").push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

#[tokio::test]
async fn a_closure_is_a_hook_until_its_subscription_is_dropped() {
    let manager = built();
    let log = Log::default();
    // Before the start: it is kept, and heard from then on.
    let early = manager.on_sync(OPTIONS.name("early"), {
        let log = log.clone();
        move |said: &Said| log.note(format!("early {}", said.0))
    });
    manager.initialize().await.expect("nothing fails");
    let late = manager.on(OPTIONS.name("late"), {
        let log = log.clone();
        move |said: &Said| {
            let (log, said) = (log.clone(), said.0);
            async move {
                tokio::task::yield_now().await;
                log.note(format!("late {said}"));
            }
        }
    });
    manager.emit(&Said("a")).await.expect("no hook fails");
    assert_eq!(log.take(), ["early a", "late a"]);
    let hooks: Vec<_> = manager.hooks_of::<Said>();
    assert_eq!(
        hooks.iter().map(|hook| hook.hook()).collect::<Vec<_>>(),
        ["early", "late"]
    );
    assert!(hooks[1].meta().location().file().ends_with("closures.rs"));
    drop(early);
    manager.emit(&Said("b")).await.expect("no hook fails");
    assert_eq!(log.take(), ["late b"]);
    late.keep();
    manager.emit(&Said("c")).await.expect("no hook fails");
    assert_eq!(log.take(), ["late c"]);
    manager.shutdown().await.expect("nothing is under way");
    assert_eq!(
        Arc::strong_count(&log.0),
        1,
        "nothing is kept after the shutdown"
    );
}

#[tokio::test]
async fn closures_answer_and_change_and_stand_among_the_plugins_hooks() {
    let manager = started().await;
    let _first = manager.on_sync(OPTIONS.priority(10), |asked: &Asked| Some(asked.0 + 1));
    let _before = manager.on_sync(OPTIONS.priority(20), |asked: &Asked| {
        (asked.0 > 10).then_some(0)
    });
    assert_eq!(
        manager.emit(&Asked(1)).await.expect("no hook fails"),
        Some(2)
    );
    assert_eq!(
        manager.emit(&Asked(11)).await.expect("no hook fails"),
        Some(0)
    );

    let _gather = manager.on(OPTIONS.name("more"), |_: &Gathered| async { 2 });
    let gathered = manager.emit(&Gathered).await.expect("no hook fails");
    let answers: Vec<_> = gathered
        .into_iter()
        .map(|result| (result.plugin, result.hook, result.outcome.ok()))
        .collect();
    assert_eq!(
        answers,
        [("plain", "gather", Some(1)), ("", "more", Some(2))]
    );

    let push = |what: &'static str| move |changed: &mut Changed| changed.0.push(what);
    let _after = manager.on_mut(OPTIONS, push("same priority"));
    let _second = manager.on_mut(OPTIONS, push("same priority, later"));
    let _high = manager.on_mut(OPTIONS.priority(100), push("high"));
    let _told = manager.on_mut(
        OPTIONS.priority(-1).before(&["plain"]),
        push("before plain"),
    );
    let mut changed = Changed(Vec::new());
    manager.emit(&mut changed).await.expect("no hook fails");
    // What has to wait for one of a lower priority comes after that.
    assert_eq!(
        changed.0,
        [
            "high",
            "same priority",
            "same priority, later",
            "before plain",
            "plain"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_closure_has_policies_and_its_errors_have_its_name() {
    let manager = started().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let _fails = manager.on(OPTIONS.name("fails").retries(2), {
        let calls = Arc::clone(&calls);
        move |_: &Said| {
            calls.fetch_add(1, Ordering::Relaxed);
            async { Err::<(), _>("no") }
        }
    });
    let _panics = manager.on_sync(OPTIONS.name("panics"), |_: &Said| -> () { panic!("oh") });
    let _ignored = manager.on_sync(OPTIONS.on_error(OnError::Ignore), |_: &Said| Err("unheard"));
    let _hangs = manager.on(
        OPTIONS.name("hangs").timeout(Duration::from_secs(3)),
        |_: &Said| std::future::pending::<()>(),
    );
    let error = manager.emit(&Said("x")).await.expect_err("they fail");
    assert_eq!(
        error.to_string(),
        "\
[PP242] 3 hooks failed on event `said`
  closure `fails` failed on event `said`: no (3 attempts)
  closure `panics` failed on event `said`: it panicked: oh
  closure `hangs` failed on event `said`: it was not done after 3s"
    );
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_closure_that_is_called_once_is_called_once() {
    let manager = started().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let count = |calls: &Arc<AtomicUsize>| {
        let calls = Arc::clone(calls);
        move |_: &SaidSync| {
            calls.fetch_add(1, Ordering::Relaxed);
        }
    };
    let _once = manager.on_sync(OPTIONS.once(), count(&calls));
    // From many threads at the same time.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| manager.emit_sync(&SaidSync(0)).expect("no hook fails"));
        }
    });
    manager.emit_sync(&SaidSync(0)).expect("no hook fails");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert!(manager.hooks_of::<SaidSync>().is_empty(), "it is gone");
    assert_eq!(Arc::strong_count(&calls), 1, "with all that it held");
}

/// One that takes itself out, or another, while events are under way.
#[tokio::test]
async fn closures_may_add_and_drop_closures_while_they_run() {
    let manager = started().await;
    let log = Log::default();
    let own: Arc<OnceLock<Mutex<Option<Subscription>>>> = Arc::default();
    let other = Mutex::new(Some(manager.on_sync(OPTIONS.name("other").priority(0), {
        let log = log.clone();
        move |_: &Said| log.note("other")
    })));
    let added = Mutex::new(Vec::new());
    let acts = manager.on_sync(OPTIONS.name("acts"), {
        let (log, own, manager) = (log.clone(), Arc::clone(&own), manager.clone());
        move |_: &Said| {
            log.note("acts");
            drop(
                own.get()
                    .and_then(|own| own.lock().expect("no panic").take()),
            );
            drop(other.lock().expect("no panic").take());
            let log = log.clone();
            let more = manager.on_sync(OPTIONS.name("more"), move |_: &Said| log.note("more"));
            added.lock().expect("no panic").push(more);
        }
    });
    assert!(own.set(Mutex::new(Some(acts))).is_ok());
    manager.emit(&Said("1")).await.expect("no hook fails");
    assert_eq!(
        log.take(),
        ["acts", "other"],
        "an emit under way goes on with what it found"
    );
    manager.emit(&Said("2")).await.expect("no hook fails");
    assert_eq!(
        log.take(),
        Vec::<String>::new(),
        "what it held has gone with it"
    );
}

#[tokio::test]
async fn after_the_shutdown_nothing_is_heard() {
    let manager = started().await;
    manager.shutdown().await.expect("nothing is under way");
    let called = Arc::new(AtomicBool::new(false));
    let late = manager.on_sync(OPTIONS, {
        let called = Arc::clone(&called);
        move |_: &Said| called.store(true, Ordering::Relaxed)
    });
    let refused = manager.emit(&Said("late")).await;
    assert!(matches!(
        refused,
        Err(Error::Emit(EmitError::ShuttingDown { .. }))
    ));
    assert!(!called.load(Ordering::Relaxed));
    drop(late);
}

/// A million events from several threads while closures come and go: each is heard once by the one that stays, and what
/// comes and goes is called only while it is there.
#[test]
fn a_million_events_while_closures_come_and_go() {
    let events: u64 = if cfg!(debug_assertions) {
        200_000
    } else {
        1_000_000
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let manager = runtime.block_on(started());
    let (count, sum) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let stays = manager.on_sync(OPTIONS, {
        let (count, sum) = (Arc::clone(&count), Arc::clone(&sum));
        move |said: &SaidSync| {
            count.fetch_add(1, Ordering::Relaxed);
            sum.fetch_add(said.0 as usize, Ordering::Relaxed);
        }
    });
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let emitters: Vec<_> = (0..4)
            .map(|first| {
                let manager = manager.clone();
                scope.spawn(move || {
                    for number in (first..events).step_by(4) {
                        manager.emit_sync(&SaidSync(number)).expect("no hook fails");
                    }
                })
            })
            .collect();
        let coming_and_going = scope.spawn(|| {
            let mut times = 0;
            while !done.load(Ordering::Relaxed) {
                let there = Arc::new(AtomicBool::new(true));
                let comes = manager.on_sync(OPTIONS.priority(100), {
                    let there = Arc::clone(&there);
                    move |_: &SaidSync| assert!(there.load(Ordering::SeqCst), "it has gone")
                });
                std::thread::yield_now();
                drop(comes);
                times += 1;
            }
            times
        });
        for emitter in emitters {
            emitter.join().expect("no panic");
        }
        done.store(true, Ordering::Relaxed);
        assert!(coming_and_going.join().expect("no panic") > 0);
    });
    assert_eq!(count.load(Ordering::Relaxed) as u64, events);
    assert_eq!(
        sum.load(Ordering::Relaxed) as u64,
        events * (events - 1) / 2
    );
    drop(stays);
    assert_eq!(Arc::strong_count(&count), 1, "nothing is kept");
}
