//! Emits without pause through a thousand reloads, of which a third fail: no event is lost, or doubled, or seen by a plugin
//! before its `initialize` or after its `cleanup`.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use pepperplug::prelude::*;
use serde::Deserialize;

const RELOADS: u32 = 1000;

/// How often each of the plugins saw it.
#[event("storm.waits")]
#[derive(Default)]
pub struct Waits {
    seen: [AtomicU8; 4],
}

/// The same, for hooks that wait for nothing.
#[event("storm.sync", sync)]
#[derive(Default)]
pub struct Sync {
    seen: [AtomicU8; 4],
}

static WRONG: AtomicU64 = AtomicU64::new(0);

/// Where a plugin is in its life, to be looked at by its hooks.
#[derive(Default)]
struct Life {
    begun: AtomicBool,
    ended: AtomicBool,
}

impl Life {
    fn begin(&self) {
        self.begun.store(true, Ordering::SeqCst);
    }

    fn end(&self) {
        if self.ended.swap(true, Ordering::SeqCst) {
            WRONG.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn look(&self) {
        if !self.begun.load(Ordering::SeqCst) || self.ended.load(Ordering::SeqCst) {
            WRONG.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn see(seen: &[AtomicU8; 4], who: usize, life: &Life) {
    life.look();
    seen[who].fetch_add(1, Ordering::SeqCst);
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    round: u32,
    fails: bool,
}

/// Replaced by each reload that goes well.
#[plugin(name = "base")]
pub struct Base {
    #[inject(settings)]
    given: Given,
    life: Life,
}

#[plugin]
impl Base {
    async fn initialize(&mut self) -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        if self.given.fails {
            return Err("told to fail");
        }
        self.life.begin();
        Ok(())
    }

    async fn cleanup(&self) {
        self.life.end();
        tokio::task::yield_now().await;
    }

    #[hook("storm.waits")]
    async fn waits(&self, event: &Waits) {
        see(&event.seen, 0, &self.life);
        tokio::task::yield_now().await;
        self.life.look();
    }

    #[hook("storm.sync")]
    fn sync(&self, event: &Sync) {
        see(&event.seen, 0, &self.life);
    }
}

/// Replaced together with `base`.
#[plugin(name = "above")]
pub struct Above {
    #[inject]
    base: Arc<Base>,
    life: Life,
}

#[plugin]
impl Above {
    fn initialize(&mut self) {
        self.base.life.look();
        self.life.begin();
    }

    fn cleanup(&self) {
        self.base.life.look();
        self.life.end();
    }

    #[hook("storm.waits")]
    fn waits(&self, event: &Waits) {
        see(&event.seen, 1, &self.life);
        self.base.life.look();
    }

    #[hook("storm.sync")]
    fn sync(&self, event: &Sync) {
        see(&event.seen, 1, &self.life);
        self.base.life.look();
    }
}

/// Takes its settings in place.
#[plugin(name = "place")]
pub struct Place {
    #[inject(settings)]
    given: Given,
    taken: AtomicU64,
    life: Life,
}

#[plugin]
impl Place {
    fn initialize(&mut self) {
        self.taken = AtomicU64::new(self.given.round.into());
        self.life.begin();
    }

    async fn reconfigure(&self, given: Given) -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        if given.fails {
            return Err("told to fail");
        }
        self.taken.store(given.round.into(), Ordering::SeqCst);
        Ok(())
    }

    fn cleanup(&self) {
        self.life.end();
    }

    #[hook("storm.waits", priority = low)]
    async fn waits(&self, event: &Waits) {
        see(&event.seen, 2, &self.life);
        tokio::task::yield_now().await;
    }

    #[hook("storm.sync")]
    fn sync(&self, event: &Sync) {
        see(&event.seen, 2, &self.life);
    }
}

/// Stays.
#[plugin(name = "still")]
pub struct Still {
    #[inject]
    base: Lazy<Base>,
    life: Life,
}

#[plugin]
impl Still {
    fn initialize(&mut self) {
        self.life.begin();
    }

    fn cleanup(&self) {
        self.life.end();
    }

    #[hook("storm.waits")]
    fn waits(&self, event: &Waits) {
        see(&event.seen, 3, &self.life);
        if self.base.get().is_err() {
            WRONG.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[hook("storm.sync")]
    fn sync(&self, event: &Sync) {
        see(&event.seen, 3, &self.life);
    }
}

static PLUGINS: PluginSet = plugins![Base, Above, Place, Still];

fn seen_once(seen: &[AtomicU8; 4]) -> bool {
    seen.iter().all(|seen| seen.load(Ordering::SeqCst) == 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_lost_or_doubled_in_a_thousand_reloads() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reload-storm.toml");
    std::fs::write(&file, "").expect("a file");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::file(&file).expect("settings"))
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");

    let over = Arc::new(AtomicBool::new(false));
    let emitters: Vec<_> = (0..4)
        .map(|number| {
            let (manager, over) = (manager.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                let mut emitted = 0u64;
                while !over.load(Ordering::SeqCst) {
                    if number % 2 == 0 {
                        let event = Waits::default();
                        manager.emit(&event).await.expect("it is well");
                        assert!(seen_once(&event.seen), "{:?}", event.seen);
                    } else {
                        let event = Sync::default();
                        manager.emit_sync(&event).expect("it is well");
                        assert!(seen_once(&event.seen), "{:?}", event.seen);
                        tokio::task::yield_now().await;
                    }
                    emitted += 1;
                }
                emitted
            })
        })
        .collect();

    let mut failed = 0;
    for round in 1..=RELOADS {
        // A third fails, half of that once the new plugins have started.
        let (base, place) = (round % 6 == 1, round % 6 == 4);
        let settings = format!(
            "[base]\nround = {round}\nfails = {base}\n[place]\nround = {round}\nfails = {place}\n"
        );
        std::fs::write(&file, settings).expect("a file");
        match manager.reload().await {
            Ok(reload) => assert!(reload.problems.is_empty(), "{reload}"),
            Err(error) => {
                assert_eq!(error.code(), "PP260");
                failed += 1;
            }
        }
        let base = manager.get::<Base>().expect("it runs").given.round;
        let place = manager.get::<Place>().expect("it runs");
        let place = place.taken.load(Ordering::SeqCst);
        assert_eq!(u64::from(base), place, "all or nothing");
    }
    over.store(true, Ordering::SeqCst);
    let mut emitted = 0;
    for emitter in emitters {
        let count = emitter.await.expect("no panic");
        assert!(count > 0);
        emitted += count;
    }
    manager.shutdown().await.expect("it stops");
    println!("{emitted} events through {RELOADS} reloads, of which {failed} failed");
    assert_eq!(WRONG.load(Ordering::SeqCst), 0);
    assert!(
        (RELOADS / 3 - 1..=RELOADS / 3 + 1).contains(&failed),
        "{failed}"
    );
}
