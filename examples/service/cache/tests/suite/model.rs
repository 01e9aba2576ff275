//! Random operations, against a plain map: the same test for both caches.
//!
//! The map knows no exact times: of each value it knows when it was set at the earliest and at the latest. So the test holds
//! on a paused clock, where both are the same, and with a server whose clock goes on.
#![allow(
    clippy::unwrap_used,
    reason = "in a test, the line that fails is enough"
)]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use api::Cache;
use cache::MemoryCache;
use pepperplug::testing::TestManager;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Builder;
use tokio::time::{Instant, sleep};

#[derive(Debug, Clone)]
enum Operation {
    Set(u8, u16, Option<u32>),
    Get(u8),
    Delete(u8),
    Clear,
    Wait(u32),
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = 0..5_u8;
    let ttl = prop::option::of(0..4_u32);
    prop_oneof![
        4 => (key.clone(), any::<u16>(), ttl).prop_map(|(key, value, ttl)| Operation::Set(key, value, ttl)),
        6 => key.clone().prop_map(Operation::Get),
        2 => key.prop_map(Operation::Delete),
        1 => Just(Operation::Clear),
        3 => (0..3_u32).prop_map(Operation::Wait),
    ]
}

/// What time is.
#[derive(Clone, Copy)]
struct Clock {
    /// How long one unit of a time to live, and of a wait, is.
    unit: Duration,
    /// How far the cache's clock may be from ours.
    slack: Duration,
}

/// A value, and when it is gone at the earliest and at the latest.
struct Kept {
    value: String,
    gone: Option<(Instant, Instant)>,
}

struct Model {
    kept: HashMap<u8, Kept>,
    clock: Clock,
}

impl Model {
    /// Compares what the cache has of `key`, as asked from `begun` until now.
    fn compare(&mut self, key: u8, begun: Instant, found: bool) {
        let slack = self.clock.slack;
        let kept = self.kept.get(&key);
        if found {
            let kept = kept.expect("it was never set, or it was deleted");
            let may_be = kept.gone.is_none_or(|(_, latest)| begun < latest + slack);
            assert!(may_be, "its time is up");
        } else {
            let must_be = kept.is_some_and(|kept| match kept.gone {
                Some((earliest, _)) => Instant::now() + slack < earliest,
                None => true,
            });
            assert!(!must_be, "{key} is lost");
            // It cannot come back.
            self.kept.remove(&key);
        }
    }
}

async fn run(cache: &dyn Cache, operations: Vec<Operation>, clock: Clock) {
    let mut model = Model {
        kept: HashMap::new(),
        clock,
    };
    for operation in operations {
        let begun = Instant::now();
        match operation {
            Operation::Set(key, value, ttl) => {
                let ttl = ttl.map(|ttl| clock.unit * ttl);
                let value = value.to_string();
                cache.set(&key.to_string(), &value, ttl).await.unwrap();
                let gone = ttl.map(|ttl| (begun + ttl, Instant::now() + ttl));
                model.kept.insert(key, Kept { value, gone });
            }
            Operation::Get(key) => {
                let found = cache.get(&key.to_string()).await.unwrap();
                model.compare(key, begun, found.is_some());
                if let Some(found) = found {
                    assert_eq!(found, model.kept[&key].value);
                }
            }
            Operation::Delete(key) => {
                let was_there = cache.delete(&key.to_string()).await.unwrap();
                model.compare(key, begun, was_there);
                model.kept.remove(&key);
            }
            Operation::Clear => {
                cache.clear().await.unwrap();
                model.kept.clear();
            }
            Operation::Wait(units) => sleep(clock.unit * units).await,
        }
    }
}

fn check(cases: u32, clock: Clock, rt: &tokio::runtime::Runtime, cache: &Arc<dyn Cache>) {
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    };
    let operations = prop::collection::vec(operation(), 1..60);
    let outcome = TestRunner::new(config).run(&operations, |operations| {
        rt.block_on(async {
            cache.clear().await.unwrap();
            run(cache.as_ref(), operations, clock).await;
        });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn memory() {
    let rt = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let app = rt.block_on(TestManager::only::<MemoryCache>().start());
    let cache = app.service::<dyn Cache>().unwrap();
    let clock = Clock {
        // So long that the time that the test takes is nothing beside it.
        unit: Duration::from_secs(3600),
        slack: Duration::ZERO,
    };
    check(256, clock, &rt, &cache);
    rt.block_on(app.stop());
}

#[test]
fn redis() {
    let Some(url) = crate::common::server("model redis") else {
        return;
    };
    let rt = Builder::new_current_thread().enable_all().build().unwrap();
    let app = rt.block_on(crate::common::started(
        &url,
        &crate::common::prefix("model"),
    ));
    let cache = app.service::<dyn Cache>().unwrap();
    let clock = Clock {
        unit: Duration::from_millis(20),
        // Redis counts whole milliseconds, and reads its clock less often than we do.
        slack: Duration::from_millis(10),
    };
    check(24, clock, &rt, &cache);
    rt.block_on(async {
        cache.clear().await.unwrap();
        app.stop().await;
    });
}
