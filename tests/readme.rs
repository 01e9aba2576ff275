//! What the README shows is what a reader gets: its program runs, and its error is the one that is printed.

#[path = "support/fixture.rs"]
mod fixture;

use std::fs;

use fixture::{Fixture, errors, pepperplug, printed, workspace};

#[test]
fn the_program_runs_and_the_error_is_the_one_that_is_printed() {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("the README is there");
    let program = block(&readme, "```rust\n");
    // A package as a reader would make it.
    let app = Fixture::empty("readme");
    app.write("Cargo.toml", &manifest(&readme));

    app.write("src/main.rs", program);
    let output = app.cargo(&["run"]);
    assert_eq!(printed(&output), "hello, ada\n", "{}", errors(&output));

    let wrong = program.replace("plugins![Doorman, English]", "plugins![Doorman]");
    assert_ne!(wrong, program, "the README takes `English` out of the list");
    app.write("src/main.rs", &wrong);
    let output = app.cargo(&["check"]);
    assert!(!output.status.success());
    let errors = errors(&output);
    let shown = block(&readme, "```text\n");
    assert!(errors.contains(shown), "{errors}\nis not\n{shown}");
}

/// The first block of the README that begins with `fence`.
fn block<'a>(readme: &'a str, fence: &str) -> &'a str {
    let (_, rest) = readme.split_once(fence).expect("the README has one");
    let (block, _) = rest.split_once("```").expect("it ends");
    block
}

/// The package of the README's `[dependencies]`, with the library of this checkout.
fn manifest(readme: &str) -> String {
    let shown = block(readme, "```toml\n");
    let here = format!("pepperplug = {{ path = {:?} }}", pepperplug());
    let dependencies = shown.replace("pepperplug = \"0.1\"", &here);
    assert_ne!(dependencies, shown, "the README depends on pepperplug");
    format!(
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n{dependencies}\n[workspace]\n"
    )
}
