//! What the README and the book show is what a reader gets: the README's program runs, and the errors are those that are
//! printed. That the book's programs run, its own tests show.

#[path = "support/fixture.rs"]
mod fixture;

use std::fs;
use std::path::Path;

use fixture::{Fixture, errors, pepperplug, printed, workspace};

/// One test, since all of it is one package, as a reader would make it.
#[test]
fn the_program_runs_and_the_errors_are_those_that_are_printed() {
    let readme = text(&workspace().join("README.md"));
    let app = Fixture::empty("readme");
    app.write("Cargo.toml", &manifest(&readme));

    let program = block(&readme, "```rust\n");
    app.write("src/main.rs", program);
    let output = app.cargo(&["run"]);
    assert_eq!(printed(&output), "hello, ada\n", "{}", errors(&output));

    let wrong = program.replace("plugins![Doorman, English]", "plugins![Doorman]");
    assert_ne!(wrong, program, "the README takes `English` out of the list");
    assert_prints(&app, &wrong, block(&readme, "```text\n"));

    the_errors_of_the_book_are_those_that_are_printed(&app);
}

/// Each program that must not compile is shown whole, and after it what the compiler says.
fn the_errors_of_the_book_are_those_that_are_printed(app: &Fixture) {
    let chapters = fs::read_dir(workspace().join("book/src")).expect("the chapters");
    let mut shown = 0;
    for chapter in chapters {
        let chapter = text(&chapter.expect("a chapter").path());
        for part in chapter.split("```rust,compile_fail\n").skip(1) {
            let (program, rest) = part.split_once("```\n").expect("it ends");
            let hidden = program.lines().any(|line| line.starts_with("# "));
            assert!(!hidden, "lines are counted as they are shown: {program}");
            let error = rest.strip_prefix("\n```text\n").expect("its error follows");
            let (error, _) = error.split_once("```").expect("it ends");
            assert_prints(app, program, error);
            shown += 1;
        }
    }
    assert!(shown > 3, "the book shows errors");
}

/// The compiler refuses `program`, and `shown` is what it says.
fn assert_prints(app: &Fixture, program: &str, shown: &str) {
    app.write("src/main.rs", program);
    let output = app.cargo(&["check"]);
    assert!(!output.status.success(), "it compiles:\n{program}");
    let errors = errors(&output);
    assert!(errors.contains(shown), "{errors}\nis not\n{shown}");
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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
