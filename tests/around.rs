//! Hooks that wrap those after them: they change what these return, keep them from being called, or recover from their
//! errors.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{EmitContext, EmitError, Error, HookResult, Next};

#[event("told")]
pub struct Told(&'static str);

#[event("told.sync", sync)]
pub struct ToldSync(&'static str);

#[event("asked", mode = first, output = u32)]
pub struct Asked(u32);

#[event("gathered", mode = collect, output = u32)]
pub struct Gathered;

#[event("changed", mode = transform)]
pub struct Changed(Vec<&'static str>);

#[plugin(name = "inner")]
#[derive(Default)]
pub struct Inner {
    log: Mutex<Vec<String>>,
}

impl Inner {
    fn note(&self, what: impl Into<String>) {
        self.log.lock().expect("no panic").push(what.into());
    }
}

#[plugin]
impl Inner {
    #[hook("told")]
    async fn told(&self, told: &Told, ctx: &EventContext<'_>) -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        self.note(format!("told {} {}", told.0, ctx.correlation_id()));
        match told.0 {
            "fail" => Err("it failed"),
            _ => Ok(()),
        }
    }

    #[hook("told", priority = low)]
    fn told_later(&self, told: &Told) -> Result<(), &'static str> {
        self.note(format!("later {}", told.0));
        match told.0 {
            "fail" => Err("it failed as well"),
            "panic" => panic!("oh"),
            _ => Ok(()),
        }
    }

    #[hook("told.sync")]
    fn told_sync(&self, told: &ToldSync) {
        self.note(format!("told {}", told.0));
    }

    #[hook("asked")]
    fn asked(&self, asked: &Asked) -> Option<u32> {
        (asked.0 < 10).then_some(asked.0)
    }

    #[hook("gathered", priority = 90)]
    fn outside(&self, _: &Gathered) -> u32 {
        0
    }

    #[hook("gathered")]
    async fn gathered(&self, _: &Gathered) -> u32 {
        // What wraps it waits as well, and yields something else when it goes on.
        tokio::task::yield_now().await;
        1
    }

    #[hook("gathered")]
    fn gathered_more(&self, _: &Gathered) -> Result<u32, &'static str> {
        Err("no")
    }

    #[hook("changed")]
    fn changed(&self, changed: &mut Changed) {
        changed.0.push("inner");
    }
}

#[plugin(name = "outer")]
pub struct Outer {
    #[inject]
    inner: Arc<Inner>,
}

#[plugin]
impl Outer {
    #[hook("told", priority = 80)]
    async fn wrap(
        &self,
        told: &Told,
        ctx: &EventContext<'_>,
        next: Next<'_, Told>,
    ) -> Result<(), Error> {
        self.inner.note(format!("before {}", ctx.correlation_id()));
        match told.0 {
            "skip" => return Ok(()),
            "twice" => next.run(told).await?,
            "other" => return next.run(&Told("another")).await,
            "recover" => {
                let failed = next.run(&Told("fail")).await.expect_err("both fail");
                let Error::Emit(EmitError::Hooks { errors, .. }) = failed else {
                    panic!("{failed}")
                };
                self.inner.note(format!("{} failed", errors.len()));
                return Ok(());
            }
            _ => {}
        }
        next.run(told).await?;
        self.inner.note("after");
        Ok(())
    }

    #[hook("told.sync", priority = high)]
    fn wrap_sync(&self, told: &ToldSync, next: Next<'_, ToldSync>) -> Result<(), Error> {
        self.inner.note("before");
        next.run_sync(told)?;
        self.inner.note("after");
        Ok(())
    }

    #[hook("asked", priority = high)]
    async fn add(&self, asked: &Asked, next: Next<'_, Asked>) -> Result<Option<u32>, Error> {
        if asked.0 == 7 {
            return Ok(Some(77));
        }
        Ok(Some(next.run(asked).await?.unwrap_or(100) + 1))
    }

    #[hook("gathered", priority = 80)]
    async fn gather(
        &self,
        gathered: &Gathered,
        next: Next<'_, Gathered>,
    ) -> Result<Vec<HookResult<u32>>, Error> {
        let mut results = next.run(gathered).await?;
        results.retain(|result| result.outcome.is_ok());
        Ok(results)
    }

    #[hook("changed", priority = high)]
    async fn change(&self, changed: &mut Changed, next: Next<'_, Changed>) -> Result<(), Error> {
        changed.0.push("before");
        next.run(&mut *changed).await?;
        changed.0.push("after");
        Ok(())
    }
}

/// A function may wrap as well, and is injected what comes after.
#[hook("told", priority = 85)]
async fn outermost(told: &Told, next: Next<'_, Told>, inner: Arc<Inner>) -> Result<(), Error> {
    inner.note("outermost");
    next.run(told).await
}

static PLUGINS: PluginSet = plugins![Inner, Outer, outermost];

async fn started() -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

async fn tell(manager: &PluginManager, what: &'static str) -> (Result<(), String>, Vec<String>) {
    let context = EmitContext::new().correlation_id("id");
    let told = manager.emit_with(&Told(what), context).await;
    let inner = manager.get::<Inner>().expect("it runs");
    let log = std::mem::take(&mut *inner.log.lock().expect("no panic"));
    (told.map_err(|error| error.to_string()), log)
}

#[tokio::test]
async fn what_wraps_decides_what_is_called_and_how_often() {
    let manager = started().await;
    let (told, log) = tell(&manager, "x").await;
    assert_eq!(told, Ok(()));
    assert_eq!(
        log,
        ["outermost", "before id", "told x id", "later x", "after"]
    );
    let (told, log) = tell(&manager, "skip").await;
    assert_eq!(told, Ok(()));
    assert_eq!(log, ["outermost", "before id"]);
    let (_, log) = tell(&manager, "twice").await;
    assert_eq!(
        log.iter().filter(|line| *line == "told twice id").count(),
        2
    );
    let (_, log) = tell(&manager, "other").await;
    assert_eq!(
        log,
        ["outermost", "before id", "told another id", "later another"]
    );
    manager.emit_sync(&ToldSync("y")).expect("no hook fails");
    let inner = manager.get::<Inner>().expect("it runs");
    assert_eq!(
        *inner.log.lock().expect("no panic"),
        ["before", "told y", "after"]
    );
}

#[tokio::test]
async fn an_error_that_is_passed_on_stays_that_of_the_hook_that_failed() {
    let manager = started().await;
    let (told, log) = tell(&manager, "fail").await;
    assert_eq!(
        told.expect_err("both fail"),
        "\
[PP242] 2 hooks failed on event `told`
  hook `told` of plugin `inner` failed on event `told`: it failed
  hook `told_later` of plugin `inner` failed on event `told`: it failed as well"
    );
    assert_eq!(log.len(), 4, "all of them ran");
    let (told, _) = tell(&manager, "panic").await;
    let panicked =
        "[PP242] hook `told_later` of plugin `inner` failed on event `told`: it panicked: oh";
    assert_eq!(told.expect_err("it panics"), panicked);
    let (told, log) = tell(&manager, "recover").await;
    assert_eq!(told, Ok(()));
    assert_eq!(log.last().map(String::as_str), Some("2 failed"));
}

#[tokio::test]
async fn what_wraps_returns_what_the_emit_returns() {
    let manager = started().await;
    assert_eq!(
        manager.emit(&Asked(1)).await.expect("no hook fails"),
        Some(2)
    );
    assert_eq!(
        manager.emit(&Asked(7)).await.expect("no hook fails"),
        Some(77)
    );
    assert_eq!(
        manager.emit(&Asked(10)).await.expect("no hook fails"),
        Some(101)
    );
    let gathered = manager.emit(&Gathered).await.expect("it is told by each");
    let hooks: Vec<_> = gathered.iter().map(|result| result.hook).collect();
    assert_eq!(hooks, ["outside", "gathered"]);
    let mut changed = Changed(Vec::new());
    manager.emit(&mut changed).await.expect("no hook fails");
    assert_eq!(changed.0, ["before", "inner", "after"]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_for_what_is_wrapped() {
    let manager = started().await;
    let _slow = manager.on(pepperplug::HookOptions::new().priority(-1), |_: &Told| {
        tokio::time::sleep(Duration::from_secs(60))
    });
    let context = EmitContext::new().timeout(Duration::from_secs(1));
    let begun = tokio::time::Instant::now();
    let error = manager
        .emit_with(&Told("x"), context)
        .await
        .expect_err("late");
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    assert_eq!(error.code(), "PP244", "{error}");
}
