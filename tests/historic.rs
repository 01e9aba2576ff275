//! Events that are kept for closures that come late: each gets each of them once.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pepperplug::prelude::*;
use pepperplug::{Error, HookOptions};

#[event("loaded", historic = 3)]
#[derive(Clone)]
pub struct Loaded(u32);

#[event("counted", historic = 10000)]
#[derive(Clone)]
pub struct Counted(usize);

#[event("told")]
pub struct Told;

static PLUGINS: PluginSet = plugins![];

async fn started() -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("there is nothing to be proved");
    manager.initialize().await.expect("nothing fails");
    manager
}

const OPTIONS: HookOptions = HookOptions::new();

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u32>>>);

impl Log {
    fn listener(&self) -> impl Fn(&Loaded) -> std::future::Ready<()> + Send + Sync + use<> {
        let log = self.clone();
        move |loaded: &Loaded| {
            log.0.lock().expect("no panic").push(loaded.0);
            std::future::ready(())
        }
    }

    fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

#[tokio::test]
async fn who_comes_late_is_told_the_last_ones_and_then_what_comes() {
    let manager = started().await;
    let early = Log::default();
    let _early = manager
        .on_historic(OPTIONS, early.listener())
        .await
        .expect("nothing to tell");
    for number in 1..=5 {
        manager.emit(&Loaded(number)).await.expect("no hook fails");
    }
    assert_eq!(early.take(), [1, 2, 3, 4, 5]);
    let late = Log::default();
    let _late = manager
        .on_historic(OPTIONS, late.listener())
        .await
        .expect("it does not fail");
    assert_eq!(late.take(), [3, 4, 5], "the last three");
    let plain = Log::default();
    let _plain = manager.on(OPTIONS, plain.listener());
    manager.emit(&Loaded(6)).await.expect("no hook fails");
    assert_eq!(
        (early.take(), late.take(), plain.take()),
        (vec![6], vec![6], vec![6])
    );
    let once = Log::default();
    let _once = manager.on_historic(OPTIONS.once(), once.listener()).await;
    manager.emit(&Loaded(7)).await.expect("no hook fails");
    assert_eq!(once.take(), [4], "the oldest that is kept, and no more");
    let told = Arc::new(AtomicBool::new(false));
    let other = manager.on_historic(OPTIONS, {
        let told = Arc::clone(&told);
        move |_: &Told| {
            told.store(true, Ordering::Relaxed);
            async {}
        }
    });
    let _other = other.await.expect("nothing is kept of it");
    assert!(!told.load(Ordering::Relaxed));
}

#[tokio::test]
async fn one_that_fails_on_the_past_is_no_hook() {
    let manager = started().await;
    manager.emit(&Loaded(1)).await.expect("nobody hears it");
    let fails = manager.on_historic(OPTIONS.name("fails"), |_: &Loaded| async {
        Err::<(), _>("no")
    });
    let error = fails.await.expect_err("it fails");
    assert_eq!(
        error.to_string(),
        "[PP242] closure `fails` failed on event `loaded`: no"
    );
    assert!(manager.hooks_of::<Loaded>().is_empty());
}

#[tokio::test]
async fn what_is_refused_is_not_kept_and_a_shutdown_forgets() {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("no plugins");
    let refused = manager.emit(&Loaded(1)).await;
    assert!(matches!(refused, Err(Error::Emit(_))));
    manager.initialize().await.expect("nothing fails");
    let log = Log::default();
    let _log = manager
        .on_historic(OPTIONS, log.listener())
        .await
        .expect("it does not fail");
    assert!(log.take().is_empty());
    manager.emit(&Loaded(2)).await.expect("no hook fails");
    manager.shutdown().await.expect("nothing is under way");
    let late = Log::default();
    let _late = manager
        .on_historic(OPTIONS, late.listener())
        .await
        .expect("nothing to tell");
    assert!(late.take().is_empty());
}

/// Whenever a closure comes, it gets all events: those before it from the past, and those after it as they come.
#[test]
fn none_is_lost_and_none_is_doubled_while_others_emit() {
    const EVENTS: usize = 2_000;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime starts");
    runtime.block_on(async {
        let manager = started().await;
        let emitters: Vec<_> = (0..2)
            .map(|first| {
                let manager = manager.clone();
                tokio::spawn(async move {
                    for number in (first..EVENTS).step_by(2) {
                        manager.emit(&Counted(number)).await.expect("no hook fails");
                    }
                })
            })
            .collect();
        let mut listeners = Vec::new();
        for _ in 0..20 {
            let (count, sum) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let subscription = manager.on_historic(OPTIONS, {
                let (count, sum) = (Arc::clone(&count), Arc::clone(&sum));
                move |counted: &Counted| {
                    count.fetch_add(1, Ordering::Relaxed);
                    sum.fetch_add(counted.0, Ordering::Relaxed);
                    async {}
                }
            });
            listeners.push((subscription.await.expect("it does not fail"), count, sum));
            tokio::task::yield_now().await;
        }
        for emitter in emitters {
            emitter.await.expect("no panic");
        }
        for (_, count, sum) in &listeners {
            assert_eq!(count.load(Ordering::Relaxed), EVENTS);
            assert_eq!(sum.load(Ordering::Relaxed), EVENTS * (EVENTS - 1) / 2);
        }
    });
}
