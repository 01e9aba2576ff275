//! What a start and a stop cost beyond the plugins themselves.
//!
//! And beside bevy_app: plugins that do the same, added in an order that is known.
//!
//! Where valgrind is installed, each start and stop is run under it once more, to count instructions: they say how the
//! costs grow, which times blur.
//!
//! Plugins of one type under many names, three dependencies each; their graph is generated, the same in every run. Our
//! side resolves, orders, builds, injects, initializes and wires them; the other does the same work in an order that
//! is known, from a table of constructors.

#[path = "startup/bevy.rs"]
mod bevy;
#[path = "startup/count.rs"]
mod count;
mod harness;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use pepperplug::__private::{
    Construct, EventContext, HookMeta, ImplMeta, InjectError, Injection, IsShared, Location,
    MetaRef, Phase, Plugin, PluginMeta, Shared, Start, Status, TypeSlot, Vtable,
};
use pepperplug::prelude::*;
use tokio::runtime::Runtime;

use self::harness::{Bench, in_turns};

#[event("tick", sync)]
struct Tick(u64);

const HERE: Location = Location::new(file!(), line!(), column!());

/// A plugin that three others are injected into. The first three have nobody to be given, so they take an optional
/// plugin that nobody lists.
struct Node {
    #[expect(dead_code, reason = "what is injected is kept, and not used here")]
    needs: [Option<Arc<Node>>; 3],
    ready: bool,
    ticks: AtomicU64,
}

impl Node {
    fn new(needs: [Option<Arc<Self>>; 3]) -> Self {
        Self {
            needs,
            ready: false,
            ticks: AtomicU64::new(0),
        }
    }

    async fn initialize(&mut self) {
        self.ready = true;
    }

    async fn cleanup(&self) {
        debug_assert!(self.ready, "initialize runs before cleanup");
        self.ticks.store(0, Ordering::Relaxed);
    }

    fn tick(&self, tick: &Tick) {
        self.ticks.fetch_add(tick.0, Ordering::Relaxed);
    }
}

/// What the macros write, by hand, since one type stands for many plugins.
impl Plugin for Node {
    const SHARED: Option<Shared<Self>> = IsShared::<Self>::SHARED;
    const META: MetaRef = MetaRef::new(&NOBODY);
    const IMPL: ImplMeta<Self> = ImplMeta::new()
        .initialize(|node: &mut Self| Phase::pending(node.initialize(), Ok))
        .cleanup(|node: &Self| Phase::pending(node.cleanup(), Ok))
        .with_hooks(&[HookMeta::sync::<Self, Tick>(on_tick, "tick", HERE)]);

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Node> = TypeSlot::new();
        &SLOT
    }

    fn construct(cx: &mut Construct<'_>) -> Result<Self, InjectError> {
        Ok(Self::new([cx.field()?, cx.field()?, cx.field()?]))
    }
}

fn on_tick<'a>(
    node: &'a Node,
    tick: &'a Tick,
    _: &'a EventContext<'a>,
    start: Start<'a, '_, ()>,
) -> Status {
    node.tick(tick);
    start.done(Ok(()))
}

static NOBODY: PluginMeta = node_meta("nobody", 0);

const fn node_meta(name: &'static str, hash: u64) -> PluginMeta {
    PluginMeta::new(
        name,
        hash,
        "Node",
        module_path!(),
        HERE,
        Vtable::of::<Node>(),
    )
    .hooks(<Node as Plugin>::IMPL.hooks())
}

/// As the macros compute it of every name.
fn fnv1a(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The three that each node needs, among those before it; none for the first three.
fn generate(count: usize) -> Vec<[Option<usize>; 3]> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % bound as u64) as usize
    };
    (0..count)
        .map(|node| match node {
            0..3 => [None; 3],
            // One near, so that there are long chains, and two anywhere.
            _ => [
                Some(node - 1 - below(3)),
                Some(below(node)),
                Some(below(node)),
            ],
        })
        .collect()
}

/// The same graph as plugins. Leaked, since what a build declares lives as long as the program.
fn plugins(graph: &[[Option<usize>; 3]]) -> &'static PluginSet {
    let mut metas: Vec<MetaRef> = Vec::with_capacity(graph.len());
    for (node, needs) in graph.iter().enumerate() {
        let name: &'static str = format!("node-{node}").leak();
        let injects: Vec<Injection> = needs
            .iter()
            .map(|need| {
                let target = need.map_or(Node::META, |need| metas[need]);
                Injection::new("needs", Node::OPTION.to(target), HERE)
            })
            .collect();
        let meta = node_meta(name, fnv1a(name)).injects(injects.leak());
        metas.push(MetaRef::new(Box::leak(Box::new(meta))));
    }
    // Where they are listed says nothing of their order.
    metas.reverse();
    Box::leak(Box::new(PluginSet::new(metas.leak(), &[])))
}

type Constructor = fn([Option<Arc<Node>>; 3]) -> Node;
type Tickable = (Arc<Node>, fn(&Node, &Tick));

/// What one would write instead: nodes in an order that is known, and where each of their hooks is.
struct ByHand {
    nodes: Vec<Arc<Node>>,
    on_tick: Vec<Tickable>,
}

impl ByHand {
    async fn start(table: &[(Constructor, [Option<usize>; 3])]) -> Self {
        let mut nodes: Vec<Arc<Node>> = Vec::with_capacity(table.len());
        for (construct, needs) in table {
            let mut node = construct(needs.map(|need| need.map(|need| Arc::clone(&nodes[need]))));
            node.initialize().await;
            nodes.push(Arc::new(node));
        }
        let on_tick = nodes
            .iter()
            .map(|node| (Arc::clone(node), Node::tick as fn(&Node, &Tick)))
            .collect();
        Self { nodes, on_tick }
    }

    async fn stop(self) {
        drop(self.on_tick);
        for node in self.nodes.into_iter().rev() {
            node.cleanup().await;
        }
    }
}

/// The nanoseconds of a start, and of the stop after it.
type Times = (f64, f64);

fn time_ours(runtime: &Runtime, plugins: &'static PluginSet) -> Times {
    let since = Instant::now();
    let manager = PluginManager::builder()
        .plugins(black_box(plugins))
        .build()
        .expect("the plugins fit together");
    runtime
        .block_on(manager.initialize())
        .expect("none of them can fail");
    let start = since.elapsed();
    let since = Instant::now();
    runtime
        .block_on(manager.shutdown())
        .expect("none of them can fail");
    drop(manager);
    (nanos(start), nanos(since.elapsed()))
}

fn time_by_hand(table: &[(Constructor, [Option<usize>; 3])]) -> Times {
    let since = Instant::now();
    let started = black_box(drive(ByHand::start(black_box(table))));
    let start = since.elapsed();
    let since = Instant::now();
    drive(started.stop());
    (nanos(start), nanos(since.elapsed()))
}

fn nanos(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// Polls a future that is ready at once.
fn drive<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

fn measure(bench: &Bench, runtime: &Runtime, count: u32) {
    let names = [format!("start-{count}"), format!("stop-{count}")];
    if !names.iter().any(|name| bench.wants(name)) {
        return;
    }
    let graph = generate(count as usize);
    let plugins = plugins(&graph);
    let table: Vec<(Constructor, _)> = graph
        .into_iter()
        .map(|needs| (Node::new as Constructor, needs))
        .collect();
    let rounds = bench.rounds(|turn| {
        in_turns(
            turn,
            || time_ours(runtime, plugins),
            || time_by_hand(&table),
        )
    });
    let [start, stop] = names;
    let starts: Vec<_> = rounds
        .iter()
        .map(|(ours, by_hand)| (ours.0, by_hand.0))
        .collect();
    let stops: Vec<_> = rounds
        .iter()
        .map(|(ours, by_hand)| (ours.1, by_hand.1))
        .collect();
    bench.report_parts(&start, count, &starts);
    bench.report_parts(&stop, count, &stops);
}

/// Starts beside those of bevy_app.
fn compare_with_bevy(bench: &Bench, runtime: &Runtime, count: u32) {
    let name = format!("startup-vs-bevy-{count}");
    if !bench.wants(&name) {
        return;
    }
    let graph = generate(count as usize);
    let plugins = plugins(&graph);
    let rounds = bench.rounds(|turn| {
        in_turns(
            turn,
            || time_ours(runtime, plugins).0,
            || nanos(bevy::time(&graph)),
        )
    });
    bench.report_parts(&name, count, &rounds);
}

fn main() {
    if let Some((plugins_of, times)) = count::asked_for() {
        let (runtime, plugins) = (runtime(), plugins(&generate(plugins_of)));
        for _ in 0..times {
            time_ours(&runtime, plugins);
        }
        return;
    }
    let Some(bench) = Bench::from_args("What a start and a stop cost.") else {
        return;
    };
    let runtime = runtime();
    for count in [10, 100, 1_000, 10_000] {
        measure(&bench, &runtime, count);
    }
    for count in [10, 100, 1_000] {
        compare_with_bevy(&bench, &runtime, count);
    }
    for count in [10, 100, 1_000, 10_000] {
        let name = format!("startup-{count}");
        if bench.wants(&name) && !bench.is_quick() {
            count::report(&name, count);
        }
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts")
}
