//! Every shape of struct, field, event and signature that the macros take.

#![deny(warnings)]

use std::sync::Mutex;
use std::time::Duration;

use pepperplug::prelude::*;

#[event("plain")]
struct Plain;

#[event("tuple", timeout = "250ms", retries = 2, on_error = ignore)]
struct Tuple(#[allow(dead_code)] u32);

#[event("choice", mode = collect, output = Vec<Option<u8>>)]
enum Choice {
    One,
    #[allow(dead_code)]
    Two { of: u8 },
}

#[event("raw", sync, mode = transform)]
struct r#Raw;

type Shared = Arc<Unit>;

#[plugin]
struct Unit;

#[plugin(name = "tuple-struct", optional, timeout = "2m", description = "a tuple")]
struct TupleStruct(#[inject] Arc<Unit>, Option<u8>, #[init(Duration::from_secs(1))] Duration);

#[plugin(version = "1.2.3-rc.1", feature = "all", settings = "other", requires("unit >=0, <99",))]
struct Named {
    #[inject]
    alias: Shared,
    #[inject]
    lazy: Lazy<TupleStruct>,
    #[inject]
    perhaps: Option<Arc<TupleStruct>>,
    #[inject]
    r#type: Arc<Unit>,
    list: Mutex<Vec<(u8, &'static str)>>,
    function: Option<fn(&str) -> usize>,
}

#[plugin]
impl Named {
    fn initialize(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.function = Some(str::len);
        Ok(())
    }

    fn cleanup(self: &Self) -> Result<(), String> {
        let _ = (&self.alias, &self.lazy, &self.perhaps, &self.r#type, &self.list);
        Ok(())
    }

    #[hook("plain", priority = -7, after("tuple-struct", "unit"), parallel)]
    fn sync_on_async(&self, _: &Plain) {}

    #[hook("plain", before = "unit")]
    fn returns_a_future(&self, _: &Plain) -> impl Future<Output = Result<(), std::fmt::Error>> + Send {
        std::future::ready(Ok(()))
    }

    #[hook("plain", after = "unit")]
    fn returns_a_boxed_future<'a>(&'a self, _: &'a Plain) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let _ = &self.alias;
        })
    }

    #[hook("tuple", sequential, timeout = "1h", on_error = disable)]
    async fn destructures(&self, Tuple(_number): &Tuple) {}

    #[hook("choice")]
    async fn answers(&self, choice: &Choice) -> Result<Vec<Option<u8>>, std::num::ParseIntError> {
        Ok(match choice {
            Choice::One => vec![Some("1".parse()?)],
            Choice::Two { of } => vec![Some(*of), None],
        })
    }

    #[hook("raw")]
    fn changes(&self, _: &mut Raw) {}

    #[hook("**")]
    fn hears_all(&self, ctx: &EventContext) {
        let _ = ctx.event();
    }

    #[hook("app.startup")]
    async fn r#async(&self, _: &pepperplug::AppStartup) {}
}

static PLUGINS: PluginSet = plugins![Unit, TupleStruct, Named];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 3);
}
