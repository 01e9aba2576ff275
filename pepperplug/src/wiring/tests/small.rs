//! The pieces that are written anew because a `const` has neither slices' iterators nor memory, against those that are not.

use proptest::prelude::*;

use super::oracle::{components, reachable};
use super::parts::plugin;
use crate::hook::EventPattern;
use crate::wiring::graph::{Graph, GraphRoom, Link};
use crate::wiring::help::{distance, nearest};
use crate::wiring::list::{self, List, NONE, Table};
use crate::wiring::message::within_crate_of;
use crate::wiring::pattern::{fits, is_pattern};
use crate::wiring::text::{precedes, same};
use crate::{meta::MetaRef, suggest};

/// Few segments, so that they meet, empty ones and ones with a star among letters included.
fn dotted() -> impl Strategy<Value = String> {
    let segment = prop::sample::select(vec!["a", "b", "ab", "", "*", "**", "a*"]);
    prop::collection::vec(segment, 0..6).prop_map(|segments| segments.join("."))
}

/// Few letters, so that they are near each other; some longer than what a `const` looks at.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[ab-]{1,9}", 1 => "[ab]{60,70}"]
}

/// Texts with a common beginning of any length.
fn alike() -> impl Strategy<Value = (String, String)> {
    ("[ab]{0,9}", "[abé]{0,3}", "[abé]{0,3}")
        .prop_map(|(start, left, right)| (format!("{start}{left}"), format!("{start}{right}")))
}

/// What the nearest of these names is, in a `const` and otherwise.
fn nearest_of(word: &str, names: &[String]) -> (Option<String>, Option<String>) {
    let metas: Vec<MetaRef> = names
        .iter()
        .map(|name| plugin(name.clone().leak()).done())
        .collect();
    let count = metas.len();
    let (mut heads, mut next, mut marks) = (vec![NONE; count], vec![NONE; count], vec![0; count]);
    let mut table = Table {
        heads: &mut heads,
        next: &mut next,
        marks: &mut marks,
    };
    list::index(&metas, &mut table);
    let list = List::new(&metas, &[], &heads, &next);
    let other = suggest::nearest(word, names.iter().map(String::as_str));
    (
        nearest(&list, word).map(str::to_owned),
        other.map(str::to_owned),
    )
}

/// A graph in memory of the size that it asks for.
struct Memory {
    links: Vec<Link>,
    words: [Vec<usize>; 7],
}

impl Memory {
    /// What is in the memory before does not matter.
    fn new(room: usize) -> Self {
        Self {
            links: vec![Link::NONE; room],
            words: [(); 7].map(|()| vec![3; room]),
        }
    }

    fn graph(&mut self) -> Graph<'_> {
        Graph::new(GraphRoom {
            links: &mut self.links,
            words: self.words.each_mut().map(Vec::as_mut_slice),
        })
    }
}

fn fill(graph: &mut Graph<'_>, edges: &[Vec<bool>]) {
    graph.clear();
    for _ in edges {
        graph.add_node();
    }
    for (from, row) in edges.iter().enumerate() {
        for (to, _) in row.iter().enumerate().filter(|(_, edge)| **edge) {
            graph.add_edge(from, to);
        }
    }
}

/// How many edges the shortest way from a node back to it has.
fn shortest_ring(edges: &[Vec<bool>], start: usize) -> Option<usize> {
    let mut at = vec![false; edges.len()];
    at[start] = true;
    for length in 1..=edges.len() {
        let reached = |to: usize| (0..edges.len()).any(|from| at[from] && edges[from][to]);
        at = (0..edges.len()).map(reached).collect();
        if at[start] {
            return Some(length);
        }
    }
    None
}

fn assert_rings(graph: &mut Graph<'_>, edges: &[Vec<bool>]) {
    let nodes = 0..edges.len();
    let reach = reachable(edges);
    assert_eq!(graph.find_rings(), !components(edges).is_empty());
    for left in nodes.clone() {
        for right in nodes.clone() {
            let mutual = left == right || (reach[left][right] && reach[right][left]);
            assert_eq!(graph.component(left) == graph.component(right), mutual);
        }
        assert_eq!(graph.note(graph.component(left)), NONE);
    }
    if components(edges).is_empty() {
        return;
    }
    for start in nodes {
        let length = shortest_ring(edges, start);
        assert_eq!(graph.find_ring(start), length.is_some());
        let Some(length) = length else { continue };
        let mut node = start;
        for _ in 0..length {
            assert!(edges[node][graph.after(node)], "{node} in {edges:?}");
            node = graph.after(node);
        }
        assert_eq!(node, start, "in {edges:?}");
    }
}

fn edges() -> impl Strategy<Value = Vec<Vec<bool>>> {
    (0..9_usize, 1..5_u32).prop_flat_map(|(count, sparse)| {
        let edge = prop::bool::weighted(0.5 / f64::from(sparse));
        prop::collection::vec(prop::collection::vec(edge, count), count)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_pattern_fits_in_the_proof_what_it_fits_at_run_time(pattern in dotted(), name in dotted()) {
        prop_assert_eq!(fits(&pattern, &name), EventPattern::new(&pattern).matches(&name));
        prop_assert_eq!(is_pattern(&pattern), pattern.contains('*'));
    }

    #[test]
    fn strings_compare_as_the_language_compares_them((left, right) in alike()) {
        prop_assert_eq!(same(&left, &right), left == right);
        prop_assert_eq!(precedes(&left, &right), left < right);
    }

    #[test]
    fn the_nearest_name_is_that_of_all_other_suggestions(
        word in word(),
        names in prop::collection::vec(word(), 0..6),
    ) {
        let (ours, theirs) = nearest_of(&word, &names);
        let fits_array = |word: &String| word.len() < 64;
        if fits_array(&word) && names.iter().all(fits_array) {
            prop_assert_eq!(ours, theirs);
        } else {
            prop_assert!(ours.is_none_or(|name| fits_array(&name)));
        }
    }

    #[test]
    fn components_and_rings_are_those_that_naive_reachability_finds(
        first in edges(),
        second in edges(),
    ) {
        let mut memory = Memory::new(100);
        let mut graph = memory.graph();
        // One graph after the other in the same memory, as the events of hooks have it.
        for edges in [first, second] {
            fill(&mut graph, &edges);
            prop_assert_eq!(graph.len(), edges.len());
            assert_rings(&mut graph, &edges);
        }
    }
}

#[test]
fn a_name_that_is_too_long_for_an_array_is_near_nothing() {
    let long = "a".repeat(64);
    assert_eq!(distance(long.as_bytes(), long.as_bytes()), NONE);
    assert_eq!(distance(&long.as_bytes()[1..], &long.as_bytes()[1..]), 0);
}

/// Module paths, in which crates differ by their end.
fn module() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["app", "ap", "apps", "b"]);
    prop::collection::vec(name(), 0..4).prop_map(|names| names.join("::"))
}

proptest! {
    #[test]
    fn a_path_of_the_same_crate_is_written_without_its_name(path in module(), other in module()) {
        let krate = |path: &str| path.split("::").next().map(str::to_owned);
        let is_same = !path.is_empty() && krate(&path) == krate(&other);
        let rest = path.find("::").map_or("", |at| &path[at..]);
        prop_assert_eq!(within_crate_of(&path, &other), is_same.then_some(rest));
    }
}
