//! A hook that blocks its thread for longer than it may run is named while it does: neither a timer nor the emitter can.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fmt::Debug;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use pepperplug::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[event("blocked")]
pub struct Blocked;

static TOLD: Mutex<bool> = Mutex::new(false);
static TOLD_CHANGED: Condvar = Condvar::new();
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[plugin(name = "blocker")]
pub struct Blocker;

#[plugin]
impl Blocker {
    /// Holds its thread until it is told of, and no longer than a minute.
    #[hook("blocked", timeout = "30ms")]
    async fn blocks(&self, _: &Blocked) {
        let told = TOLD.lock().expect("no panic");
        let limit = Duration::from_secs(60);
        let waited = TOLD_CHANGED.wait_timeout_while(told, limit, |told| !*told);
        drop(waited.expect("no panic"));
    }
}

static PLUGINS: PluginSet = plugins![Blocker];

/// Keeps the warnings.
struct Warnings;

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if !matches!(field.name(), "since" | "times") {
            self.0.push_str(&format!("{}={value:?} ", field.name()));
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        LINES
            .lock()
            .expect("no panic")
            .push(text.0.trim().to_owned());
        *TOLD.lock().expect("no panic") = true;
        TOLD_CHANGED.notify_all();
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_hook_that_blocks_its_thread_is_named_while_it_does() {
    tracing::subscriber::set_global_default(Warnings).expect("there is no other");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager.emit(&Blocked).await.expect("it is done in the end");
    let told = *TOLD.lock().expect("no panic");
    assert!(told, "it is told of while it runs");
    let lines = LINES.lock().expect("no panic").clone();
    assert_eq!(
        lines,
        [
            "message=a hook is still running, and blocks its thread for longer than it may run \
             plugin=\"blocker\" hook=\"blocks\" event=\"blocked\" limit=30ms"
        ]
    );
    manager.shutdown().await.expect("nothing is under way");
}
