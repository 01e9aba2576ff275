use proptest::prelude::*;
use proptest::sample::Index;

use super::model::{Model, model};
use super::random::{SERVICES, sketches};
use super::sketch::{PluginSketch, Want};
use super::*;
use crate::meta::Identity;

fn everything(sketch: &[PluginSketch]) -> Vec<usize> {
    (0..sketch.len()).collect()
}

/// Whether `graph` says of everything what the model says.
fn assert_is(graph: &Graph, model: &Model, sketch: &[PluginSketch]) {
    assert_eq!(graph.len(), model.plugins.len());
    assert_eq!(graph.order(), model.order);
    let mut dependents = vec![Vec::new(); graph.len()];
    for (node, meta) in graph.metas() {
        let at = node as usize;
        let drawn = &sketch[model.plugins[at]];
        assert_eq!(meta.name(), drawn.name);
        assert_eq!(graph.meta(node).name(), drawn.name);
        assert_eq!(graph.named(&drawn.name), Some(node));
        assert_eq!(graph.node_of(&meta.identity), Some(node));
        let other_type = Identity {
            type_name: "Other",
            ..meta.identity
        };
        assert_eq!(graph.node_of(&other_type), None, "a namesake");
        assert_eq!(graph.order()[graph.rank(node) as usize], node);
        assert_eq!(graph.dependencies(node), model.dependencies[at]);
        for (injection, by) in model.providers[at].iter().enumerate() {
            let providers = graph.providers(node, injection).iter();
            assert_eq!(&providers.map(|p| p.node).collect::<Vec<_>>(), by);
            let casts = meta.injects[injection].edge.target;
            let is_service = matches!(casts, crate::inject::Target::Service(_));
            let providers = graph.providers(node, injection).iter();
            assert!(providers.map(|p| p.cast.is_some()).all(|c| c == is_service));
        }
        for on in &model.dependencies[at] {
            dependents[on.node as usize].push((node, on.needed));
        }
    }
    for (node, expected) in (0..).zip(dependents) {
        let found = graph.dependents(node).iter();
        let found: Vec<_> = found.map(|by| (by.node, by.needed)).collect();
        assert_eq!(found, expected, "what waits for {node}");
    }
    assert_eq!(graph.named("nobody"), None);
}

/// An edge of each kind that orders, to `to`: by name, or by a service that it alone provides.
fn ordering(kind: usize, to: usize, sketch: &mut [PluginSketch]) -> Want {
    match kind {
        0 => Want::Arc(to),
        1 => Want::Option(to),
        2 => Want::Requires(to, 0),
        service => {
            sketch[to].provides.push(SERVICES);
            [
                Want::Service(SERVICES),
                Want::NamedService(SERVICES, to),
                Want::ServiceOption(SERVICES),
                Want::ServiceMany(SERVICES),
            ][service - 3]
        }
    }
}

/// Everything that `from` waits for, directly or not, itself included.
fn reached(model: &Model, from: u32) -> Vec<u32> {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(node) = reached.get(next).copied() {
        for on in &model.dependencies[node as usize] {
            if !reached.contains(&on.node) {
                reached.push(on.node);
            }
        }
        next += 1;
    }
    reached
}

proptest! {
    #[test]
    fn every_graph_is_as_the_model_says_in_whatever_order_it_is_listed(
        (sketch, listed) in sketches(60).prop_flat_map(|sketch| {
            let listed = Just(everything(&sketch)).prop_shuffle();
            (Just(sketch), listed)
        })
    ) {
        let model = model(&sketch, &listed).expect("each waits only for those before it");
        let declared = declare(&sketch);
        let listed: Vec<MetaRef> = listed.iter().map(|plugin| declared[*plugin]).collect();
        let graph = Graph::build(&listed).expect("it is drawn to be a graph");
        assert_is(&graph, &model, &sketch);
        // Not only as the model says: the property itself.
        for node in graph.order() {
            for on in graph.dependencies(*node) {
                prop_assert!(graph.rank(on.node) < graph.rank(*node));
            }
        }
    }

    #[test]
    fn an_edge_that_closes_a_ring_is_refused_unless_it_is_lazy(
        mut sketch in sketches(30),
        from in any::<Index>(),
        to in any::<Index>(),
        kind in 0..7usize,
    ) {
        let before = model(&sketch, &everything(&sketch)).expect("it is drawn to be a graph");
        let from = from.index(sketch.len());
        let reached = reached(&before, u32::try_from(from).expect("few"));
        let to = reached[to.index(reached.len())] as usize;
        let (from, to) = (before.plugins[from], before.plugins[to]);
        let mut lazy = sketch.clone();
        lazy[to].wants.push(Want::Lazy(from));
        let closed = graph(&lazy).expect("a lazy edge closes no ring");
        prop_assert_eq!(closed.order(), before.order);

        let want = ordering(kind, from, &mut sketch);
        sketch[to].wants.push(want);
        prop_assert_eq!(graph(&sketch).err(), Some(NotAGraph));
    }

    /// Any edges at all, so that rings, missing plugins, several providers and old versions come in all combinations.
    #[test]
    fn whatever_is_no_graph_is_refused_and_nothing_else(
        mut sketch in sketches(8),
        edges in prop::collection::vec((any::<Index>(), any::<Index>(), 0..9u8), 0..3),
        old in any::<Index>(),
        is_old in prop::bool::weighted(0.2),
        left_out in prop::collection::vec(any::<Index>(), 0..2),
        twice in prop::option::weighted(0.1, any::<Index>()),
    ) {
        let count = sketch.len();
        for (from, to, kind) in edges {
            let (from, service, to) = (from.index(count), to.index(SERVICES), to.index(count));
            sketch[from].wants.push(match kind {
                0 => Want::Arc(to),
                1 => Want::Option(to),
                2 => Want::Requires(to, 1),
                3 => Want::Lazy(to),
                4 => Want::Service(service),
                5 => Want::ServiceOption(service),
                6 => Want::ServiceLazy(service),
                7 => Want::ServiceMany(service),
                _ => Want::NamedService(service, to),
            });
        }
        if is_old {
            sketch[old.index(count)].major = 0;
        }
        let mut listed = everything(&sketch);
        for plugin in left_out {
            listed.retain(|listed| *listed != plugin.index(count));
        }
        listed.extend(twice.map(|plugin| plugin.index(count)));
        let declared = declare(&sketch);
        let plugins: Vec<MetaRef> = listed.iter().map(|plugin| declared[*plugin]).collect();
        match (Graph::build(&plugins), model(&sketch, &listed)) {
            (Ok(graph), Some(model)) => assert_is(&graph, &model, &sketch),
            (Err(NotAGraph), None) => {}
            (built, model) => prop_assert!(false, "built {built:?}, but the model says {model:?}"),
        }
    }
}
