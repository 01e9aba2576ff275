//! Whatever is changed in a token makes it another one.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::app::{App, basics};
use crate::keys::{ed, rsa, section};

#[derive(Debug, Clone)]
enum Mutation {
    Replace(usize, char),
    Remove(usize),
    Insert(usize, char),
    Swap(usize, usize),
    Repeat(usize),
}

fn any_char() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => proptest::char::range('!', '~'),
        1 => any::<char>(),
    ]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<proptest::sample::Index>();
    let at = at.prop_map(|index| index.index(4096));
    prop_oneof![
        (at.clone(), any_char()).prop_map(|(at, with)| Mutation::Replace(at, with)),
        at.clone().prop_map(Mutation::Remove),
        (at.clone(), any_char()).prop_map(|(at, with)| Mutation::Insert(at, with)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Mutation::Swap(one, other)),
        at.prop_map(Mutation::Repeat),
    ]
}

fn mutated(token: &str, mutations: &[Mutation]) -> String {
    let mut chars: Vec<char> = token.chars().collect();
    for mutation in mutations {
        let length = chars.len();
        if length == 0 {
            break;
        }
        match *mutation {
            Mutation::Replace(at, with) => chars[at % length] = with,
            Mutation::Remove(at) => drop(chars.remove(at % length)),
            Mutation::Insert(at, with) => chars.insert(at % length, with),
            Mutation::Swap(one, other) => chars.swap(one % length, other % length),
            Mutation::Repeat(at) => chars.insert(at % length, chars[at % length]),
        }
    }
    chars.into_iter().collect()
}

/// What the header carries: spaces around it are none of the token.
fn same(one: &str, other: &str) -> bool {
    one.trim_matches([' ', '\t']) == other
}

#[test]
fn a_mutated_token_is_never_accepted() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ed = ed();
    for (algorithm, private) in [
        ("HS256", None),
        ("RS256", Some(rsa())),
        ("EdDSA", Some(&ed)),
    ] {
        let key = private.map(|pair| section("new", algorithm, "private_key", &pair.private));
        let settings = match key {
            Some(key) => format!("{}\n[jwt]\nsigning_key = \"new\"\n{key}", basics()),
            None => basics(),
        };
        let app = runtime.block_on(App::with(&settings));
        let token = runtime.block_on(app.token_of("ada"));
        let mut runner = TestRunner::new(Config::with_cases(400));
        let mutations = proptest::collection::vec(mutation(), 1..4);
        let run = runner.run(&mutations, |mutations| {
            let other = mutated(&token, &mutations);
            let identity = runtime.block_on(app.bearer(&other));
            prop_assert!(
                identity.is_err() || same(&other, &token),
                "{algorithm}: {other}"
            );
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        // All of them are refused for what they are, and not since nothing is accepted.
        assert!(runtime.block_on(app.bearer(&token)).is_ok());
        runtime.block_on(app.stop());
    }
}

#[test]
fn whatever_header_comes_is_an_answer_or_an_error() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(App::start());
    let schemes = prop_oneof![Just("Bearer "), Just("Basic "), Just("OAuth "), Just("")];
    let mut runner = TestRunner::new(Config::with_cases(500));
    let run = runner.run(&(schemes, any::<String>()), |(scheme, text)| {
        let header = format!("{scheme}{text}");
        let identity = runtime.block_on(app.identify(Some(&header)));
        prop_assert!(identity.is_err(), "{header}: {identity:?}");
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    runtime.block_on(app.stop());
}
