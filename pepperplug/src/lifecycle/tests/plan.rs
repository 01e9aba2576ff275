//! The plan alone: no plugins, no clock.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::plan::{Plan, Step};
use crate::graph::tests::random::sketches;
use crate::graph::tests::sketch::{PluginSketch, Want};
use crate::graph::{Graph, NodeId};

fn graph(sketch: &[PluginSketch]) -> Arc<Graph> {
    Arc::new(crate::graph::tests::graph(sketch).expect("it is a graph"))
}

/// Everything that may begin now.
fn begin(plan: &mut Plan, graph: &Graph) -> Vec<&'static str> {
    core::iter::from_fn(|| plan.next())
        .map(|node| graph.meta(node).name())
        .collect()
}

fn node(graph: &Graph, name: &str) -> NodeId {
    graph.named(name).expect("it is drawn")
}

fn plugin(name: &str, wants: &[Want]) -> PluginSketch {
    PluginSketch::new(name, wants)
}

#[test]
fn each_begins_once_all_that_it_waits_for_are_ready() {
    let sketch = [
        plugin("a", &[]),
        plugin("b", &[]),
        plugin("c", &[Want::Arc(0), Want::Option(1), Want::Requires(0, 0)]),
    ];
    let graph = graph(&sketch);
    let mut plan = Plan::new(&graph);
    assert_eq!(begin(&mut plan, &graph), ["a", "b"]);
    plan.ready(0);
    assert_eq!(begin(&mut plan, &graph), [""; 0]);
    plan.ready(1);
    assert_eq!(begin(&mut plan, &graph), ["c"]);
    assert_eq!(plan.step(2), Step::Begun);
    plan.ready(2);
    assert_eq!(plan.into_ready(), [0, 1, 2]);
}

#[test]
fn of_several_that_may_begin_the_first_in_the_start_order_is_first() {
    let sketch = [
        plugin("a", &[Want::Arc(2)]),
        plugin("b", &[]),
        plugin("z", &[]),
    ];
    let graph = graph(&sketch);
    let mut plan = Plan::new(&graph);
    assert_eq!(begin(&mut plan, &graph), ["b", "z"]);
    plan.ready(node(&graph, "z"));
    plan.ready(node(&graph, "b"));
    assert_eq!(begin(&mut plan, &graph), ["a"]);
    plan.ready(node(&graph, "a"));
    // As they became ready, whatever the start order.
    let ready = plan.into_ready();
    let ready: Vec<_> = ready.iter().map(|node| graph.meta(*node).name()).collect();
    assert_eq!(ready, ["z", "b", "a"]);
}

#[test]
fn one_that_becomes_free_waits_for_its_turn_in_the_start_order() {
    // `a…` wait for `z`; so `b` comes before `c` in the start order, though by number neither does.
    let last = 6;
    let sketch = [
        plugin("a0", &[Want::Arc(last)]),
        plugin("a1", &[Want::Arc(last)]),
        plugin("a2", &[Want::Arc(last)]),
        plugin("a3", &[]),
        plugin("b", &[]),
        plugin("c", &[Want::Arc(3)]),
        plugin("z", &[]),
    ];
    let graph = graph(&sketch);
    let mut plan = Plan::new(&graph);
    let first = plan.next().expect("it is free");
    assert_eq!(graph.meta(first).name(), "a3");
    plan.ready(first);
    assert_eq!(begin(&mut plan, &graph), ["b", "c", "z"]);
}

#[test]
fn a_required_plugin_that_fails_dooms_the_start() {
    let graph = graph(&[
        plugin("a", &[]),
        plugin("b", &[Want::Arc(0)]),
        plugin("c", &[]),
    ]);
    let mut plan = Plan::new(&graph);
    assert_eq!(plan.next(), Some(0));
    plan.failed(0);
    assert!(plan.is_doomed());
    assert_eq!(plan.next(), None, "`c` was free");
    assert_eq!(plan.step(0), Step::Failed);
    assert_eq!(plan.step(1), Step::Skipped { needs: 0 });
    assert_eq!(plan.step(2), Step::Waiting);
}

#[test]
fn an_optional_plugin_that_fails_takes_along_only_what_needs_it() {
    let sketch = [
        plugin("a", &[]).optional(),
        plugin("b", &[Want::Arc(0)]).optional(),
        plugin("c", &[Want::Requires(1, 0)]).optional(),
        plugin("d", &[Want::Option(0), Want::Option(2), Want::Lazy(0)]),
    ];
    let graph = graph(&sketch);
    let mut plan = Plan::new(&graph);
    assert_eq!(begin(&mut plan, &graph), ["a"]);
    plan.failed(0);
    assert!(!plan.is_doomed());
    assert_eq!(plan.step(1), Step::Skipped { needs: 0 });
    assert_eq!(plan.step(2), Step::Skipped { needs: 1 });
    assert_eq!(begin(&mut plan, &graph), ["d"]);
}

#[test]
fn a_required_plugin_that_needs_an_optional_one_that_fails_dooms_the_start() {
    let sketch = [
        plugin("a", &[]).optional(),
        plugin("b", &[Want::Arc(0)]).optional(),
        plugin("c", &[Want::Arc(1)]),
    ];
    let graph = graph(&sketch);
    let mut plan = Plan::new(&graph);
    assert_eq!(begin(&mut plan, &graph), ["a"]);
    plan.failed(0);
    assert!(plan.is_doomed());
}

#[test]
fn what_is_wanted_twice_is_waited_for_once_and_needed_if_either_needs_it() {
    for wants in [
        [Want::Option(0), Want::Arc(0)],
        [Want::Arc(0), Want::Option(0)],
    ] {
        let graph = graph(&[plugin("a", &[]).optional(), plugin("b", &wants).optional()]);
        let mut plan = Plan::new(&graph);
        assert_eq!(begin(&mut plan, &graph), ["a"]);
        plan.failed(0);
        assert_eq!(plan.step(1), Step::Skipped { needs: 0 });
        assert_eq!(begin(&mut plan, &graph), [""; 0]);
        let mut plan = Plan::new(&graph);
        assert_eq!(begin(&mut plan, &graph), ["a"]);
        plan.ready(0);
        assert_eq!(begin(&mut plan, &graph), ["b"]);
    }
}

#[test]
fn a_doomed_start_begins_nothing_but_counts_what_still_becomes_ready() {
    let graph = graph(&[plugin("a", &[]), plugin("b", &[Want::Arc(0)])]);
    let mut plan = Plan::new(&graph);
    assert_eq!(plan.next(), Some(0));
    plan.doom();
    plan.ready(0);
    assert_eq!(plan.next(), None);
    assert_eq!(plan.into_ready(), [0]);
}

#[test]
fn what_initialized_too_late_is_stopped_only_where_all_are() {
    for doomed in [false, true] {
        let graph = graph(&[plugin("a", &[]).optional(), plugin("b", &[])]);
        let mut plan = Plan::new(&graph);
        assert_eq!(begin(&mut plan, &graph), ["a", "b"]);
        plan.failed(0);
        plan.ready_too_late(0);
        plan.ready(1);
        if doomed {
            plan.doom();
        }
        let expected: &[NodeId] = if doomed { &[0, 1] } else { &[1] };
        assert_eq!(plan.into_ready(), expected);
    }
}

proptest! {
    /// Plugins end in any order, well or not.
    #[test]
    fn a_plan_begins_what_may_begin_and_ends_with_everything_settled(
        sketch in sketches(20),
        picks in prop::collection::vec((any::<Index>(), prop::bool::weighted(0.8)), 20),
    ) {
        let graph = graph(&sketch);
        let mut plan = Plan::new(&graph);
        let (mut in_flight, mut ready) = (Vec::new(), Vec::new());
        for (pick, well) in picks {
            while let Some(node) = plan.next() {
                for on in graph.dependencies(node) {
                    let step = plan.step(on.node);
                    let out = matches!(step, Step::Failed | Step::Skipped { .. });
                    prop_assert!(step == Step::Ready || (out && !on.needed), "{step:?}");
                }
                in_flight.push(node);
            }
            if in_flight.is_empty() {
                break;
            }
            let node = in_flight.swap_remove(pick.index(in_flight.len()));
            if well {
                plan.ready(node);
                ready.push(node);
            } else {
                plan.failed(node);
            }
        }
        let out = |node| matches!(plan.step(node), Step::Failed | Step::Skipped { .. });
        let required_is_out = graph
            .metas()
            .any(|(node, meta)| out(node) && !meta.is_optional());
        prop_assert_eq!(plan.is_doomed(), required_is_out);
        for (node, _) in graph.metas() {
            match plan.step(node) {
                Step::Waiting | Step::Begun => prop_assert!(plan.is_doomed()),
                Step::Skipped { needs } => {
                    prop_assert!(out(needs));
                    let on = graph.dependencies(node).iter();
                    prop_assert!(on.filter(|on| on.needed).any(|on| on.node == needs));
                }
                Step::Cancelled => prop_assert!(false, "nothing is cancelled here"),
                Step::Ready | Step::Failed => {}
            }
        }
        prop_assert_eq!(plan.into_ready(), ready);
    }
}
