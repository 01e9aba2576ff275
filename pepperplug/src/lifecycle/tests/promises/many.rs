//! An application far larger than any that people write.
//!
//! Its plugins have no settings and keep no log: each looks itself whether it comes after what it needs, and goes before.

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::graph::tests::sketch::{Part, metas};
use crate::inject::{Construct, InjectError, Lazy};
use crate::meta::{Location, MetaRef, PluginMeta};
use crate::plugin::{ImplMeta, Phase, Plugin, Shared, Vtable};
use crate::slot::TypeSlot;
use crate::verdict::IsShared;
use crate::wiring::PluginSet;

const COUNT: usize = 10_000;

/// What happened to all of them. One test uses it.
static READY: AtomicUsize = AtomicUsize::new(0);
static CLEANED: AtomicUsize = AtomicUsize::new(0);
static ALIVE: AtomicUsize = AtomicUsize::new(0);

fn take(count: &AtomicUsize) -> usize {
    count.swap(0, Ordering::Relaxed)
}

struct One {
    needs: Option<Arc<One>>,
    _later: Option<Lazy<One>>,
    ready: bool,
    /// How many that need it are ready.
    users: AtomicUsize,
}

impl One {
    async fn initialize(&mut self) -> Result<(), &'static str> {
        // Every other one awaits something.
        if READY.load(Ordering::Relaxed) % 2 == 0 {
            tokio::task::yield_now().await;
        }
        if let Some(needs) = &self.needs {
            if !needs.ready {
                return Err("what it needs is not ready");
            }
            needs.users.fetch_add(1, Ordering::Relaxed);
        }
        self.ready = true;
        READY.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn cleanup(&self) -> Result<(), &'static str> {
        if CLEANED.load(Ordering::Relaxed) % 2 == 0 {
            tokio::task::yield_now().await;
        }
        if self.users.load(Ordering::Relaxed) > 0 {
            return Err("what needs it is not cleaned up");
        }
        if let Some(needs) = &self.needs {
            needs.users.fetch_sub(1, Ordering::Relaxed);
        }
        CLEANED.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for One {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Part for One {
    fn number(&self) -> usize {
        unreachable!("it provides nothing")
    }
}

static NOBODY: PluginMeta = PluginMeta::new(
    "nobody",
    0,
    "One",
    module_path!(),
    Location::new(file!(), line!(), column!()),
    Vtable::of::<One>(),
);

impl Plugin for One {
    const SHARED: Option<Shared<Self>> = IsShared::<Self>::SHARED;
    const META: MetaRef = MetaRef::new(&NOBODY);
    const IMPL: ImplMeta<Self> = ImplMeta::new()
        .initialize(|one: &mut Self| Phase::pending(one.initialize(), |r| r.map_err(Into::into)))
        .cleanup(|one: &Self| Phase::pending(one.cleanup(), |r| r.map_err(Into::into)));

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<One> = TypeSlot::new();
        &SLOT
    }

    fn construct(cx: &mut Construct<'_>) -> Result<Self, InjectError> {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            // The first has nothing to inject.
            needs: cx.field().ok(),
            _later: cx.field().ok(),
            ready: false,
            users: AtomicUsize::new(0),
        })
    }
}

fn fails(_: &mut (dyn core::any::Any + Send + Sync)) -> Phase<'_> {
    Phase::done(Err("it is out of order".into()))
}

/// Chains and trees: each needs one of the three before it, and knows one that is far from it.
fn manager(last_fails: bool, on_several_threads: bool) -> PluginManager {
    let sketch = |number: usize| {
        let wants = match number {
            0 => Vec::new(),
            _ => vec![
                Want::Arc(number - 1 - number % number.min(3)),
                Want::Lazy(number / 2),
            ],
        };
        PluginSketch::new(&format!("plugin-{number:05}"), &wants)
    };
    let sketch: Vec<PluginSketch> = (0..COUNT).map(sketch).collect();
    let metas = metas::<One>(&sketch, &[], &[], |number| {
        let mut vtable = Vtable::of::<One>();
        if last_fails && number == COUNT - 1 {
            vtable.initialize = Some(fails);
        }
        vtable
    });
    let set: &'static PluginSet = Box::leak(Box::new(PluginSet::new(metas.leak(), &[])));
    let builder = PluginManager::builder().plugins(set);
    let builder = match on_several_threads {
        true => builder.on_several_threads(),
        false => builder,
    };
    builder.build().expect("they fit together")
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_start_and_stop_in_order_and_are_taken_back_where_the_last_fails() {
    for on_several_threads in [false, true] {
        let app = manager(false, on_several_threads);
        app.initialize().await.expect("it goes well");
        assert_eq!(take(&READY), COUNT);
        app.shutdown().await.expect("it goes well");
        assert_eq!(take(&CLEANED), COUNT);
        drop(app);
        assert_eq!(ALIVE.load(Ordering::Relaxed), 0);

        let app = manager(true, on_several_threads);
        let failed = app.initialize().await.expect_err("the last fails");
        let Error::Start(error) = failed else {
            panic!("another error: {failed}")
        };
        assert_eq!(error.failed().collect::<Vec<_>>(), ["plugin-09999"]);
        let ready = take(&READY);
        assert_eq!(error.rolled_back().count(), ready);
        assert_eq!(take(&CLEANED), ready);
        let text = error.to_string();
        assert!(
            !text.contains("its cleanup"),
            "each went before what it needs"
        );
        drop((app, error));
        assert_eq!(ALIVE.load(Ordering::Relaxed), 0);
    }
}
