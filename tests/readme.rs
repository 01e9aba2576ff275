//! What the README shows is what a reader gets: its program runs, and its error is the one that is printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn the_program_runs_and_the_error_is_the_one_that_is_printed() {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("the README is there");
    let program = block(&readme, "```rust\n");
    let app = App::new();

    let output = app.cargo("run", program);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, "hello, ada\n", "{}", errors(&output));

    let wrong = program.replace("plugins![Doorman, English]", "plugins![Doorman]");
    assert_ne!(wrong, program, "the README takes `English` out of the list");
    let output = app.cargo("check", &wrong);
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

/// A package of its own, as a reader would make it.
struct App {
    folder: PathBuf,
}

impl App {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             pepperplug = {{ path = {:?} }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n[workspace]\n",
            workspace().join("pepperplug").display().to_string(),
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        // The versions that the workspace has, so that nothing has to be looked up.
        fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        Self { folder }
    }

    fn cargo(&self, command: &str, program: &str) -> Output {
        fs::write(self.folder.join("src/main.rs"), program).expect("a program");
        Command::new(env!("CARGO"))
            .args([command, "--offline", "--quiet", "--color=never"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }
}

fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the workspace")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
