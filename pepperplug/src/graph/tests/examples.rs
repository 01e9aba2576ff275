use super::sketch::{PluginSketch, Want};
use super::*;
use crate::meta::hash_name;

fn plugin(name: &str, wants: &[Want]) -> PluginSketch {
    PluginSketch::new(name, wants)
}

fn names(graph: &Graph, nodes: &[u32]) -> Vec<&'static str> {
    nodes.iter().map(|node| graph.meta(*node).name()).collect()
}

fn order(sketch: &[PluginSketch]) -> Vec<&'static str> {
    let graph = graph(sketch).expect("it is a graph");
    names(&graph, graph.order())
}

#[track_caller]
fn assert_refused(sketch: &[PluginSketch]) {
    assert_eq!(graph(sketch).err(), Some(NotAGraph));
}

#[test]
fn no_plugins_are_a_graph() {
    assert_eq!(order(&[]), [""; 0]);
}

#[test]
fn those_that_are_free_come_by_name() {
    let sketch = [plugin("c", &[]), plugin("a", &[]), plugin("b", &[])];
    assert_eq!(order(&sketch), ["a", "b", "c"]);
}

#[test]
fn one_that_becomes_free_comes_before_others_with_later_names() {
    // `a` waits for `b`: so it comes right after it, not after all that were free from the start.
    let sketch = [
        plugin("a", &[Want::Arc(1)]),
        plugin("b", &[]),
        plugin("c", &[]),
    ];
    assert_eq!(order(&sketch), ["b", "a", "c"]);
}

#[test]
fn many_stand_in_the_order_that_their_edges_and_names_say() {
    // Each tenth waits for the one after it; so it comes right behind.
    let sketch: Vec<PluginSketch> = (0..5_000)
        .map(|at| match at % 10 {
            0 => plugin(&format!("p{at:04}"), &[Want::Arc(at + 1)]),
            _ => plugin(&format!("p{at:04}"), &[]),
        })
        .collect();
    let expected: Vec<String> = (0..5_000)
        .map(|at| match at % 10 {
            0 => at + 1,
            1 => at - 1,
            _ => at,
        })
        .map(|at| format!("p{at:04}"))
        .collect();
    assert_eq!(order(&sketch), expected);
}

#[test]
fn a_lazy_edge_orders_nothing() {
    let sketch = [plugin("a", &[Want::Lazy(1)]), plugin("b", &[Want::Arc(0)])];
    assert_eq!(order(&sketch), ["a", "b"]);
}

#[test]
fn an_option_orders_where_the_plugin_is_there() {
    let sketch = [plugin("a", &[Want::Option(1)]), plugin("b", &[])];
    assert_eq!(order(&sketch), ["b", "a"]);
    let graph = Graph::build(&declare(&sketch)[..1]).expect("it can be without it");
    assert_eq!(names(&graph, graph.order()), ["a"]);
    assert_eq!(graph.providers(0, 0).len(), 0);
}

#[test]
fn all_providers_of_a_service_come_first_by_name() {
    let sketch = [
        plugin("a", &[Want::ServiceMany(0)]),
        plugin("z", &[]).provides(0),
        plugin("m", &[]).provides(0),
    ];
    assert_eq!(order(&sketch), ["m", "z", "a"]);
    let graph = graph(&sketch).expect("it is a graph");
    let providers = graph.providers(0, 0).iter();
    let providers: Vec<u32> = providers.map(|provider| provider.node).collect();
    assert_eq!(names(&graph, &providers), ["m", "z"]);
}

#[test]
fn a_plugin_that_is_needed_must_be_there() {
    for want in [Want::Arc(1), Want::Lazy(1), Want::Requires(1, 0)] {
        let sketch = [plugin("a", &[want]), plugin("b", &[])];
        let declared = declare(&sketch);
        assert!(Graph::build(&declared).is_ok(), "{want:?}");
        assert!(Graph::build(&declared[..1]).is_err(), "{want:?}");
    }
}

#[test]
fn a_required_plugin_must_be_of_a_fitting_version() {
    let mut sketch = [plugin("a", &[Want::Requires(1, 2)]), plugin("b", &[])];
    sketch[1].major = 2;
    assert_eq!(order(&sketch), ["b", "a"]);
    sketch[1].major = 1;
    assert_refused(&sketch);
}

#[test]
fn one_provider_must_be_exactly_one() {
    let sketch = |wants: &[Want], providers: usize| {
        let mut sketch = vec![plugin("consumer", wants)];
        for name in ["first", "second"].iter().take(providers) {
            sketch.push(plugin(name, &[]).provides(0));
        }
        sketch
    };
    for (want, fits) in [
        (Want::Service(0), [false, true, false]),
        (Want::ServiceLazy(0), [false, true, false]),
        (Want::ServiceOption(0), [true, true, false]),
        (Want::ServiceMany(0), [true, true, true]),
    ] {
        for (providers, fits) in fits.iter().enumerate() {
            let built = graph(&sketch(&[want], providers));
            assert_eq!(built.is_ok(), *fits, "{want:?} of {providers}");
        }
    }
    // A name says which.
    assert!(graph(&sketch(&[Want::NamedService(0, 2)], 2)).is_ok());
}

#[test]
fn two_of_one_name_are_refused() {
    assert_refused(&[plugin("a", &[]), plugin("a", &[])]);
}

#[test]
fn two_names_of_one_hash_are_refused() {
    let sketch = [plugin("a", &[]), plugin("b", &[])];
    let [a, b] = declare(&sketch)[..] else {
        unreachable!("two are declared")
    };
    let twin = PluginMeta::new(
        b.get().name(),
        hash_name("a"),
        "Blank",
        module_path!(),
        b.get().location(),
        Vtable::of::<Blank>(),
    );
    let twin = MetaRef::new(Box::leak(Box::new(twin)));
    assert!(Graph::build(&[a, b]).is_ok());
    assert_eq!(Graph::build(&[a, twin]).err(), Some(NotAGraph));
    // Alone it is found by nobody who asks for the other.
    let graph = Graph::build(&[twin]).expect("one plugin is a graph");
    assert_eq!(graph.named("a"), None);
}

#[test]
fn a_plugin_of_the_wanted_name_but_another_type_is_not_the_wanted_one() {
    let sketch = [plugin("a", &[Want::Arc(1)]), plugin("b", &[])];
    let [a, b] = declare(&sketch)[..] else {
        unreachable!("two are declared")
    };
    let namesake = PluginMeta::new(
        b.get().name(),
        hash_name("b"),
        "Other",
        module_path!(),
        b.get().location(),
        Vtable::of::<Blank>(),
    );
    let namesake = MetaRef::new(Box::leak(Box::new(namesake)));
    assert_eq!(Graph::build(&[a, namesake]).err(), Some(NotAGraph));
}

#[test]
fn rings_of_every_length_are_refused() {
    for length in 1..5 {
        let sketch: Vec<PluginSketch> = (0..length)
            .map(|at| plugin(&format!("p{at}"), &[Want::Arc((at + 1) % length)]))
            .collect();
        assert_refused(&sketch);
    }
}
