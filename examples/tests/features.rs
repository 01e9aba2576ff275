//! Every subset of the quickstart's features builds, or the build says which plugin is missing and
//! which feature has it.

use std::path::Path;
use std::process::{Command, Output};

const FEATURES: [&str; 4] = ["cache", "database", "auth", "audit"];

/// What `auth` cannot do without.
const NEEDED: [&str; 2] = ["cache", "database"];

#[test]
fn every_subset_builds_or_says_what_is_missing() {
    for subset in 0..1 << FEATURES.len() {
        let is_on =
            |(bit, feature): (usize, &'static str)| (subset >> bit & 1 == 1).then_some(feature);
        let on: Vec<&str> = FEATURES.into_iter().enumerate().filter_map(is_on).collect();
        let missing = NEEDED
            .into_iter()
            .filter(|needed| on.contains(&"auth") && !on.contains(needed))
            .collect();
        check_subset(&on, missing);
    }
}

fn check_subset(on: &[&str], missing: Vec<&str>) {
    let output = check(on);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.success(),
        missing.is_empty(),
        "features {on:?}:\n{stderr}"
    );
    for feature in &missing {
        assert!(
            stderr.contains(&format!("feature `{feature}`")),
            "features {on:?}: `{feature}` is not named:\n{stderr}"
        );
    }
    // Nothing but pepperplug's own words: no error of rustc's that follows from the fault.
    let errors = stderr
        .lines()
        .filter(|line| line.starts_with("error") && !line.contains("could not compile"));
    let foreign: Vec<&str> = errors.filter(|line| !line.contains("[PP")).collect();
    assert!(
        foreign.is_empty(),
        "features {on:?}: {foreign:#?}\n{stderr}"
    );
}

fn check(on: &[&str]) -> Output {
    // One folder for all subsets, and none that another cargo waits for: what they share is
    // compiled once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("features");
    Command::new(env!("CARGO"))
        .args([
            "check",
            "--quiet",
            "--offline",
            "--color=never",
            "--example=quickstart",
            "--no-default-features",
        ])
        .arg(format!("--features={}", on.join(",")))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs: it has built this test")
}
