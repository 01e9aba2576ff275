//! The plugins as components of `shaku`.

use super::{Place, line};

pub(super) const DEPENDENCIES: &str = "shaku = \"0.6\"";

pub(super) fn root(text: &mut String, plugins: usize) {
    line(
        text,
        r"pub use shaku::{Component, HasComponent, Interface};
pub struct Tick(pub u64);
pub trait Clock: Interface { fn now(&self) -> u64; }
shaku::module! { pub Root { components = [",
    );
    for plugin in (0..plugins).map(Place) {
        line(text, &format!("    {},", plugin.path("Plugin")));
    }
    line(
        text,
        "], providers = [] } }\nfn main() {\n    let root = Root::builder().build();",
    );
    // The first is the clock: its interface is not that of the others.
    for plugin in (1..plugins).map(Place) {
        line(
            text,
            &format!(
                "    HasComponent::<dyn {}>::resolve_ref(&root).on_tick(&Tick(1));",
                plugin.path("Hook")
            ),
        );
    }
    line(text, &format!("    println!(\"{plugins}\");\n}}"));
}

pub(super) fn plugin(text: &mut String, plugin: Place) {
    let number = plugin.0;
    let Some(before) = plugin.before() else {
        line(
            text,
            r"#[derive(Component)]
#[shaku(interface = Clock)]
pub struct Plugin0;
impl Clock for Plugin0 { fn now(&self) -> u64 { 0 } }",
        );
        return;
    };
    // What comes before it may be the clock once more.
    let interface = match before {
        Place(0) => "Clock".to_owned(),
        _ => before.path("Hook"),
    };
    line(
        text,
        &format!(
            r"pub trait Hook{number}: Interface {{ fn on_tick(&self, tick: &Tick); }}
#[derive(Component)]
#[shaku(interface = Hook{number})]
pub struct Plugin{number} {{
    #[shaku(inject)] clock: std::sync::Arc<dyn Clock>,
    #[shaku(inject)] before: std::sync::Arc<dyn crate::{interface}>,
    #[shaku(default)] count: std::sync::atomic::AtomicU64,
}}
impl Hook{number} for Plugin{number} {{
    fn on_tick(&self, tick: &Tick) {{
        let _ = (self.clock.now(), std::sync::Arc::strong_count(&self.before));
        self.count.fetch_add(tick.0, std::sync::atomic::Ordering::Relaxed);
    }}
}}"
        ),
    );
}
