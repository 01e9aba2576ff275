//! `PluginManager::run`: the plugins are stopped again, whatever becomes of the work.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use pepperplug::prelude::*;
use pepperplug::{BoxError, Error};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

/// How often each lifecycle method was called, and which of them fail.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Faults {
    start: bool,
    stop: bool,
}

/// Counts outside of the plugin, because tests look when it is gone.
#[plugin(name = "counted")]
pub struct Counted {
    #[inject(settings)]
    faults: Faults,
    cleanups: Arc<AtomicU32>,
}

#[plugin]
impl Counted {
    fn initialize(&mut self) -> Result<(), BoxError> {
        if self.faults.start {
            return Err("no ground".into());
        }
        Ok(())
    }

    fn cleanup(&self) -> Result<(), BoxError> {
        self.cleanups.fetch_add(1, SeqCst);
        if self.faults.stop {
            return Err("it stays".into());
        }
        Ok(())
    }
}

fn manager(settings: &str) -> PluginManager {
    PluginManager::builder()
        .plugins(&plugins![Counted])
        .settings(Settings::from_toml(settings).expect("well formed"))
        .build()
        .expect("the build proved the wiring")
}

fn cleanups(manager: &PluginManager) -> Arc<AtomicU32> {
    Arc::clone(&manager.get::<Counted>().expect("it runs").cleanups)
}

#[tokio::test]
async fn the_value_of_the_work_is_returned_after_the_cleanup() {
    let counted = manager("")
        .run(async |app| Ok::<_, Error>(cleanups(app)))
        .await
        .expect("nothing fails");
    assert_eq!(counted.load(SeqCst), 1);
}

#[tokio::test]
async fn an_error_of_the_work_comes_after_the_cleanup_and_before_its_error() {
    let mut counted = None;
    let failed = manager("[counted]\nstop = true")
        .run(async |app| {
            counted = Some(cleanups(app));
            Err::<(), BoxError>("no work".into())
        })
        .await;
    assert_eq!(failed.expect_err("it fails").to_string(), "no work");
    assert_eq!(counted.expect("it ran").load(SeqCst), 1);
}

/// Keeps the texts of errors and warnings that are logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<String>>>);

impl Subscriber for Logged {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Logged {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let mut logged = self.0.lock().expect("no panic");
            logged.push(format!("{value:?}"));
        }
    }
}

#[tokio::test]
async fn an_error_of_the_shutdown_that_is_not_returned_is_logged() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let failed = manager("[counted]\nstop = true")
        .run(async |_| Err::<(), BoxError>("no work".into()))
        .await;
    assert_eq!(failed.expect_err("it fails").to_string(), "no work");
    let logged = logged.0.lock().expect("no panic");
    let of_shutdown = |text: &&String| text.contains("[PP231]") && text.contains("it stays");
    assert_eq!(logged.iter().filter(of_shutdown).count(), 1, "{logged:?}");
}

#[tokio::test]
async fn a_manager_that_is_dropped_while_it_runs_says_that_nothing_was_cleaned_up() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let dropped = manager("");
    dropped.initialize().await.expect("it starts");
    let cleanups = cleanups(&dropped);
    drop(dropped);
    assert_eq!(cleanups.load(SeqCst), 0);
    assert_eq!(Arc::strong_count(&cleanups), 1, "the plugin is gone");
    let logged = logged.0.lock().expect("no panic");
    let expected =
        "the plugin manager was dropped without `shutdown().await`: no plugin was cleaned up";
    let told = logged.iter().filter(|text| *text == expected);
    assert_eq!(told.count(), 1, "{logged:?}");
}

#[tokio::test]
async fn an_error_of_the_shutdown_is_returned_where_the_work_is_done() {
    let failed = manager("[counted]\nstop = true")
        .run(async |_| Ok::<_, Error>(1))
        .await;
    assert!(matches!(failed, Err(Error::Shutdown(_))), "{failed:?}");
}

#[tokio::test]
async fn no_work_without_a_start() {
    let failed = manager("[counted]\nstart = true")
        .run(async |_| -> Result<(), Error> { panic!("the work is not to begin") })
        .await;
    assert!(matches!(failed, Err(Error::Start(_))), "{failed:?}");
}

#[test]
fn a_panic_of_the_work_goes_on_after_the_cleanup() {
    let mut counted = None;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(manager("").run(async |app| -> Result<(), Error> {
            counted = Some(cleanups(app));
            panic!("the work is too hard")
        }))
    }));
    let panic = panicked.expect_err("the panic goes on");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the work is too hard"));
    assert_eq!(counted.expect("it ran").load(SeqCst), 1);
}

/// What `main` prints of an error that it returns are the words that people read.
#[tokio::test]
async fn an_error_is_printed_alike_by_debug_and_display() {
    let failed = manager("[counted]\nstart = true").initialize().await;
    let error = failed.expect_err("it fails");
    assert_eq!(format!("{error:?}"), error.to_string());
    assert!(error.to_string().contains("no ground"), "{error}");
}

/// The future can be spawned, where the work can.
#[tokio::test]
async fn the_whole_life_is_a_task() {
    let app = manager("");
    let task = tokio::spawn(async move { app.run(async |_| Ok::<_, Error>(7)).await });
    assert_eq!(task.await.expect("no panic").expect("no error"), 7);
}

#[plugin(name = "flaky", optional)]
pub struct Flaky;

#[plugin]
impl Flaky {
    fn initialize(&mut self) -> Result<(), std::io::Error> {
        Err(std::io::Error::other("no disk"))
    }
}

#[tokio::test]
async fn the_report_says_who_failed_and_why() {
    let manager = PluginManager::builder()
        .plugins(&plugins![Flaky])
        .build()
        .expect("nothing that is needed fails");
    manager
        .initialize()
        .await
        .expect("nothing that is needed fails");
    let report = manager.report().to_string();
    assert!(
        report.starts_with("plugins, in start order (1 on, 0 off, 1 failed)"),
        "{report}"
    );
    assert!(report.contains("; failed: "), "{report}");
    assert!(report.contains("no disk"), "{report}");
    manager
        .shutdown()
        .await
        .expect("nothing that is needed fails");
}
