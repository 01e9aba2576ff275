//! Two managers in one process: they share the code and nothing else.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use pepperplug::prelude::*;
use pepperplug::{Error, PluginState};

#[event("added", sync)]
pub struct Added(u32);

#[plugin(name = "sum")]
pub struct Sum {
    #[inject]
    events: Events,
    #[inject(settings)]
    start: std::collections::HashMap<String, u32>,
    sum: AtomicU32,
    failures: AtomicU32,
}

#[plugin]
impl Sum {
    fn initialize(&mut self) {
        *self.sum.get_mut() = self.start["at"];
    }

    #[hook("added")]
    fn add(&self, added: &Added) {
        self.sum.fetch_add(added.0, Ordering::Relaxed);
    }

    /// No longer called by a manager in which it failed three times.
    #[hook("added", on_error = disable)]
    fn fail(&self, _: &Added) -> Result<(), String> {
        self.failures.fetch_add(1, Ordering::Relaxed);
        Err("again".to_owned())
    }
}

impl Sum {
    fn get(&self) -> u32 {
        self.sum.load(Ordering::Relaxed)
    }
}

/// In one of the two lists only.
#[plugin(name = "double")]
pub struct Double {
    #[inject]
    sum: Arc<Sum>,
}

#[plugin]
impl Double {
    #[hook("added")]
    fn add_again(&self, added: &Added) {
        self.sum.add(added);
    }
}

static SINGLE: PluginSet = plugins![Sum];
static DOUBLE: PluginSet = plugins![Double, Sum];

async fn started(plugins: &'static PluginSet, start: u32) -> (PluginManager, Arc<Sum>) {
    let settings = Settings::from_toml(&format!("[sum]\nat = {start}")).expect("sound TOML");
    let manager = PluginManager::builder()
        .plugins(plugins)
        .settings(settings)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    let sum = manager.get::<Sum>().expect("it runs");
    (manager, sum)
}

#[tokio::test]
async fn each_has_its_own_instances_with_their_own_settings() {
    let (_first, first) = started(&SINGLE, 10).await;
    let (_second, second) = started(&SINGLE, 20).await;
    assert!(!Arc::ptr_eq(&first, &second));
    assert_eq!((first.get(), second.get()), (10, 20));
}

#[tokio::test]
async fn an_event_reaches_only_the_hooks_of_the_manager_that_it_is_emitted_on() {
    let (single, one) = started(&SINGLE, 0).await;
    let (double, two) = started(&DOUBLE, 0).await;
    single.emit_sync(&Added(1)).expect("no failure is told");
    assert_eq!((one.get(), two.get()), (1, 0));
    double.emit(&Added(10)).await.expect("no failure is told");
    assert_eq!((one.get(), two.get()), (1, 20));
    one.events
        .emit(&Added(5))
        .await
        .expect("no failure is told");
    assert_eq!((one.get(), two.get()), (6, 20));
}

#[tokio::test]
async fn a_hook_that_is_disabled_in_one_is_called_in_the_other() {
    let (first, one) = started(&SINGLE, 0).await;
    let (second, two) = started(&SINGLE, 0).await;
    for _ in 0..5 {
        first.emit_sync(&Added(0)).expect("no failure is told");
    }
    second.emit_sync(&Added(0)).expect("no failure is told");
    assert_eq!(one.failures.load(Ordering::Relaxed), 3);
    assert_eq!(two.failures.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn stopping_one_leaves_the_other_running() {
    let (first, _) = started(&DOUBLE, 0).await;
    let (second, two) = started(&DOUBLE, 0).await;
    first.shutdown().await.expect("nothing fails");
    drop(first);
    second.emit(&Added(1)).await.expect("it runs");
    assert_eq!(two.get(), 2);
    let state = second.get_by_name("sum").expect("listed").state();
    assert_eq!(state, PluginState::Ready);
}

#[tokio::test]
async fn what_one_does_not_list_is_not_there_though_the_other_has_it() {
    let (double, _) = started(&DOUBLE, 0).await;
    let (single, _) = started(&SINGLE, 0).await;
    assert!(double.get::<Double>().is_ok());
    let error = single.get::<Double>().err().expect("not listed");
    assert!(matches!(
        error,
        Error::NotListed {
            plugin: "double",
            ..
        }
    ));
}
