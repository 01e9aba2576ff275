//! The plugin `memory-cache`, and what both caches have in common.

use std::time::Duration;

use api::{Cache, HealthCheck};
use cache::MemoryCache;
use pepperplug::prelude::*;
use pepperplug::testing::TestManager;
use pepperplug::{Error, Settings};

fn settings(text: &str) -> Settings {
    Settings::from_toml(text).expect("it is TOML")
}

#[tokio::test]
async fn it_keeps_no_more_than_its_capacity() {
    let app = TestManager::only::<MemoryCache>()
        .settings(settings("[cache]\ncapacity = 2"))
        .start()
        .await;
    let cache = app.service::<dyn Cache>().expect("it is there");
    for key in ["a", "b", "c", "d"] {
        cache.set(key, "1", None).await.expect("memory is there");
    }
    let health = app.emit(&HealthCheck {}).await.expect("no hook fails");
    let health = health[0].outcome.as_ref().expect("the hook answers");
    assert!(health.well);
    assert_eq!(health.detail, "2 of at most 2 entries");
    // The last one is never the one that makes room.
    assert_eq!(
        cache.get("d").await.expect("as above").as_deref(),
        Some("1")
    );
    app.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_value_set_anew_lives_anew() {
    let app = TestManager::only::<MemoryCache>().start().await;
    let cache = app.service::<dyn Cache>().expect("it is there");
    let minute = Some(Duration::from_secs(60));
    cache.set("a", "1", minute).await.expect("memory is there");
    tokio::time::sleep(Duration::from_secs(59)).await;
    cache.set("a", "2", minute).await.expect("memory is there");
    tokio::time::sleep(Duration::from_secs(59)).await;
    assert_eq!(
        cache.get("a").await.expect("as above").as_deref(),
        Some("2")
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(cache.get("a").await.expect("as above"), None);
    app.stop().await;
}

#[test]
fn settings_that_make_no_sense() {
    let wrong = |text: &str| match TestManager::only::<MemoryCache>()
        .settings(settings(text))
        .build()
    {
        Err(Error::Settings(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let error = wrong("[cache]\ncapacity = 0");
    assert!(error.contains("capacity: found 0, expected "), "{error}");
    println!("{error}");
    // The key of the other cache.
    let error = wrong("[cache]\nurl = \"redis://127.0.0.1\"");
    assert!(error.contains("url: no such key"), "{error}");
}

/// Somebody who needs a cache.
#[plugin]
struct Tokens {
    #[inject]
    _cache: Arc<dyn Cache>,
}

/// What the build says of a list with both, of plugins that are only linked the start says.
#[test]
fn both_at_once_are_refused() {
    let error = PluginManager::linked().expect_err("there are two caches");
    let error = error.to_string();
    for part in ["memory-cache", "redis-cache", "dyn Cache", "PP044"] {
        assert!(error.contains(part), "`{part}` is missing in: {error}");
    }
}
