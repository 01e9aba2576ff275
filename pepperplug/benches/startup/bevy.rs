//! The same plugins, as one writes them for bevy_app: each is built from those before it, which it finds in a resource,
//! and observes an event.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bevy_app::{App, Plugin};
use bevy_ecs::event::Event;
use bevy_ecs::observer::On;
use bevy_ecs::resource::Resource;

use super::Node;

#[derive(Event)]
struct Tick(u64);

#[derive(Resource, Default)]
struct Nodes(Vec<Arc<Node>>);

/// One of many of its type, told apart by its name.
struct NodePlugin {
    name: String,
    needs: [Option<usize>; 3],
}

impl Plugin for NodePlugin {
    fn build(&self, app: &mut App) {
        let mut nodes = app.world_mut().resource_mut::<Nodes>();
        let needs = self
            .needs
            .map(|need| need.map(|need| Arc::clone(&nodes.0[need])));
        let mut node = Node::new(needs);
        node.ready = true;
        let node = Arc::new(node);
        nodes.0.push(Arc::clone(&node));
        app.add_observer(move |tick: On<Tick>| {
            node.ticks.fetch_add(tick.0, Ordering::Relaxed);
        });
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A start: it takes an app, and that all plugins are added and finished. Their names are not part of it.
pub(super) fn time(graph: &[[Option<usize>; 3]]) -> Duration {
    let plugins: Vec<NodePlugin> = (0..)
        .zip(graph)
        .map(|(node, needs): (usize, _)| NodePlugin {
            name: format!("node-{node}"),
            needs: *needs,
        })
        .collect();
    let since = Instant::now();
    let mut app = App::empty();
    app.init_resource::<Nodes>();
    for plugin in plugins {
        app.add_plugins(plugin);
    }
    app.finish();
    app.cleanup();
    let took = since.elapsed();
    drop(black_box(app));
    took
}
