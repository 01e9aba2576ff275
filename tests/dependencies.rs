//! What a user takes on with pepperplug: how many crates, and which minimum Rust version.

#[path = "support/fixture.rs"]
mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use fixture::Fixture;
use serde_json::Value;

/// The default build stays under this many crates, pepperplug's own included.
const MOST_CRATES: usize = 35;

#[test]
fn the_default_build_stays_small() {
    let crates = tree();
    assert!(
        crates.len() < MOST_CRATES,
        "{} crates: {crates:#?}",
        crates.len()
    );
}

#[test]
fn no_dependency_needs_a_newer_rust_than_the_library_declares() {
    let packages = metadata();
    let declared = rust_version(&packages["pepperplug"]).expect("pepperplug declares its MSRV");
    assert_eq!(
        rust_version(&packages["pepperplug-macros"]),
        Some(declared),
        "both crates declare the same"
    );
    let newer: Vec<String> = tree()
        .into_iter()
        .filter(|name| rust_version(&packages[name.as_str()]).is_some_and(|needs| needs > declared))
        .collect();
    assert_eq!(newer, Vec::<String>::new(), "newer than {declared:?}");
}

/// Cargo refuses two packages of one `links` in a build, and two of pepperplug would each have part of the plugins.
#[test]
fn cargo_refuses_two_versions_in_one_build() {
    assert_eq!(metadata()["pepperplug"]["links"], "pepperplug");
    let fixture = Fixture::empty("two-versions");
    let manifest = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"9.0.0\"\nedition = \"2024\"\n{more}")
    };
    let other = manifest("pepperplug", "links = \"pepperplug\"\n");
    fixture.write("other/Cargo.toml", &other);
    fixture.write("other/src/lib.rs", "");
    fixture.write("other/build.rs", "fn main() {}\n");
    let app = format!(
        "\n[dependencies]\none = {{ package = \"pepperplug\", path = {:?} }}\n\
         two = {{ package = \"pepperplug\", path = \"other\" }}\n\n[workspace]\n",
        fixture::pepperplug(),
    );
    fixture.write("Cargo.toml", &manifest("app", &app));
    fixture.write("src/lib.rs", "");
    let output = fixture.cargo(&["check"]);
    let errors = fixture::errors(&output);
    assert!(!output.status.success());
    assert!(
        errors.contains("links to the native library `pepperplug`"),
        "{errors}"
    );
}

/// The crates that `pepperplug` is built from, by `name` or, where there are several, `name@version`.
fn tree() -> BTreeSet<String> {
    let output = cargo(
        &[
            &["tree", "--offline", "--package", "pepperplug"],
            &["--edges", "normal,build", "--prefix", "none"][..],
            &["--format", "{p}"],
        ]
        .concat(),
    );
    output
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn metadata() -> BTreeMap<String, Value> {
    let json = cargo(&[
        "metadata",
        "--offline",
        "--format-version",
        "1",
        // Without it cargo asks for crates of other platforms, which need not be on this machine.
        "--filter-platform",
        &host(),
    ]);
    let metadata: Value = serde_json::from_str(&json).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().expect("a name");
            (name.to_owned(), package.clone())
        })
        .collect()
}

fn rust_version(package: &Value) -> Option<(u32, u32)> {
    let mut parts = package["rust_version"].as_str()?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn host() -> String {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("cargo names its host").to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
