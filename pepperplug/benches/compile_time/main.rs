//! What the macros and the proof of the wiring cost in `cargo check`: a generated crate of many plugins, each with two
//! injections and a hook, against the same code without the macros.
//!
//! Prints, for each size, `ratio check-<n> <seconds added / seconds of the plain code>`, and the seconds behind it: the
//! plain code, the macros without a list, and the macros with a list of all plugins, whose wiring is then proved.
//! Medians of several rounds, the variants taking turns.

mod generate;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use generate::Variant;

const HELP: &str = "\
cargo bench -p pepperplug --bench compile_time [-- OPTIONS]

Measures `cargo check` of generated plugins. Seconds are wall clock, medians of the rounds.

  --plugins N[,N]   how many plugins (500)
  --rounds N        rounds of each variant (3)
  --test            one round of 20 plugins: that it works at all
  --help            this text";

struct Options {
    plugins: Vec<usize>,
    rounds: usize,
}

fn main() -> ExitCode {
    let options = match Options::from_arguments() {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    for plugins in &options.plugins {
        if let Err(problem) = measure(*plugins, options.rounds) {
            eprintln!("error: {problem}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

impl Options {
    fn from_arguments() -> Result<Option<Self>, String> {
        let mut options = Self {
            plugins: vec![500],
            rounds: 3,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} takes a number"));
            match argument.as_str() {
                "--help" => return Ok(None),
                "--test" => {
                    options = Self {
                        plugins: vec![20],
                        rounds: 1,
                    }
                }
                "--plugins" => options.plugins = numbers(&value()?)?,
                "--rounds" => options.rounds = numbers(&value()?)?.pop().unwrap_or(1).max(1),
                // Cargo's own, and names of benches to filter by: there is one here.
                _ => {}
            }
        }
        Ok(Some(options))
    }
}

fn numbers(text: &str) -> Result<Vec<usize>, String> {
    let number = |part: &str| {
        part.trim()
            .parse()
            .map_err(|_| format!("`{part}` is not a number"))
    };
    text.split(',').map(number).collect()
}

fn measure(plugins: usize, rounds: usize) -> Result<(), String> {
    let crates = Variant::ALL.map(|variant| Generated::new(variant, plugins));
    for generated in &crates {
        // Builds the dependencies, which are not what is measured.
        generated.check()?;
    }
    let mut times = Variant::ALL.map(|_| Vec::new());
    for _ in 0..rounds {
        for (generated, times) in crates.iter().zip(&mut times) {
            times.push(generated.check()?);
        }
    }
    let [plain, macros, list] = times.map(median);
    println!(
        "check-{plugins}: plain code {plain:.2} s, with macros {macros:.2} s, with a proved list {list:.2} s"
    );
    println!(
        "check-{plugins}: the proof of the list adds {:.2} s",
        list - macros
    );
    println!("ratio check-{plugins} {:.2}", (list - plain) / plain);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// A generated crate on disk.
struct Generated {
    folder: PathBuf,
}

impl Generated {
    fn new(variant: Variant, plugins: usize) -> Self {
        let name = format!("check-{plugins}-{}", variant.name());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let library = Path::new(env!("CARGO_MANIFEST_DIR"));
        generate::write(&folder, library, variant, plugins);
        Self { folder }
    }

    /// How long `cargo check` takes when nothing but this crate has changed.
    fn check(&self) -> Result<Duration, String> {
        generate::touch(&self.folder);
        let begun = Instant::now();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline"])
            .current_dir(&self.folder)
            // One target folder for all, so that the dependencies are built once.
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-target"),
            )
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .map_err(|error| error.to_string())?;
        let took = begun.elapsed();
        if output.status.success() {
            return Ok(took);
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
