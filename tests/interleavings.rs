//! Emits, starts, shutdowns and drops from several tasks at once, in an order that chance and the scheduler decide.
//!
//! What holds in every order: no hook runs once the cleanup of its plugin has begun; an emit is refused or complete; what
//! was initialized is cleaned up once, or let go with the last handle; nobody waits for ever.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard};
use std::task::Poll;

use pepperplug::prelude::*;
use pepperplug::{EmitError, Error};
use serde::Deserialize;
use tokio::sync::Barrier;
use tokio::task::yield_now;

/// An event knows how many hooks have been done with it.
#[event("pinged")]
pub struct Pinged(Arc<AtomicU32>);

#[event("asked", mode = collect, output = u32, sync)]
pub struct Asked(Arc<AtomicU32>);

#[event("changed", mode = transform)]
pub struct Changed(u32);

#[derive(Deserialize)]
pub struct Part {
    world: u64,
}

/// One application, and all that must not happen in it.
#[derive(Default)]
struct World {
    violations: Mutex<Vec<String>>,
    lives: Mutex<Vec<Arc<Life>>>,
    alive: AtomicUsize,
    /// How many of the next initializations fail.
    fails: AtomicU32,
}

/// For good: a start that nobody waits for may build plugins when all else has ended.
static WORLDS: Mutex<BTreeMap<u64, Arc<World>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic while held")
}

impl World {
    fn violated(&self, what: impl Into<String>) {
        lock(&self.violations).push(what.into());
    }
}

/// What happened to one instance of a plugin.
#[derive(Default)]
struct Life {
    ready: AtomicBool,
    cleanups: AtomicU32,
}

/// What a plugin is apart from its type.
#[derive(Default)]
struct Body(Option<(Arc<World>, Arc<Life>)>);

impl Body {
    fn get(&self) -> &(Arc<World>, Arc<Life>) {
        self.0.as_ref().expect("it is initialized")
    }

    async fn initialize(&mut self, part: &Part) -> Result<(), String> {
        let world = Arc::clone(&lock(&WORLDS)[&part.world]);
        world.alive.fetch_add(1, SeqCst);
        let life = Arc::new(Life::default());
        self.0 = Some((Arc::clone(&world), Arc::clone(&life)));
        yield_now().await;
        let failed = |left: u32| left.checked_sub(1);
        if world.fails.fetch_update(SeqCst, SeqCst, failed).is_ok() {
            return Err("not yet".to_owned());
        }
        lock(&world.lives).push(Arc::clone(&life));
        life.ready.store(true, SeqCst);
        Ok(())
    }

    async fn cleanup(&self) {
        let (_, life) = self.get();
        life.cleanups.fetch_add(1, SeqCst);
        yield_now().await;
    }

    fn check(&self, when: &str) {
        let (world, life) = self.get();
        if life.cleanups.load(SeqCst) > 0 {
            world.violated(format!("a hook {when} after its plugin's cleanup began"));
        }
        if !life.ready.load(SeqCst) {
            world.violated(format!("a hook {when} before its plugin was ready"));
        }
    }

    async fn hook(&self, yields: u32) {
        self.check("began");
        for _ in 0..yields {
            yield_now().await;
            self.check("went on");
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some((world, _)) = &self.0 {
            world.alive.fetch_sub(1, SeqCst);
        }
    }
}

macro_rules! plugin {
    ($name:literal, $type:ident, $yields:literal, { $($field:tt)* }) => {
        #[plugin(name = $name)]
        pub struct $type {
            #[inject(settings)]
            part: Part,
            #[inject]
            _events: Events,
            body: Body,
            $($field)*
        }

        #[plugin]
        impl $type {
            async fn initialize(&mut self) -> Result<(), String> {
                self.body.initialize(&self.part).await
            }

            async fn cleanup(&self) {
                self.body.cleanup().await;
            }

            #[hook("pinged")]
            async fn pinged(&self, pinged: &Pinged) {
                self.body.hook($yields).await;
                pinged.0.fetch_add(1, SeqCst);
            }

            #[hook("asked")]
            fn asked(&self, asked: &Asked) -> u32 {
                self.body.check("began");
                asked.0.fetch_add(1, SeqCst)
            }

            #[hook("changed")]
            async fn changed(&self, changed: &mut Changed) {
                let before = changed.0;
                self.body.hook($yields).await;
                changed.0 = before + 1;
            }
        }
    };
}

plugin!("a", A, 0, {});
plugin!("b", B, 1, { #[inject] _a: Arc<A>, });
plugin!("c", C, 3, { #[inject] _b: Arc<B>, });

/// How many hooks each event has.
const HOOKS: u32 = 3;

static PLUGINS: PluginSet = plugins![A, B, C];

/// Numbers by chance, the same for the same seed: `xorshift64*`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Ping,
    /// Dropped after so many polls.
    PingAndDrop(u64),
    Ask,
    AskSync,
    Change,
    Initialize,
    InitializeAndDrop,
    Shutdown,
    ShutdownAndDrop,
    DropHandle,
    Yield(u64),
}

impl Action {
    fn any(chance: &mut Chance) -> Self {
        match chance.below(23) {
            0..=4 => Self::Ping,
            5..=7 => Self::PingAndDrop(chance.below(4)),
            8..=9 => Self::Ask,
            10..=11 => Self::AskSync,
            12..=14 => Self::Change,
            15 => Self::Initialize,
            16 => Self::InitializeAndDrop,
            17 => Self::Shutdown,
            18 => Self::ShutdownAndDrop,
            19 => Self::DropHandle,
            _ => Self::Yield(chance.below(8)),
        }
    }
}

/// Polls `future` at most so often, and drops it.
async fn at_most<F: Future>(polls: u64, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        cx.waker().wake_by_ref();
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// One task's handles and what it does with them.
struct Actor {
    world: Arc<World>,
    manager: Option<PluginManager>,
    events: Events,
}

impl Actor {
    async fn act(&mut self, action: Action) {
        let done = Arc::new(AtomicU32::new(0));
        let (ping, ask) = (Pinged(Arc::clone(&done)), Asked(Arc::clone(&done)));
        match action {
            Action::Ping => self.judge(self.events.emit(&ping).await, &done),
            Action::PingAndDrop(polls) => {
                if let Some(outcome) = at_most(polls, self.events.emit(&ping)).await {
                    self.judge(outcome, &done);
                }
            }
            Action::Ask => self.judge(self.events.emit(&ask).await, &done),
            Action::AskSync => self.judge(self.events.emit_sync(&ask), &done),
            Action::Change => {
                let mut change = Changed(0);
                let outcome = self.events.emit(&mut change).await;
                self.judge(outcome, &AtomicU32::new(change.0));
            }
            Action::DropHandle => self.manager = None,
            Action::Yield(times) => {
                for _ in 0..times {
                    yield_now().await;
                }
            }
            _ => self.manage(action).await,
        }
    }

    async fn manage(&mut self, action: Action) {
        let Some(manager) = &self.manager else { return };
        match action {
            Action::Initialize => drop(manager.initialize().await),
            Action::InitializeAndDrop => drop(at_most(1, manager.initialize()).await),
            Action::ShutdownAndDrop => drop(at_most(1, manager.shutdown()).await),
            _ => {
                let outcome = manager.shutdown().await;
                if let Err(error) = outcome {
                    self.world.violated(error.to_string());
                }
            }
        }
    }

    /// Refused or complete.
    fn judge<T>(&self, outcome: Result<T, Error>, done: &AtomicU32) {
        let done = done.load(SeqCst);
        let expected = match outcome {
            Ok(_) => HOOKS,
            Err(Error::Emit(EmitError::NotStarted { .. } | EmitError::ShuttingDown { .. })) => 0,
            Err(error) => return self.world.violated(error.to_string()),
        };
        if done != expected {
            self.world
                .violated(format!("{done} hooks ran, not {expected}"));
        }
    }
}

async fn run(seed: u64) {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let number = NEXT.fetch_add(1, SeqCst);
    let world = Arc::new(World::default());
    world
        .fails
        .store(chance.below(3).saturating_sub(1) as u32, SeqCst);
    lock(&WORLDS).insert(number, Arc::clone(&world));
    let settings: String = ["a", "b", "c"]
        .map(|name| format!("[{name}]\nworld = {number}\n"))
        .concat();
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::from_toml(&settings).expect("sound TOML"))
        .build()
        .expect("the build proved the wiring");
    if chance.below(4) > 0 {
        // Fails in some worlds: then another may try.
        let _ = manager.initialize().await;
    }
    let tasks = 2 + chance.below(4) as usize;
    let barrier = Arc::new(Barrier::new(tasks));
    let mut joins = Vec::new();
    let mut told = Vec::new();
    for _ in 0..tasks {
        let actions: Vec<_> = (0..chance.below(9))
            .map(|_| Action::any(&mut chance))
            .collect();
        told.push(actions.clone());
        let mut actor = Actor {
            world: Arc::clone(&world),
            manager: Some(manager.clone()),
            events: manager.events(),
        };
        let barrier = Arc::clone(&barrier);
        joins.push(tokio::spawn(async move {
            barrier.wait().await;
            for action in actions {
                actor.act(action).await;
            }
        }));
    }
    let orderly = chance.below(3) > 0;
    let manager = orderly.then_some(manager);
    for join in joins {
        join.await.expect("no task panics");
    }
    let stopped = match manager {
        Some(manager) => manager.shutdown().await,
        None => Ok(()),
    };
    if let Err(error) = stopped {
        world.violated(error.to_string());
    }
    end(&world, orderly, seed).await;
    let violations = lock(&world.violations);
    assert!(
        violations.is_empty(),
        "seed {seed}: {violations:#?} in {told:#?}"
    );
}

/// Whatever goes on in tasks of the manager's own comes to its end.
async fn end(world: &World, orderly: bool, seed: u64) {
    // As many turns as nothing here needs.
    for turn in 0.. {
        assert!(turn < 1_000_000, "seed {seed}: plugins are never let go");
        if world.alive.load(SeqCst) == 0 {
            break;
        }
        yield_now().await;
    }
    for life in lock(&world.lives).iter() {
        let cleanups = life.cleanups.load(SeqCst);
        if cleanups > 1 || (orderly && cleanups == 0) {
            world.violated(format!("one plugin was cleaned up {cleanups} times"));
        }
    }
}

#[test]
fn whatever_the_order_an_emit_is_refused_or_complete_and_no_hook_runs_after_its_plugins_cleanup() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_time()
        .build()
        .expect("a runtime starts");
    let seeds = std::env::var("SEEDS").map_or(Ok(400), |seeds| seeds.parse());
    for seed in 0..seeds.expect("a number") {
        let joined = runtime.block_on(runtime.spawn(run(seed)));
        joined.expect("what was promised is kept");
    }
}
