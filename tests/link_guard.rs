//! The link guard: with the feature `link-guard`, a program that lacks a required plugin, or has two of one name, does
//! not link, and the linker's own message says which. In debug, release and fat LTO.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROFILES: [&str; 3] = ["dev", "release", "fat"];

#[test]
fn the_linker_proves_programs_without_a_list() {
    let fixture = Fixture::new();
    for profile in PROFILES {
        fixture.a_complete_program_links_and_runs(profile);
        fixture.a_missing_plugin_is_named(profile);
        fixture.two_plugins_of_one_name_are_named(profile);
        fixture.a_missing_provider_is_named(profile);
        fixture.two_providers_of_a_single_service_are_named(profile);
    }
}

/// A copy of the small workspace, since cargo writes into the folder that it builds.
struct Fixture {
    folder: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().expect("the workspace");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("link-guard");
        copy(
            &here.join("fixtures/link-guard"),
            &folder,
            &root.join("pepperplug"),
        );
        // The versions that the workspace has, so that nothing has to be looked up.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        Self { folder }
    }

    fn a_complete_program_links_and_runs(&self, profile: &str) {
        let output = self.cargo("run", "complete", profile);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            printed,
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
        Command::new(env!("CARGO"))
            .args([
                command,
                "--offline",
                "--quiet",
                "--bin",
                program,
                "--profile",
                profile,
            ])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }
}

/// The linker says what the page of a code shows, but for what the page leaves out as `…`. Linkers differ in their words;
/// the page has those of the linker that is rustc's own.
fn assert_page_is_true(code: &str, errors: &str) {
    if !errors.contains("rust-lld: error:") {
        return;
    }
    let here = env!("CARGO_MANIFEST_DIR");
    let path = format!("{here}/../pepperplug/src/docs/errors/{code}.md");
    let page = fs::read_to_string(path).expect("the page");
    let (_, rest) = page.split_once("```text\n").expect("what the linker says");
    let (text, _) = rest.split_once("```").expect("the end of it");
    for part in text.lines().flat_map(|line| line.split('…')) {
        assert!(errors.contains(part.trim()), "{code}: `{part}` in {errors}");
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn copy(from: &Path, to: &Path, pepperplug: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the fixture") {
        let entry = entry.expect("an entry").path();
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target, pepperplug);
            continue;
        }
        let text = fs::read_to_string(&entry).expect("a text");
        let text = text.replace(
            "@PEPPERPLUG@",
            &pepperplug.display().to_string().replace('\\', "/"),
        );
        // Unchanged files keep their time, so that a second run builds nothing anew.
        if fs::read_to_string(&target).ok().as_ref() != Some(&text) {
            fs::write(&target, text).expect("a file");
        }
    }
}
