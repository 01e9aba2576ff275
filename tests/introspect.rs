//! What a manager tells of its application: description, report and drawings, whole.

#![allow(
    clippy::unwrap_used,
    missing_debug_implementations,
    missing_docs,
    reason = "tests, and plugins that nobody else uses"
)]

use std::time::Duration;

use pepperplug::prelude::*;
use pepperplug::{Candidate, DecidedBy, HookOptions, Why};

#[event("user.login", timeout = "5s")]
pub struct UserLogin;

#[event("user.count", mode = collect, output = u32, sync)]
pub struct UserCount;

#[service("cache")]
pub trait Cache: Send + Sync {}

#[plugin(name = "memory-cache", version = "1.2.0", provides(dyn Cache))]
pub struct MemoryCache;

impl Cache for MemoryCache {}

#[plugin]
impl MemoryCache {
    #[hook("user.login", parallel)]
    fn count(&self, _login: &UserLogin) {}

    #[hook("user.count")]
    fn total(&self, _count: &UserCount) -> u32 {
        0
    }
}

#[plugin(name = "database", version = "0.3.1", requires("memory-cache >=1.1"))]
pub struct Database {
    #[inject]
    _mailer: Lazy<Mailer>,
}

#[plugin]
impl Database {
    async fn initialize(&mut self) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[plugin(name = "mailer", version = "2.0.0-rc.1", feature = "mail")]
pub struct Mailer {
    #[inject]
    _database: Arc<Database>,
    #[inject]
    _cache: Option<Arc<dyn Cache>>,
    #[inject]
    _caches: Vec<Arc<dyn Cache>>,
}

#[plugin]
impl Mailer {
    #[hook("user.login", priority = high, retries = 3, timeout = "1s", on_error = ignore)]
    async fn greet(&self, _login: &UserLogin) {}

    #[hook("user.*", before = "memory-cache")]
    fn note(&self, _ctx: &EventContext) {}
}

static PLUGINS: PluginSet = plugins![
    Mailer,
    Database,
    #[cfg(not(any()))]
    MemoryCache,
    #[cfg(any())]
    audit::Audit,
];

const SETTINGS: &str = "\
[hooks.'user.login']
retries = 2
";

fn built() -> PluginManager {
    let settings = Settings::from_toml(SETTINGS).unwrap();
    let builder = PluginManager::builder().plugins(&PLUGINS);
    builder.settings(settings).build().unwrap()
}

async fn running() -> PluginManager {
    let manager = built();
    manager.initialize().await.unwrap();
    manager
}

fn report(state: &str, times: [&str; 3]) -> String {
    let [first, second, third] = times;
    format!(
        "\
plugins, in start order (3 on, 1 off)
  memory-cache  {state:12}  1.2.0{first}; listed, `not(any())` is on; provides cache; injected into mailer
  database      {state:12}  0.3.1{second}; listed; injected into mailer
  mailer        {state:12}  2.0.0-rc.1{third}; listed; injected into database
  audit::Audit  off           `any()` is not on
hooks, in the order in which they run
  user.count (collect)
    1. mailer::note  priority 50
    2. memory-cache::total  `mailer` comes before it
  user.login (notify)
    1. mailer::greet  priority 100; timeout 1s (hook); retries 2 (<toml>:2:1); on_error ignore (hook)
    2. mailer::note  priority 50; timeout 5s (event); retries 2 (<toml>:2:1)
    3. memory-cache::count  `mailer` comes before it; timeout 5s (event); retries 2 (<toml>:2:1)"
    )
}

#[tokio::test(start_paused = true)]
async fn the_report_says_why_and_when_and_in_which_order() {
    let manager = running().await;
    let times = [
        ", ready in 0.0ns, 0.0ns after the start",
        ", ready in 20.0ms, 20.0ms after the start",
        ", ready in 0.0ns, 20.0ms after the start",
    ];
    assert_eq!(manager.report().to_string(), report("ready", times));
    manager.shutdown().await.unwrap();
    assert_eq!(manager.report().to_string(), report("stopped", times));
}

#[test]
fn what_is_known_before_the_start_is_told_before_the_start() {
    let report_of = built().report().to_string();
    assert_eq!(report_of, report("registered", [""; 3]));
}

#[tokio::test]
async fn closures_are_among_the_hooks() {
    let manager = built();
    let options = HookOptions::new().name("watch").priority(200);
    let _watch = manager.on_sync(options, |_: &UserLogin| {});
    let watched = |manager: &PluginManager| {
        let events = manager.describe().events;
        let hook = &events[1].hooks[0];
        assert_eq!((hook.plugin, hook.hook), ("", "watch"));
        assert!(
            manager
                .report()
                .to_string()
                .contains("1. closure `watch`  priority 200")
        );
    };
    watched(&manager);
    manager.initialize().await.unwrap();
    watched(&manager);
    manager.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_graph_is_drawn_as_mermaid_and_dot() {
    let manager = running().await;
    let graph = manager.graph();
    assert_eq!(
        graph.mermaid(),
        "\
flowchart TD
    p_memory__cache[\"memory-cache 1.2.0\"]
    p_database[\"database 0.3.1\"]
    p_mailer[\"mailer 2.0.0-rc.1\"]
    p_database -->|requires| p_memory__cache
    p_database -.->|injects, lazy| p_mailer
    p_mailer -->|injects| p_database
    p_mailer -.->|dyn cache, optional| p_memory__cache
    p_mailer -->|dyn cache, many| p_memory__cache
"
    );
    assert_eq!(
        graph.dot(),
        "\
digraph plugins {
    node [shape=box];
    \"memory-cache\" [label=\"memory-cache\\n1.2.0\"];
    \"database\" [label=\"database\\n0.3.1\"];
    \"mailer\" [label=\"mailer\\n2.0.0-rc.1\"];
    \"database\" -> \"memory-cache\" [label=\"requires\", style=solid];
    \"database\" -> \"mailer\" [label=\"injects, lazy\", style=dashed];
    \"mailer\" -> \"database\" [label=\"injects\", style=solid];
    \"mailer\" -> \"memory-cache\" [label=\"dyn cache, optional\", style=dashed];
    \"mailer\" -> \"memory-cache\" [label=\"dyn cache, many\", style=solid];
}
"
    );
    manager.shutdown().await.unwrap();
}

/// Without the lines of this file, which change with it.
fn without_lines(text: &str) -> String {
    let line = |line: &str| match line.split_once(concat!(file!(), ":")) {
        Some((before, _)) => format!("{before}{}\",\n", file!()),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Others read it: a change of what is here is a change of the format.
#[tokio::test(start_paused = true)]
async fn the_description_is_data() {
    let manager = running().await;
    let described = serde_json::to_string_pretty(&manager.describe()).unwrap();
    let described = without_lines(&described);
    assert_eq!(
        described,
        include_str!("introspect/description.json"),
        "{described}"
    );
    manager.shutdown().await.unwrap();
    let described = serde_json::to_value(manager.describe()).unwrap();
    assert_eq!(described["plugins"][2]["state"], "stopped");
}

/// By name, what decides it and how the description says so.
fn reasons(manager: &PluginManager) -> Vec<(&'static str, Why)> {
    let plugins = manager.describe().plugins.into_iter();
    plugins.map(|plugin| (plugin.name, plugin.why)).collect()
}

#[test]
fn a_feature_that_decides_is_named() {
    static FEATURES: [Candidate; 4] = [
        Candidate::new("mail::Mailer", "feature = \"mail\"", true),
        Candidate::new("Database", "", true),
        Candidate::new("MemoryCache", "all(unix, feature = \"cache\")", true),
        Candidate::new("audit::Audit", "feature = \"audit\"", false),
    ];
    static SET: PluginSet = PluginSet::new(PLUGINS.plugins(), &FEATURES);
    let manager = PluginManager::builder().plugins(&SET).build().unwrap();
    let reasons = reasons(&manager);
    let [(_, cache), (_, database), (_, mailer)] = reasons.as_slice() else {
        panic!("{reasons:?}")
    };
    assert_eq!(
        (mailer.by, mailer.feature),
        (DecidedBy::Feature, Some("mail"))
    );
    assert_eq!(mailer.text, "listed, feature `mail` is on");
    assert_eq!((database.by, database.feature), (DecidedBy::Listed, None));
    assert_eq!((cache.by, cache.feature), (DecidedBy::Condition, None));
    assert_eq!(
        cache.to_string(),
        "listed, `all(unix, feature = \"cache\")` is on"
    );
    let off = &manager.describe().off[0].why;
    assert_eq!((off.by, off.feature), (DecidedBy::Feature, Some("audit")));
    assert_eq!(off.text, "feature `audit` is not on");
}

#[test]
fn without_a_list_they_are_linked() {
    let manager = PluginManager::linked().unwrap();
    for (name, why) in reasons(&manager) {
        let feature = (name == "mailer").then_some("mail");
        assert_eq!(why.feature, feature);
        let (by, text) = match feature {
            Some(_) => (DecidedBy::Feature, "linked, feature `mail` is on"),
            None => (DecidedBy::Linked, "linked"),
        };
        assert_eq!((why.by, why.text.as_str()), (by, text));
    }
}
