//! New settings for an application that runs: who takes them in place, who is replaced, and that a reload is all or nothing.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{AppReloaded, Error, PluginState, Reload};
use serde::Deserialize;
use tokio::sync::Notify;

#[event("tick")]
#[derive(Default)]
pub struct Tick {
    seen: Mutex<Vec<String>>,
}

impl Tick {
    fn saw(&self, who: String) {
        self.seen.lock().expect("no panic while held").push(who);
    }

    fn seen(self) -> Vec<String> {
        self.seen.into_inner().expect("no panic while held")
    }
}

/// What happened to the plugins of one manager.
#[plugin(name = "journal")]
#[derive(Default)]
pub struct Journal {
    entries: Mutex<Vec<String>>,
    go_on: Notify,
}

impl Journal {
    fn add(&self, entry: String) {
        self.entries
            .lock()
            .expect("no panic while held")
            .push(entry);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.entries.lock().expect("no panic while held"))
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    #[default]
    Well,
    Fail,
    Panic,
    Hang,
    FailToEnd,
}

impl Does {
    async fn it(self) -> Result<(), &'static str> {
        match self {
            Self::Well | Self::FailToEnd => Ok(()),
            Self::Fail => Err("told to fail"),
            Self::Panic => panic!("told to panic"),
            Self::Hang => std::future::pending().await,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    value: u32,
    does: Does,
}

/// Has no `reconfigure`: replaced where its settings change.
#[plugin(name = "base")]
pub struct Base {
    #[inject]
    journal: Arc<Journal>,
    #[inject(settings)]
    given: Given,
}

#[plugin]
impl Base {
    async fn initialize(&mut self) -> Result<(), &'static str> {
        self.journal
            .add(format!("base {} begins", self.given.value));
        self.given.does.it().await
    }

    async fn cleanup(&self) -> Result<(), &'static str> {
        self.journal.add(format!("base {} ends", self.given.value));
        match self.given.does {
            Does::FailToEnd => Err("told to fail in the end"),
            _ => Ok(()),
        }
    }

    #[hook("tick")]
    async fn hears(&self, tick: &Tick) {
        tick.saw(format!("base {}", self.given.value));
        if self.given.value == 7 {
            self.journal.go_on.notified().await;
            self.journal.add("base 7 hears".to_owned());
        }
    }
}

/// Has one injected that is replaced.
#[plugin(name = "above")]
pub struct Above {
    #[inject]
    journal: Arc<Journal>,
    #[inject]
    base: Arc<Base>,
}

#[plugin]
impl Above {
    fn initialize(&mut self) {
        self.journal
            .add(format!("above {} begins", self.base.given.value));
    }

    fn cleanup(&self) {
        self.journal
            .add(format!("above {} ends", self.base.given.value));
    }

    #[hook("tick")]
    fn hears(&self, tick: &Tick) {
        tick.saw(format!("above {}", self.base.given.value));
    }
}

/// Looks one up that is replaced, and stays.
#[plugin(name = "aside")]
pub struct Aside {
    #[inject]
    base: Lazy<Base>,
}

#[plugin]
impl Aside {
    #[hook("app.reloaded")]
    fn is_told(&self, told: &AppReloaded) -> Result<(), &'static str> {
        match told.reload.restarted.contains(&"extra") {
            true => Err("it fails where `extra` is restarted"),
            false => Ok(()),
        }
    }

    #[hook("tick", priority = low)]
    fn hears(&self, tick: &Tick) {
        let base = self.base.get().expect("it runs");
        tick.saw(format!("aside {}", base.given.value));
    }
}

/// Takes its settings in place.
#[plugin(name = "place")]
pub struct Place {
    #[inject]
    journal: Arc<Journal>,
    #[inject(settings)]
    given: Given,
    #[init(Mutex::new(0))]
    value: Mutex<u32>,
}

#[plugin]
impl Place {
    fn initialize(&mut self) {
        self.journal.add("place begins".to_owned());
        *self.value.get_mut().expect("no panic while held") = self.given.value;
    }

    async fn reconfigure(&self, given: Given) -> Result<(), &'static str> {
        self.journal.add(format!("place takes {}", given.value));
        given.does.it().await?;
        *self.value.lock().expect("no panic while held") = given.value;
        Ok(())
    }

    #[hook("tick")]
    fn hears(&self, tick: &Tick) {
        let value = *self.value.lock().expect("no panic while held");
        tick.saw(format!("place {value}"));
    }
}

/// The application may start without it.
#[plugin(name = "extra", optional)]
pub struct Extra {
    #[inject(settings)]
    given: Given,
}

#[plugin]
impl Extra {
    async fn initialize(&mut self) -> Result<(), &'static str> {
        self.given.does.it().await
    }

    #[hook("tick", priority = low, on_error = disable, disable_after = 1)]
    fn hears(&self, tick: &Tick) -> Result<(), &'static str> {
        tick.saw(format!("extra {}", self.given.value));
        Err("it always fails")
    }
}

static PLUGINS: PluginSet = plugins![Journal, Base, Above, Aside, Place, Extra];

struct App {
    manager: PluginManager,
    file: PathBuf,
    journal: Arc<Journal>,
}

impl App {
    async fn start(name: &str, settings: &str) -> Self {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("reload-{name}.toml"));
        std::fs::write(&file, settings).expect("a file");
        let manager = PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(Settings::file(&file).expect("settings"))
            .build()
            .expect("the build proved the wiring");
        manager.initialize().await.expect("it starts");
        let journal = manager.get::<Journal>().expect("it runs");
        journal.take();
        Self {
            manager,
            file,
            journal,
        }
    }

    fn write(&self, settings: &str) {
        std::fs::write(&self.file, settings).expect("a file");
    }

    async fn reload(&self, settings: &str) -> Result<Reload, Error> {
        self.write(settings);
        self.manager.reload().await
    }

    async fn tick(&self) -> Vec<String> {
        let tick = Tick::default();
        self.manager.emit(&tick).await.expect("every hook is well");
        tick.seen()
    }

    fn happened(&self) -> Vec<String> {
        self.journal.take()
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_changed_is_replaced_with_all_that_have_it_injected() {
    let app = App::start("replaced", "[base]\nvalue = 1\n").await;
    let place = app.manager.get::<Place>().expect("it runs");
    let base = app.manager.get::<Base>().expect("it runs");
    assert_eq!(
        app.tick().await,
        ["base 1", "above 1", "place 0", "aside 1", "extra 0"]
    );
    let reload = app.reload("[base]\nvalue = 2\n").await.expect("it is well");
    assert_eq!(reload.restarted, ["base", "above"]);
    assert_eq!(reload.to_string(), "restarted base, above");
    assert_eq!(
        app.happened(),
        [
            "base 2 begins",
            "above 2 begins",
            "above 1 ends",
            "base 1 ends"
        ]
    );
    // What was taken out for its failures stays out.
    assert_eq!(
        app.tick().await,
        ["base 2", "above 2", "place 0", "aside 2"]
    );
    let same = app.manager.get::<Place>().expect("it runs");
    assert!(Arc::ptr_eq(&place, &same), "nothing told it to change");
    let other = app.manager.get::<Base>().expect("it runs");
    assert!(!Arc::ptr_eq(&base, &other));
    app.manager.shutdown().await.expect("it stops");
    assert_eq!(app.happened(), ["above 2 ends", "base 2 ends"]);
}

#[tokio::test(start_paused = true)]
async fn one_with_reconfigure_takes_its_settings_in_place() {
    let app = App::start("in-place", "[place]\nvalue = 1\n").await;
    let before = app.manager.get::<Place>().expect("it runs");
    let reload = app
        .reload("[place]\nvalue = 2\n")
        .await
        .expect("it is well");
    assert_eq!(reload.to_string(), "reconfigured place");
    assert_eq!(app.happened(), ["place takes 2"]);
    assert!(app.tick().await.contains(&"place 2".to_owned()));
    let after = app.manager.get::<Place>().expect("it runs");
    assert!(Arc::ptr_eq(&before, &after));
}

#[tokio::test(start_paused = true)]
async fn nothing_changes_where_the_settings_say_the_same() {
    let app = App::start("same", "[base]\nvalue = 1\n").await;
    let reload = app.reload("# Another text.\n[base]\nvalue =    1\n").await;
    let reload = reload.expect("it is well");
    assert!(reload.is_empty());
    assert_eq!(reload.to_string(), "nothing changed");
    assert_eq!(app.happened(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_wrong_changes_nothing() {
    let app = App::start("wrong", "[base]\nvalue = 1\n").await;
    let error = app.reload("[base]\nvalue = \"2\"\nvalu = 3\n").await;
    let error = error.expect_err("it is wrong");
    assert_eq!(error.code(), "PP210");
    let text = error.to_string();
    assert!(text.contains("reload-wrong.toml:2:9"), "{text}");
    let error = app.reload("[base\n").await.expect_err("it is no TOML");
    assert!(
        error.to_string().contains("reload-wrong.toml:1:"),
        "{error}"
    );
    std::fs::remove_file(&app.file).expect("it was there");
    let error = app.manager.reload().await.expect_err("there is no file");
    assert!(error.to_string().contains("[PP215]"), "{error}");
    assert_eq!(app.happened(), [""; 0]);
    assert!(app.tick().await.contains(&"base 1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_to_start_leaves_the_old_running() {
    for (does, why) in [
        ("fail", "told to fail"),
        ("panic", "told to panic"),
        ("hang", "not initialized after 30s, its limit"),
    ] {
        let app = App::start(&format!("start-{does}"), "[base]\nvalue = 1\n").await;
        let settings = format!("[base]\nvalue = 2\ndoes = \"{does}\"\n[place]\nvalue = 9\n");
        let error = app.reload(&settings).await.expect_err("it fails");
        assert_eq!(error.code(), "PP260");
        let text = error.to_string();
        assert!(
            text.starts_with("[PP260] the reload failed, and everything runs as it did before\n  "),
            "{text}"
        );
        assert!(text.contains(why), "{text}");
        let Error::Reload(error) = error else {
            panic!("{text}")
        };
        assert_eq!(error.failed().collect::<Vec<_>>(), ["base"]);
        assert_eq!(app.happened(), ["base 2 begins"]);
        let seen = app.tick().await;
        assert_eq!(seen[..2], ["base 1", "above 1"]);
        let base = app.manager.get_by_name("base").expect("it is there");
        assert_eq!(base.state(), PluginState::Ready);
        // And the next one may be well.
        let reload = app.reload("[base]\nvalue = 3\n").await.expect("it is well");
        assert_eq!(reload.restarted, ["base", "above"]);
        app.manager.shutdown().await.expect("it stops");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_refuses_its_settings_gets_its_old_ones_again() {
    for (does, why) in [
        ("fail", "`reconfigure` failed: told to fail"),
        ("panic", "`reconfigure` panicked: told to panic"),
        ("hang", "`reconfigure` not done after 30s, its limit"),
    ] {
        let app = App::start(&format!("take-{does}"), "[place]\nvalue = 1\n").await;
        let settings = format!("[place]\nvalue = 2\ndoes = \"{does}\"\n[base]\nvalue = 5\n");
        let error = app.reload(&settings).await.expect_err("it fails");
        let text = error.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("  place  failed     after "), "{text}");
        assert!(lines[1].contains(why), "{text}");
        assert_eq!(lines[2], "  place  put back   (has its old settings again)");
        assert!(lines[3].starts_with("  above  stopped    (had"), "{text}");
        assert!(lines[4].starts_with("  base   stopped    (had"), "{text}");
        assert_eq!(
            app.happened(),
            [
                "base 5 begins",
                "above 5 begins",
                "place takes 2",
                "place takes 1",
                "above 5 ends",
                "base 5 ends"
            ]
        );
        let seen = app.tick().await;
        assert!(seen.contains(&"place 1".to_owned()), "{seen:?}");
        assert!(seen.contains(&"base 0".to_owned()), "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn hooks_under_way_end_before_their_plugin_does() {
    let app = App::start("under-way", "[base]\nvalue = 7\n").await;
    let manager = app.manager.clone();
    let under_way = tokio::spawn(async move {
        let tick = Tick::default();
        manager.emit(&tick).await.expect("it is well");
        tick.seen()
    });
    tokio::task::yield_now().await;
    app.write("[base]\nvalue = 8\n");
    let manager = app.manager.clone();
    let reload = tokio::spawn(async move { manager.reload().await });
    while app.manager.get::<Base>().expect("it runs").given.value == 7 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(app.happened(), ["base 8 begins", "above 8 begins"]);
    // New emits go to the new, while the old one is still at its own.
    assert_eq!(app.tick().await[..2], ["base 8", "above 8"]);
    app.journal.go_on.notify_one();
    reload.await.expect("no panic").expect("it is well");
    let seen = under_way.await.expect("no panic");
    // It looks one up, and finds the new one; all others are those that it began with.
    assert_eq!(seen[..4], ["base 7", "above 7", "place 0", "aside 8"]);
    assert_eq!(
        app.happened(),
        ["base 7 hears", "above 7 ends", "base 7 ends"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_that_never_ends_is_named_and_left_behind() {
    let app = App::start("stuck", "[base]\nvalue = 7\ndoes = \"fail_to_end\"\n").await;
    let manager = app.manager.clone();
    let stuck = tokio::spawn(async move { manager.emit(&Tick::default()).await });
    tokio::task::yield_now().await;
    let reload = app.reload("[base]\nvalue = 8\n").await.expect("it is done");
    assert_eq!(
        reload.to_string(),
        "restarted base, above\n  \
         events: some were still under way after 15s\n    hook `hears` of plugin `base` on event `tick`\n  \
         base: its cleanup failed: told to fail in the end"
    );
    // A shutdown waits for it as well.
    let error = app.manager.shutdown().await.expect_err("it hangs");
    assert!(error.to_string().contains("still under way"), "{error}");
    stuck.abort();
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_is_not_lost() {
    let app = App::start("optional", "").await;
    let error = app.reload("[extra]\ndoes = \"fail\"\n").await;
    let error = error.expect_err("it ran before");
    assert!(error.to_string().contains("extra  failed"), "{error}");
    assert!(app.manager.get::<Extra>().is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_that_failed_may_come_back() {
    let app = App::start("comes-back", "[extra]\ndoes = \"fail\"\n").await;
    assert!(app.manager.get::<Extra>().is_err());
    // It may fail again, which takes nothing away.
    let reload = app.reload("[extra]\nvalue = 1\ndoes = \"fail\"\n").await;
    assert_eq!(reload.expect("it is well").to_string(), "nothing changed");
    let reload = app.reload("[extra]\nvalue = 2\n").await;
    assert_eq!(
        reload.expect("it is well").to_string(),
        "restarted extra\n  app.reloaded: [PP242] hook `is_told` of plugin `aside` failed on event `app.reloaded`: \
         it fails where `extra` is restarted"
    );
    assert!(app.tick().await.contains(&"extra 2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn policies_of_hooks_change_alone() {
    let app = App::start("policies", "").await;
    let timeout = |manager: &PluginManager| {
        let hooks = manager.hooks_of::<Tick>();
        hooks[0].policy().timeout.value
    };
    assert_eq!(timeout(&app.manager), None);
    let reload = app.reload("[hooks.tick]\ntimeout = \"2s\"\n").await;
    assert!(reload.expect("it is well").restarted.is_empty());
    assert_eq!(timeout(&app.manager), Some(Duration::from_secs(2)));
    assert_eq!(app.happened(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_takes_back_a_reload() {
    let app = App::start("shutdown", "[base]\nvalue = 1\n").await;
    app.write("[base]\nvalue = 2\ndoes = \"hang\"\n");
    let manager = app.manager.clone();
    let reload = tokio::spawn(async move { manager.reload().await });
    while app.journal.entries.lock().expect("no panic").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    app.manager.shutdown().await.expect("it stops");
    let error = reload.await.expect("no panic").expect_err("taken back");
    assert!(
        error.to_string().contains("the application shuts down"),
        "{error}"
    );
    assert_eq!(
        app.happened(),
        ["base 2 begins", "above 1 ends", "base 1 ends"]
    );
    let error = app.manager.reload().await.expect_err("it has stopped");
    assert_eq!(error.code(), "PP226");
}

#[tokio::test(start_paused = true)]
async fn before_the_start_the_next_start_finds_the_new_settings() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reload-before.toml");
    std::fs::write(&file, "[base]\nvalue = 1\n").expect("a file");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::file(&file).expect("settings"))
        .build()
        .expect("the build proved the wiring");
    std::fs::write(&file, "[base]\nvalue = 2\n").expect("a file");
    assert!(manager.reload().await.expect("it is well").is_empty());
    manager.initialize().await.expect("it starts");
    assert_eq!(manager.get::<Base>().expect("it runs").given.value, 2);
}

#[tokio::test(start_paused = true)]
async fn reloads_at_the_same_time_follow_one_another() {
    let app = App::start("turns", "[base]\nvalue = 1\n").await;
    app.write("[base]\nvalue = 2\n");
    let (one, two) = tokio::join!(app.manager.reload(), app.manager.reload());
    let told = [
        one.expect("well").to_string(),
        two.expect("well").to_string(),
    ];
    assert_eq!(told, ["restarted base, above", "nothing changed"]);
    // A caller that goes away leaves it to go on.
    app.write("[base]\nvalue = 3\n");
    drop(app.manager.reload());
    {
        let reload = app.manager.reload();
        tokio::select! {
            biased;
            _ = reload => panic!("it takes longer"),
            () = std::future::ready(()) => {}
        }
    }
    let third = app.manager.reload().await.expect("it is well");
    assert!(third.is_empty(), "{third}");
    assert_eq!(app.tick().await[0], "base 3");
}
