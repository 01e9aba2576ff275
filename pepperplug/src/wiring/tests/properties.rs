//! What is found in random lists is what the oracle finds, and each ring that is told is one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::oracle::Oracle;
use super::world::{World, world};
use crate::graph::Graph;
use crate::wiring::{Candidate, problems};

fn config() -> ProptestConfig {
    ProptestConfig::with_cases(1000)
}

fn code(text: &str) -> &str {
    &text[1..6]
}

/// The words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The first place in a text, and all of them.
fn lines_of_places(text: &str) -> Vec<u32> {
    let number = |text: &str| {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text[..end].parse().expect("a line")
    };
    text.split("src/lib.rs:").skip(1).map(number).collect()
}

/// A text as the oracle tells it; none for the order of hooks, which has its own test.
fn digest(text: &str) -> Option<String> {
    let code = code(text);
    let mut lines = text.lines();
    let first = lines.next().expect("a line");
    let mut words = vec![code.to_owned()];
    match code {
        "PP047" => return None,
        "PP041" => words.extend(path_of(first).into_iter().take(1).map(str::to_owned)),
        "PP042" | "PP043" | "PP044" | "PP045" | "PP046" | "PP051" => {
            let second = lines.next().expect("a second line");
            words.extend(quoted(first).map(str::to_owned));
            if second.contains("; also by ") {
                words.extend(quoted(second).map(str::to_owned));
            }
            if let Some((_, more)) = second.split_once(" and ") {
                words.push(format!("+{}", more.strip_suffix(" more").expect("a count")));
            }
            words.push(format!("@{}", lines_of_places(text)[0]));
        }
        _ => words.extend(quoted(first).map(str::to_owned)),
    }
    Some(words.join(" "))
}

fn digests(texts: &[String]) -> Vec<String> {
    let mut all: Vec<String> = texts.iter().filter_map(|text| digest(text)).collect();
    all.sort();
    all
}

/// The names in `…: a -> b -> a`.
fn path_of(line: &str) -> Vec<&str> {
    let (_, path) = line.rsplit_once(": ").expect("a path");
    path.split(" -> ").collect()
}

/// That a ring of plugins is made of edges that are there, and is as short as the ring that its lines tell.
fn assert_ring(oracle: &Oracle<'_>, text: &str) {
    let mut lines = text.lines();
    let path = path_of(lines.next().expect("a line"));
    assert_eq!(path.first(), path.last(), "{text}");
    let names: BTreeSet<_> = path[1..].iter().collect();
    assert_eq!(names.len(), path.len() - 1, "no plugin twice: {text}");
    for (step, line) in path.windows(2).zip(lines) {
        let entry = |name| oracle.named(name).expect("it is listed");
        let place = lines_of_places(line)[0];
        assert!(
            oracle.waits(entry(step[0]), place, entry(step[1])),
            "`{line}` makes {} wait for {}:\n{text}",
            step[0],
            step[1]
        );
    }
}

/// That the hooks of a contradiction say what is told; its event and first plugin.
fn assert_contradiction<'t>(oracle: &Oracle<'_>, text: &'t str) -> (&'t str, &'t str) {
    let mut lines = text.lines();
    let first = lines.next().expect("a line");
    let event = quoted(first).next().expect("an event");
    let (_, path) = first.rsplit_once(": ").expect("a path");
    let path: Vec<&str> = path.split(" before ").collect();
    assert_eq!(path.first(), path.last(), "{text}");
    for (step, line) in path.windows(2).zip(lines) {
        let (entry, hook) = oracle.hook_at(lines_of_places(line)[0]).expect("a hook");
        assert!(oracle.is_hook_on(hook, event), "{line}:\n{text}");
        let speaker = oracle.name(entry);
        let says = if speaker == step[0] && hook.before.contains(&step[1]) {
            format!("of `{speaker}` says `before = \"{}\"`", step[1])
        } else {
            assert!(hook.after.contains(&step[0]), "{line}:\n{text}");
            assert_eq!(speaker, step[1], "{line}:\n{text}");
            format!("of `{speaker}` says `after = \"{}\"`", step[0])
        };
        assert!(line.ends_with(&says), "{line}, not {says}:\n{text}");
    }
    (event, path[0])
}

fn assert_hook_order(oracle: &Oracle<'_>, texts: &[String]) {
    let told: Vec<_> = texts
        .iter()
        .filter(|text| code(text) == "PP047")
        .map(|text| assert_contradiction(oracle, text))
        .collect();
    let expected = oracle.contradictions();
    assert_eq!(
        told.is_empty(),
        expected.sure.is_empty() && !expected.has_patterns(),
        "{expected:?} in {texts:#?}"
    );
    let mut more = told;
    for ring in &expected.sure {
        let at = more.iter().position(|told| told == ring);
        more.swap_remove(at.unwrap_or_else(|| panic!("{ring:?} in {texts:#?}")));
    }
    more.retain(|ring| !expected.maybe.contains(ring));
    assert!(more.len() < 2, "one for all events: {texts:#?}");
    for ring in more {
        assert!(expected.of_patterns.contains(&ring), "{ring:?}: {texts:#?}");
    }
}

/// The list as it would be written, with entries that are switched off.
fn candidates(world: &World) -> Vec<Candidate> {
    let on = |plugin: &usize| Candidate::new(world.path(*plugin).leak(), "", true);
    let mut all: Vec<Candidate> = world.list.iter().map(on).collect();
    all.push(Candidate::new(
        "nobody::NobodyPlugin",
        "feature = \"nobody\"",
        false,
    ));
    all.push(Candidate::new("store::Store", "unix", false));
    all
}

/// What of a fault does not depend on the order of the list.
fn essence(text: &str) -> String {
    let first = text.lines().next().expect("a line");
    let mut names: Vec<&str> = quoted(first).collect();
    match code(text) {
        "PP041" => names = path_of(first)[..1].to_vec(),
        "PP042" | "PP043" | "PP051" => names = names.split_off(1),
        "PP045" if text.contains("no plugin of this application has that name") => {
            names = names.split_off(2);
        }
        "PP044" => names[2..].sort_unstable(),
        "PP047" => names.push(
            first
                .rsplit(": ")
                .next()
                .and_then(|path| path.split(' ').next())
                .expect("a name"),
        ),
        "PP049" => names = names.split_off(2),
        "PP040" | "PP050" | "PP052" | "PP053" => names.truncate(1),
        _ => {}
    }
    format!("{} {}", code(text), names.join(" "))
}

fn essences(texts: &[String], of: impl Fn(&str) -> bool) -> Vec<String> {
    let texts = texts.iter().filter(|text| of(code(text)));
    let mut all: Vec<String> = texts.map(|text| essence(text)).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_faults_of_a_list_are_those_of_the_naive_rules(world in world()) {
        let oracle = Oracle::new(&world);
        let texts = problems(&world.metas(), &candidates(&world), &[]);
        prop_assert_eq!(digests(&texts), oracle.faults());
        assert_hook_order(&oracle, &texts);
        if !oracle.has_namesakes() {
            for ring in texts.iter().filter(|text| code(text) == "PP041") {
                assert_ring(&oracle, ring);
            }
        }
    }

    #[test]
    fn the_order_of_the_list_changes_no_fault(
        (world, other) in world().prop_flat_map(|world| {
            let list = Just(world.list.clone()).prop_shuffle();
            (Just(world), list)
        }),
    ) {
        let shuffled = World { list: other, ..world.clone() };
        let (left, right) = (problems(&world.metas(), &[], &[]), problems(&shuffled.metas(), &[], &[]));
        let doubles = |code: &str| matches!(code, "PP040" | "PP050");
        prop_assert_eq!(essences(&left, doubles), essences(&right, doubles));
        let shared = |texts: &[String]| texts.iter().any(|text| matches!(code(text), "PP040" | "PP052" | "PP053"));
        prop_assert_eq!(shared(&left), shared(&right));
        if !shared(&left) {
            // Where two share a name, which of them the others mean is decided by which is first.
            let patterns = Oracle::new(&world).contradictions().has_patterns();
            let all = |code: &str| code != "PP047" || !patterns;
            prop_assert_eq!(essences(&left, all), essences(&right, all));
        }
    }

    #[test]
    fn a_list_without_a_fault_is_a_graph_and_no_other_is(world in world()) {
        let graph = Graph::build(&world.metas());
        let faults = Oracle::new(&world).faults();
        // A graph knows services by their names alone.
        if faults.iter().any(|fault| fault.starts_with("PP053")) {
            return Ok(());
        }
        // What two plugins read or listen to is no matter of a graph.
        let beyond = |fault: &String| ["PP049", "PP052", "PP054"].contains(&&fault[..5]);
        let of_graph = faults.iter().any(|fault| !beyond(fault));
        prop_assert_eq!(graph.is_err(), of_graph, "{:#?}", faults);
    }
}
