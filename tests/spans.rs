//! An emit is a span, and each of its hooks is one within it: entered whenever the hook runs, and closed when it is done.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use pepperplug::EmitContext;
use pepperplug::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[event("told")]
pub struct Told;

#[event("told.sync", sync)]
pub struct ToldSync;

#[event("beside", parallel)]
pub struct Beside;

#[plugin(name = "talker")]
pub struct Talker;

#[plugin]
impl Talker {
    #[hook("told", priority = high)]
    async fn waits(&self, _: &Told) {
        tokio::task::yield_now().await;
    }

    #[hook("told")]
    fn says(&self, _: &Told, ctx: &EventContext<'_>) -> Result<(), pepperplug::Error> {
        ctx.emit_sync(&ToldSync)
    }

    #[hook("told.sync")]
    fn hears(&self, _: &ToldSync) {}

    #[hook("beside")]
    async fn a(&self, _: &Beside) {
        tokio::task::yield_now().await;
    }

    #[hook("beside")]
    async fn b(&self, _: &Beside) {}
}

static PLUGINS: PluginSet = plugins![Talker];

/// Writes down what happens to spans.
#[derive(Clone, Default)]
struct Log(Arc<Lines>);

#[derive(Default)]
struct Lines {
    next: AtomicU64,
    names: Mutex<Vec<String>>,
    lines: Mutex<Vec<String>>,
}

impl Log {
    fn note(&self, what: &str, id: &Id) {
        let names = self.0.names.lock().expect("no panic");
        let name = &names[id.into_u64() as usize - 1];
        self.0
            .lines
            .lock()
            .expect("no panic")
            .push(format!("{what} {name}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lines.lock().expect("no panic"))
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {value:?}").replace('"', ""));
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "pepperplug::dispatch"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        if let Some(parent) = span.parent() {
            let names = self.0.names.lock().expect("no panic");
            let parent = names[parent.into_u64() as usize - 1].clone();
            fields.0.push_str(&format!(" in {parent}"));
        }
        self.0.names.lock().expect("no panic").push(fields.0);
        Id::from_u64(self.0.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, id: &Id) {
        self.note("enter", id);
    }

    fn exit(&self, id: &Id) {
        self.note("exit", id);
    }
}

#[tokio::test]
async fn an_emit_is_a_span_and_each_hook_is_one_within_it() {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let context = || EmitContext::new().correlation_id("id");
    manager
        .emit_with(&Told, context())
        .await
        .expect("no hook fails");
    assert_eq!(
        log.take(),
        [
            "enter hook talker waits in emit told id",
            "exit hook talker waits in emit told id",
            "enter hook talker waits in emit told id",
            "exit hook talker waits in emit told id",
            "enter hook talker says in emit told id",
            "enter hook talker hears in emit told.sync id",
            "exit hook talker hears in emit told.sync id",
            "exit hook talker says in emit told id",
        ]
    );
    manager
        .emit_with(&Beside, context())
        .await
        .expect("no hook fails");
    assert_eq!(
        log.take(),
        [
            "enter hook talker a in emit beside id",
            "exit hook talker a in emit beside id",
            "enter hook talker b in emit beside id",
            "exit hook talker b in emit beside id",
            "enter hook talker a in emit beside id",
            "exit hook talker a in emit beside id",
        ]
    );
    drop(guard);
    manager.emit(&Told).await.expect("no hook fails");
    assert!(log.take().is_empty());
}
