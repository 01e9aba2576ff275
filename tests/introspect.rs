//! What a manager tells of its application: description, report and drawings, whole.

#![allow(
    clippy::unwrap_used,
    missing_debug_implementations,
    missing_docs,
    reason = "tests, and plugins that nobody else uses"
)]

use pepperplug::prelude::*;

#[event("user.login")]
pub struct UserLogin;

#[service("cache")]
pub trait Cache: Send + Sync {}

#[plugin(name = "memory-cache", version = "1.2.0", provides(dyn Cache))]
pub struct MemoryCache;

impl Cache for MemoryCache {}

#[plugin]
impl MemoryCache {
    #[hook("user.login")]
    fn count(&self, _login: &UserLogin) {}
}

#[plugin(name = "database", version = "0.3.1", requires("memory-cache >=1.1"))]
pub struct Database {
    #[inject]
    _mailer: Lazy<Mailer>,
}

#[plugin(name = "mailer", version = "2.0.0-rc.1")]
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
    #[hook("user.login", priority = high)]
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

async fn running() -> PluginManager {
    let manager = PluginManager::builder().plugins(&PLUGINS).build().unwrap();
    manager.initialize().await.unwrap();
    manager
}

/// Without the times, which differ from run to run.
fn timeless(report: &str) -> String {
    let line = |line: &str| match line.split_once(", ready in ") {
        Some((before, after)) => {
            let after = after.split_once(';').map_or("", |(_, after)| after);
            format!("{before};{after}\n")
        }
        None => format!("{line}\n"),
    };
    report.lines().map(line).collect()
}

#[tokio::test]
async fn the_report_says_why_and_in_which_order() {
    let manager = running().await;
    assert_eq!(
        timeless(&manager.report().to_string()),
        "\
plugins, in start order (3 on, 1 off)
  memory-cache  ready         1.2.0; listed, `not(any())` is on; provides cache; injected into mailer
  database      ready         0.3.1; listed; injected into mailer
  mailer        ready         2.0.0-rc.1; listed; injected into database
  audit::Audit  off           `any()` is not on
hooks, in the order in which they run
  user.login (notify)
    1. mailer::greet  priority 100
    2. mailer::note  priority 50
    3. memory-cache::count  `mailer` comes before it
"
    );
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

#[tokio::test]
async fn the_description_is_data() {
    let manager = running().await;
    let described = serde_json::to_value(manager.describe()).unwrap();
    let mailer = &described["plugins"][2];
    assert_eq!(mailer["name"], "mailer");
    assert_eq!(mailer["state"], "ready");
    assert_eq!(mailer["path"], "introspect::Mailer");
    assert_eq!(mailer["injects"][1]["service"], "cache");
    assert_eq!(mailer["injects"][1]["by"][0], "memory-cache");
    assert_eq!(described["off"][0]["path"], "audit::Audit");
    manager.shutdown().await.unwrap();
    let described = serde_json::to_value(manager.describe()).unwrap();
    assert_eq!(described["plugins"][2]["state"], "stopped");
}
