//! The plugins as those of `bevy_app`.
//!
//! An observer stands for the hook; a system in its place takes a quarter less of a dev build. It is given the clock and
//! the state of the plugin before, as resources. Its own state it lets the next one count, so that it is given two things
//! and not three.

use super::{Place, line};

pub(super) const DEPENDENCIES: &str = r#"bevy_app = { version = "0.20", default-features = false, features = ["std"] }
bevy_ecs = { version = "0.20", default-features = false, features = ["std"] }"#;

pub(super) fn root(text: &mut String, plugins: usize) {
    line(
        text,
        r#"pub use bevy_app::prelude::*;
pub use bevy_ecs::prelude::*;
#[derive(Event)]
pub struct Tick(pub u64);
#[derive(Resource, Default)]
pub struct Clock;
impl Clock { pub fn now(&self) -> u64 { 0 } }
fn main() {
    let mut app = App::new();
    app.init_resource::<Clock>();"#,
    );
    for plugin in (0..plugins).map(Place) {
        line(
            text,
            &format!("    app.add_plugins({});", plugin.path("Plugin")),
        );
    }
    line(
        text,
        &format!(
            r#"    app.world_mut().trigger(Tick(1));
    let count = app.world().resource::<m0::State0>().count.load(std::sync::atomic::Ordering::Relaxed);
    println!("{{}}", {} + count.min(1));
}}"#,
            plugins - 1
        ),
    );
}

pub(super) fn plugin(text: &mut String, plugin: Place) {
    let number = plugin.0;
    line(
        text,
        &format!(
            r"pub struct Plugin{number};
#[derive(Resource, Default)]
pub struct State{number} {{ pub count: std::sync::atomic::AtomicU64 }}
impl Plugin for Plugin{number} {{
    fn build(&self, app: &mut App) {{
        app.init_resource::<State{number}>().add_observer(on_tick_{number});
    }}
}}"
        ),
    );
    // The first has none before it, and counts itself.
    let before = plugin.before().unwrap_or(plugin).path("State");
    line(
        text,
        &format!(
            r"fn on_tick_{number}(tick: On<Tick>, clock: Res<Clock>, before: Res<crate::{before}>) {{
    let _ = clock.now();
    before.count.fetch_add(tick.0, std::sync::atomic::Ordering::Relaxed);
}}"
        ),
    );
}
