//! The catalogue of codes, walked from end to end: each has a page, a place that emits it, and a program of which it is
//! the mistake.

#![allow(clippy::unwrap_used, reason = "a test")]

mod emitted;
mod programs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pepperplug::errors::CODES;
use programs::Program;

/// Codes of what only the linker or the running program can know. `tests/link_guard.rs` builds the programs of the first
/// kind; those of the second are on their pages, where they run as doctests.
fn needs_no_program(code: &str) -> bool {
    matches!(code, "PP060" | "PP061" | "PP062") || code >= "PP200"
}

#[test]
fn every_code_has_a_program_that_it_is_the_mistake_of() {
    let shown: BTreeSet<String> = Program::all_that_fail()
        .iter()
        .flat_map(Program::codes)
        .collect();
    let missing: Vec<&&str> = CODES
        .iter()
        .filter(|code| !needs_no_program(code) && !shown.contains(**code))
        .collect();
    assert!(missing.is_empty(), "no program for {missing:?}");
    let unknown: Vec<&String> = shown
        .iter()
        .filter(|code| !CODES.contains(&code.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "programs of codes that have no page: {unknown:?}"
    );
}

#[test]
fn every_code_of_the_linker_has_a_test_that_links() {
    let test = read("tests/link_guard.rs");
    for code in ["PP060", "PP061", "PP062"] {
        assert!(CODES.contains(&code), "{code} has no page");
        assert!(test.contains(code), "{code} is not linked against");
    }
}

#[test]
fn every_code_has_a_page_with_a_program() {
    for code in CODES {
        let page = read(&format!("pepperplug/src/docs/errors/{code}.md"));
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        assert!(page.contains("```"), "{code} shows no program");
    }
}

#[test]
fn what_is_emitted_has_a_page_and_what_has_a_page_is_emitted() {
    let emitted = emitted::codes_of(root());
    let pages: BTreeSet<String> = CODES.iter().map(|&code| code.to_owned()).collect();
    let without_page: Vec<_> = emitted.difference(&pages).collect();
    assert!(without_page.is_empty(), "without a page: {without_page:?}");
    let nowhere: Vec<_> = pages.difference(&emitted).collect();
    assert!(nowhere.is_empty(), "emitted nowhere: {nowhere:?}");
}

#[test]
fn there_are_at_least_fifty_codes_of_the_build() {
    let of_the_build = CODES.iter().filter(|code| **code < "PP200").count();
    assert!(of_the_build >= 50, "{of_the_build}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
