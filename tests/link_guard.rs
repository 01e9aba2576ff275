//! The link guard: with the feature `link-guard`, a program that lacks a required plugin, or has two of one name, does
//! not link, and the linker's own message says which. In debug, release and fat LTO.

#[path = "support/fixture.rs"]
mod fixture;

use std::fs;
use std::process::Output;

use fixture::{Fixture, errors, printed, workspace};

const PROFILES: [&str; 3] = ["dev", "release", "fat"];

#[test]
fn the_linker_proves_programs_without_a_list() {
    let programs = Programs(Fixture::copy_of("link-guard"));
    for profile in PROFILES {
        programs.a_complete_program_links_and_runs(profile);
        programs.a_missing_plugin_is_named(profile);
        programs.two_plugins_of_one_name_are_named(profile);
        programs.a_missing_provider_is_named(profile);
        programs.two_providers_of_a_single_service_are_named(profile);
    }
}

/// The programs of `fixtures/link-guard`.
struct Programs(Fixture);

impl Programs {
    fn a_complete_program_links_and_runs(&self, profile: &str) {
        let output = self.cargo("run", "complete", profile);
        assert_eq!(
            printed(&output),
            "cache ready\nauth ready\nvault ready\nsigner ready\n",
            "{profile}: {}",
            errors(&output)
        );
    }

    fn a_missing_plugin_is_named(&self, profile: &str) {
        let output = self.cargo("build", "missing", profile);
        let errors = errors(&output);
        assert!(!output.status.success(), "{profile}: it linked");
        assert!(
            errors.contains("undefined symbol: pepperplug [PP061]"),
            "{profile}: {errors}"
        );
        assert!(errors.contains("`cache`"), "{profile}: {errors}");
        if profile == "dev" {
            // Only a build with debug information knows the line.
            assert!(errors.contains("auth/src/lib.rs:5"), "{profile}: {errors}");
            assert_page_is_true("PP061", &errors);
        }
    }

    fn two_plugins_of_one_name_are_named(&self, profile: &str) {
        let output = self.cargo("build", "duplicate", profile);
        let errors = errors(&output);
        assert!(!output.status.success(), "{profile}: it linked");
        // The symbol has one name, which says of which code a second one is.
        assert!(errors.contains("two are PP060"), "{profile}: {errors}");
        assert!(errors.contains("`cache`"), "{profile}: {errors}");
        if profile == "dev" {
            assert_page_is_true("PP060", &errors);
        }
    }

    fn a_missing_provider_is_named(&self, profile: &str) {
        let output = self.cargo("build", "unprovided", profile);
        let errors = errors(&output);
        assert!(!output.status.success(), "{profile}: it linked");
        assert!(
            errors.contains("undefined symbol: pepperplug [PP062]"),
            "{profile}: {errors}"
        );
        assert!(errors.contains("service `keys`"), "{profile}: {errors}");
        assert!(
            errors.contains("required_by_SignerPlugin"),
            "{profile}: {errors}"
        );
        if profile == "dev" {
            assert!(errors.contains("keys/src/lib.rs:11"), "{profile}: {errors}");
            assert_page_is_true("PP062", &errors);
        }
    }

    fn two_providers_of_a_single_service_are_named(&self, profile: &str) {
        let output = self.cargo("build", "provided_twice", profile);
        let errors = errors(&output);
        assert!(!output.status.success(), "{profile}: it linked");
        assert!(errors.contains("two are PP044"), "{profile}: {errors}");
        assert!(errors.contains("service `keys`"), "{profile}: {errors}");
    }

    fn cargo(&self, command: &str, program: &str, profile: &str) -> Output {
        self.0
            .cargo(&[command, "--bin", program, "--profile", profile])
    }
}

/// The linker says what the page of a code shows, but for what the page leaves out as `…`. Linkers differ in their words;
/// the page has those of the linker that is rustc's own.
fn assert_page_is_true(code: &str, errors: &str) {
    if !errors.contains("rust-lld: error:") {
        return;
    }
    let path = workspace().join(format!("pepperplug/src/docs/errors/{code}.md"));
    let page = fs::read_to_string(path).expect("the page");
    let (_, rest) = page.split_once("```text\n").expect("what the linker says");
    let (text, _) = rest.split_once("```").expect("the end of it");
    for part in text.lines().flat_map(|line| line.split('…')) {
        assert!(errors.contains(part.trim()), "{code}: `{part}` in {errors}");
    }
}
