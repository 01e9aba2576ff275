//! Interceptors see every emit, and what every hook has come to.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{EmitContext, HookOptions};

#[event("told")]
pub struct Told;

#[event("told.sync", sync)]
pub struct ToldSync;

#[event("asked", mode = first, output = u32)]
pub struct Asked;

#[event("unheard")]
pub struct Unheard;

#[plugin(name = "talker")]
pub struct Talker;

#[plugin]
impl Talker {
    #[hook("told", priority = high)]
    async fn waits(&self, _: &Told) {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    #[hook("told", on_error = ignore)]
    fn fails(&self, _: &Told) -> Result<(), &'static str> {
        Err("unheard")
    }

    #[hook("told.sync")]
    fn panics(&self, _: &ToldSync) {
        panic!("oh");
    }

    #[hook("asked")]
    fn knows_not(&self, _: &Asked) -> Option<u32> {
        None
    }

    #[hook("asked", priority = low)]
    async fn knows(&self, _: &Asked) -> Option<u32> {
        Some(7)
    }

    #[hook("asked", priority = -1)]
    fn is_not_asked(&self, _: &Asked) -> Option<u32> {
        Some(8)
    }
}

static PLUGINS: PluginSet = plugins![Talker];

#[tokio::test(start_paused = true)]
async fn each_emit_and_each_hook_is_seen() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |log: &Arc<Mutex<Vec<String>>>, line: String| {
        log.lock().expect("no panic").push(line);
    };
    let (on_emit, on_result) = (Arc::clone(&log), Arc::clone(&log));
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .on_emit(move |ctx| note(&on_emit, format!("emit {}", ctx.event())))
        .on_emit(|_| panic!("an interceptor's panic is its own"))
        .on_result(move |outcome, ctx| {
            let (hook, result) = (outcome.hook, outcome.result.name());
            let (event, took) = (ctx.event(), outcome.duration.as_secs());
            note(&on_result, format!("{event} {hook} {result} {took}"));
        })
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    let take = || std::mem::take(&mut *log.lock().expect("no panic"));
    assert_eq!(take(), ["emit app.startup"]);
    manager.emit(&Told).await.expect("the failure is ignored");
    assert_eq!(
        take(),
        ["emit told", "told waits done 2", "told fails ignored 0"]
    );
    manager.emit_sync(&ToldSync).expect_err("it panics");
    assert_eq!(take(), ["emit told.sync", "told.sync panics failed 0"]);
    assert_eq!(manager.emit(&Asked).await.expect("no hook fails"), Some(7));
    assert_eq!(
        take(),
        ["emit asked", "asked knows_not done 0", "asked knows done 0"]
    );
    manager.emit(&Unheard).await.expect("nobody hears it");
    assert_eq!(take(), ["emit unheard"]);
    let late = EmitContext::new().timeout(Duration::from_secs(1));
    manager
        .emit_with(&Told, late)
        .await
        .expect_err("it is late");
    assert_eq!(take(), ["emit told", "told waits ended 1"]);
    let _closure = manager.on_sync(HookOptions::new().name("closure"), |_: &Unheard| ());
    manager.emit(&Unheard).await.expect("no hook fails");
    assert_eq!(take(), ["emit unheard", "unheard closure done 0"]);
}
