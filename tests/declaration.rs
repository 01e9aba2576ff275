//! The shapes in which plugins may be written: structs of all kinds, fields under a `cfg`, modules, macros, raw
//! identifiers, other names for the crate.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;

use pepperplug::prelude::*;

#[event("note")]
pub struct Note(&'static str);

async fn started(plugins: &'static PluginSet) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

#[plugin]
pub struct UnitPlugin;

impl UnitPlugin {
    fn answer(&self) -> u32 {
        42
    }
}

#[plugin]
pub struct EmptyBraces {}

const FIRST: u32 = 5;

#[plugin(name = "tuple")]
pub struct Tuple(
    #[inject] Arc<UnitPlugin>,
    #[cfg(any())]
    #[inject]
    Arc<Nowhere>,
    #[cfg(not(any()))]
    #[inject]
    Option<Arc<EmptyBraces>>,
    #[init(FIRST + 1)] u32,
    String,
);

#[plugin(name = "fields")]
pub struct Fields {
    #[init(vec![FIRST; 2])]
    given: Vec<u32>,
    #[init({ let x = FIRST; x * x })]
    block: u32,
    #[init(UnitPlugin.answer())]
    called: u32,
    number: u32,
    text: String,
    list: Vec<u8>,
    nothing: Option<u32>,
    lock: Mutex<(u32, bool)>,
    #[cfg(any())]
    #[inject]
    off: Arc<Nowhere>,
    #[cfg(any())]
    neither: NotEvenAType,
    #[cfg(not(any()))]
    #[inject]
    on: Arc<UnitPlugin>,
    #[cfg(not(any()))]
    #[init(9)]
    set: u32,
}

static SHAPES: PluginSet = plugins![Fields, Tuple, UnitPlugin, EmptyBraces];

#[tokio::test]
async fn a_field_that_is_not_injected_has_its_first_value_or_its_default() {
    let manager = started(&SHAPES).await;
    let fields = manager.get::<Fields>().expect("it runs");
    assert_eq!((&fields.given[..], fields.block), (&[5, 5][..], 25));
    assert_eq!(fields.called, 42);
    assert_eq!((fields.number, fields.text.as_str()), (0, ""));
    assert_eq!((&fields.list[..], fields.nothing), (&[][..], None));
    assert_eq!(*fields.lock.lock().expect("no panic"), (0, false));
    assert_eq!((fields.on.answer(), fields.set), (42, 9));
}

#[tokio::test]
async fn the_fields_of_a_tuple_struct_are_filled_in_their_places() {
    let manager = started(&SHAPES).await;
    let tuple = manager.get::<Tuple>().expect("it runs");
    assert_eq!(tuple.0.answer(), 42);
    assert!(tuple.1.is_some());
    assert_eq!((tuple.2, tuple.3.as_str()), (6, ""));
}

#[tokio::test]
async fn a_name_is_made_from_the_type_and_a_version_from_the_crate() {
    let manager = started(&SHAPES).await;
    let plugin = manager.get_by_name("unit").expect("without `Plugin`");
    assert_eq!(plugin.version().to_string(), env!("CARGO_PKG_VERSION"));
    assert!(plugin.downcast::<UnitPlugin>().is_some());
    let braces = manager.get_by_name("empty-braces").expect("in kebab case");
    assert!(braces.downcast::<EmptyBraces>().is_some());
}

#[plugin(name = "methods")]
#[derive(Default)]
pub struct Methods {
    heard: Mutex<Vec<String>>,
}

/// A second block, without the attribute, is the user's own.
impl Methods {
    fn add(&self, text: impl Into<String>) {
        self.heard.lock().expect("no panic").push(text.into());
    }
}

#[plugin]
impl Methods {
    const PREFIX: &'static str = "heard";

    fn format<T>(&self, value: &T) -> String
    where
        T: std::fmt::Display + ?Sized,
    {
        format!("{} {value}", Self::PREFIX)
    }

    fn new_list<const N: usize>() -> [u8; N] {
        [0; N]
    }

    #[hook("note")]
    fn hear(&self, Note(text): &Note) {
        self.add(self.format(*text));
        assert_eq!(Self::new_list::<3>(), [0; 3]);
    }

    #[cfg(any())]
    #[hook("note")]
    fn off(&self, nothing: &Nothing) {}

    #[cfg(not(any()))]
    #[hook("note")]
    fn on(&self, _: &Note) {
        self.add("on");
    }
}

static METHODS: PluginSet = plugins![Methods];

#[tokio::test]
async fn a_plugins_block_may_hold_generic_methods_constants_and_conditions() {
    let manager = started(&METHODS).await;
    manager.emit(&Note("this")).await.expect("nothing fails");
    let methods = manager.get::<Methods>().expect("it runs");
    let heard = methods.heard.lock().expect("no panic");
    assert_eq!(*heard, ["heard this", "on"]);
}

mod outer {
    mod inner {
        use pepperplug::prelude::*;

        #[event("inner.event")]
        struct Private(u32);

        #[service("inner-service")]
        trait Hidden: Send + Sync {
            fn value(&self) -> u32;
        }

        #[plugin(name = "inner", provides(dyn Hidden))]
        struct Inner;

        impl Hidden for Inner {
            fn value(&self) -> u32 {
                3
            }
        }

        #[plugin(name = "outer")]
        struct Outer {
            #[inject]
            hidden: Arc<dyn Hidden>,
            sum: std::sync::atomic::AtomicU32,
        }

        #[plugin]
        impl Outer {
            #[hook("inner.event")]
            async fn on(&self, private: &Private) {
                let sum = private.0 + self.hidden.value();
                self.sum.store(sum, std::sync::atomic::Ordering::Relaxed);
            }
        }

        static PRIVATE: PluginSet = plugins![Outer, self::Inner];

        pub(super) async fn sum() -> u32 {
            let manager = super::super::started(&PRIVATE).await;
            manager.emit(&Private(4)).await.expect("nothing fails");
            let outer = manager.get::<Outer>().expect("it runs");
            outer.sum.load(std::sync::atomic::Ordering::Relaxed)
        }
    }

    pub(super) async fn sum() -> u32 {
        inner::sum().await
    }
}

#[tokio::test]
async fn plugins_may_be_private() {
    assert_eq!(outer::sum().await, 7);
}

macro_rules! counter {
    ($vis:vis struct $plugin:ident named $name:literal on $event_name:literal $event:ty, from $first:expr, with $dependency:ty) => {
        #[event($event_name, mode = collect, output = $dependency)]
        pub struct Ask;

        #[plugin(name = $name, version = "1.0.0")]
        $vis struct $plugin {
            #[init($first)]
            first: u32,
            #[inject]
            dependency: $dependency,
        }

        #[plugin]
        impl $plugin {
            #[hook($event_name)]
            fn answer(&self, _event: &$event) -> $dependency {
                assert_eq!(self.first, 7);
                self.dependency.clone()
            }
        }
    };
}

counter!(pub struct Counter named "counter" on "ask" Ask, from 3 + 4, with Arc<UnitPlugin>);

static MADE: PluginSet = plugins![Counter, UnitPlugin];

#[tokio::test]
async fn plugins_may_be_made_by_a_macro() {
    let manager = started(&MADE).await;
    let answers = manager.emit(&Ask).await.expect("it runs");
    let answer = answers[0].outcome.as_ref().expect("nothing fails");
    assert!(Arc::ptr_eq(
        answer,
        &manager.get::<UnitPlugin>().expect("it runs")
    ));
}

/// What a framework does that builds on this one and does not want its users to depend on it.
mod framework {
    pub(crate) mod reexport {
        pub(crate) use pepperplug::*;
    }
}

mod without_the_name {
    #[allow(
        dead_code,
        reason = "shadows the crate: a path that is not given would lead here"
    )]
    mod pepperplug {}

    use super::framework::reexport::{self, event, hook, plugin, plugins, service};
    use std::sync::Arc;

    #[event("renamed.event", crate = crate::framework::reexport)]
    pub(super) struct Event(pub(super) u32);

    #[service("renamed-service", crate = crate::framework::reexport)]
    pub(super) trait Adds: Send + Sync {
        fn add(&self, n: u32) -> u32;
    }

    #[plugin(crate = crate::framework::reexport, name = "adder", provides(dyn Adds))]
    pub(super) struct Adder;

    impl Adds for Adder {
        fn add(&self, n: u32) -> u32 {
            n + 1
        }
    }

    #[plugin(crate = crate::framework::reexport, name = "renamed")]
    pub(super) struct Renamed {
        #[inject]
        adds: Arc<dyn Adds>,
        pub(super) sum: std::sync::atomic::AtomicU32,
    }

    #[plugin(crate = crate::framework::reexport)]
    impl Renamed {
        #[hook("renamed.event")]
        fn on(&self, event: &Event) {
            let sum = self.adds.add(event.0);
            self.sum.store(sum, std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[hook("renamed.event", crate = crate::framework::reexport)]
    fn check(_event: &Event, renamed: Arc<Renamed>) {
        assert_eq!(renamed.sum.load(std::sync::atomic::Ordering::Relaxed), 5);
    }

    pub(super) static RENAMED: reexport::PluginSet =
        plugins![crate = crate::framework::reexport; Renamed, Adder, check];
}

#[tokio::test]
async fn the_crate_may_have_another_path() {
    let manager = started(&without_the_name::RENAMED).await;
    let event = without_the_name::Event(4);
    manager.emit(&event).await.expect("nothing fails");
    let renamed = manager.get::<without_the_name::Renamed>().expect("it runs");
    assert_eq!(renamed.sum.load(std::sync::atomic::Ordering::Relaxed), 5);
}

#[event("raw.event")]
pub struct r#Event {
    r#type: u32,
}

#[plugin(name = "raw")]
pub struct r#Raw {
    #[inject]
    r#struct: Arc<UnitPlugin>,
    r#fn: Mutex<Vec<u32>>,
}

#[plugin]
impl r#Raw {
    #[hook("raw.event")]
    async fn r#match(&self, r#in: &r#Event) {
        self.r#fn.lock().expect("no panic").push(r#in.r#type);
    }
}

#[hook("raw.event", after = "raw")]
fn r#move(r#ref: &r#Event, r#use: Arc<r#Raw>) {
    r#use.r#fn.lock().expect("no panic").push(r#ref.r#type + 1);
}

static RAW: PluginSet = plugins![r#Raw, UnitPlugin, r#move];

#[tokio::test]
async fn raw_identifiers_are_named_without_their_mark() {
    let manager = started(&RAW).await;
    manager.emit(&Event { r#type: 1 }).await.expect("it runs");
    let raw = manager.get::<Raw>().expect("it runs");
    assert_eq!(*raw.r#fn.lock().expect("no panic"), [1, 2]);
    assert_eq!(raw.r#struct.answer(), 42);
    let hooks = manager.hooks_of::<Event>();
    let names: Vec<_> = hooks.iter().map(|h| (h.plugin(), h.hook())).collect();
    assert_eq!(names, [("raw", "match"), ("move", "move")]);
    let described = serde_json::to_value(manager.describe()).expect("data");
    assert_eq!(described["plugins"][1]["injects"][0]["field"], "struct");
}
