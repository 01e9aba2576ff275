//! Memory for the analysis: arrays in a `const`, where there is no other, and vectors at run time.

use super::analysis::{Analysis, room_for};
use super::graph::{Graph, GraphRoom, Link};
use super::hooks::Hooks;
use super::list::{List, Mark, NONE};
use super::message::Message;
use super::topics::{Topic, Topics};

/// How many arrays of words the analysis takes.
const GRAPH_WORDS: usize = 7;
const HOOK_WORDS: usize = 6;

/// Analyses the list in a `const`; see [`analyse`].
pub(super) const fn with_arrays(
    list: List<'_>,
    marks: &mut [Mark],
    rings: &mut [usize],
    told: usize,
    to: &mut Message,
) {
    // An array's length cannot depend on the list, so there are a few, of which the smallest does that is enough. What of
    // an array is not used costs next to nothing.
    match room_for(&list) {
        0..=64 => in_arrays::<64>(list, marks, rings, told, to),
        65..=256 => in_arrays::<256>(list, marks, rings, told, to),
        257..=1024 => in_arrays::<1024>(list, marks, rings, told, to),
        1025..=4096 => in_arrays::<4096>(list, marks, rings, told, to),
        4097..=16_384 => in_arrays::<16_384>(list, marks, rings, told, to),
        16_385..=65_536 => in_arrays::<65_536>(list, marks, rings, told, to),
        65_537..=262_144 => in_arrays::<262_144>(list, marks, rings, told, to),
        262_145..=1_048_576 => in_arrays::<1_048_576>(list, marks, rings, told, to),
        _ => panic!("a list of plugins with more than a million edges and hooks cannot be proved"),
    }
}

// Not inlined, so that at run time, in tests, a call takes its own arrays from the stack and not those of all sizes.
#[inline(never)]
const fn in_arrays<const ROOM: usize>(
    list: List<'_>,
    marks: &mut [Mark],
    rings: &mut [usize],
    told: usize,
    to: &mut Message,
) {
    let mut heads = [NONE; ROOM];
    let mut topics = [Topic::NONE; ROOM];
    let mut links = [Link::NONE; ROOM];
    let mut graph = [[0; ROOM]; GRAPH_WORDS];
    let mut hooks = [[0; ROOM]; HOOK_WORDS];
    let [g0, g1, g2, g3, g4, g5, g6] = &mut graph;
    let [h0, h1, h2, h3, h4, h5] = &mut hooks;
    let mut analysis = Analysis {
        list,
        marks,
        rings,
        topics: Topics::new(&mut heads, &mut topics),
        graph: Graph::new(GraphRoom {
            links: &mut links,
            words: [g0, g1, g2, g3, g4, g5, g6],
        }),
        hooks: Hooks::new([h0, h1, h2, h3, h4, h5]),
    };
    analyse(&mut analysis, told, to);
}

/// Analyses the list at run time; see [`analyse`].
pub(super) fn with_vectors(
    list: List<'_>,
    marks: &mut [Mark],
    rings: &mut [usize],
    told: usize,
    to: &mut Message,
) {
    let room = room_for(&list);
    let mut heads = vec![NONE; room];
    let mut topics = vec![Topic::NONE; room];
    let mut links = vec![Link::NONE; room];
    let mut graph = [(); GRAPH_WORDS].map(|()| vec![0; room]);
    let mut hooks = [(); HOOK_WORDS].map(|()| vec![0; room]);
    let mut analysis = Analysis {
        list,
        marks,
        rings,
        topics: Topics::new(&mut heads, &mut topics),
        graph: Graph::new(GraphRoom {
            links: &mut links,
            words: graph.each_mut().map(Vec::as_mut_slice),
        }),
        hooks: Hooks::new(hooks.each_mut().map(Vec::as_mut_slice)),
    };
    analyse(&mut analysis, told, to);
}

/// Marks the entries, or, where the entry `told` is given, says which contradictions among hooks it is the first of.
const fn analyse(analysis: &mut Analysis<'_>, told: usize, to: &mut Message) {
    if told == NONE {
        analysis.run();
    } else {
        analysis.tell_hook_order(told, to);
    }
}
