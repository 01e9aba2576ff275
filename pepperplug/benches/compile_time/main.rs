//! What the macros cost in compile time: generated crates of many plugins, each with two injections and a hook, against
//! the same code without the macros, and against the same plugins in other frameworks.
//!
//! Prints the seconds behind each figure, and
//!
//! - `ratio check-<n>`: the seconds that the macros and the proof of the list add to `cargo check`, by those of the plain code;
//! - `ratio build-<profile>-<n>-vs-<framework>`: what a plugin adds to `cargo build`, by what it adds there. A crate of a few
//!   plugins is taken off, and with it what cargo, the linker and the dependencies take in any case;
//! - `ratio linear-<n>`: what a plugin adds to a crate of `n`, by what it adds to the smallest crate, in a dev build;
//! - `bytes-per-plugin`: by how much a plugin makes the stripped program of a release build larger.
//!
//! Medians of several rounds, the variants taking turns. Only the generated crate is compiled, never what it depends on.

mod generate;
mod options;
mod variant;

use std::process::ExitCode;
use std::time::Duration;

use generate::{Generated, Job};
use options::{HELP, Options};
use variant::Variant;

/// The size of the crate that is taken off.
const FEW: usize = 5;

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
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    if options.test {
        return prove(options);
    }
    for plugins in &options.plugins {
        check(*plugins, options.rounds)?;
    }
    build(options, Job::Dev)?;
    build(options, Job::Release)
}

/// That each variant asked for compiles and runs.
fn prove(options: &Options) -> Result<(), String> {
    let plugins = options.plugins[0];
    for variant in [Variant::Macros, Variant::List] {
        Generated::new(variant, Job::Check, plugins)?;
    }
    let ours = [Variant::Plain, Variant::List];
    for variant in ours.into_iter().chain(options.against.iter().copied()) {
        let generated = Generated::new(variant, Job::Dev, plugins)?;
        let printed = generated.run()?;
        if printed != plugins.to_string() {
            let name = variant.name();
            return Err(format!(
                "the program of {name} has {plugins} plugins, but says {printed}"
            ));
        }
        println!("test {}: {plugins} plugins run", variant.name());
    }
    Ok(())
}

fn check(plugins: usize, rounds: usize) -> Result<(), String> {
    let variants = [Variant::Plain, Variant::Macros, Variant::List];
    let sizes = variants.map(|variant| (variant, plugins));
    let times = measure(Job::Check, &sizes, rounds)?;
    let [plain, macros, list] = [times[0].seconds, times[1].seconds, times[2].seconds];
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

/// Ours in all sizes; the others in the smallest, since one of them takes more than twice as long for twice as many.
fn build(options: &Options, job: Job) -> Result<(), String> {
    let (smallest, profile) = (options.plugins[0], job.name());
    let mut sizes = Vec::new();
    for variant in [Variant::Plain, Variant::List] {
        sizes.extend(
            std::iter::once(&FEW)
                .chain(&options.plugins)
                .map(|plugins| (variant, *plugins)),
        );
    }
    for variant in &options.against {
        sizes.extend([(*variant, FEW), (*variant, smallest)]);
    }
    let all = measure(job, &sizes, options.rounds)?;
    let find = |variant, plugins| {
        all.iter()
            .find(|build| build.variant == variant && build.plugins == plugins)
            .expect("measured above")
    };
    // What one plugin more adds, in milliseconds.
    let adds = |variant, plugins: usize| {
        let (many, few) = (find(variant, plugins), find(variant, FEW));
        (many.seconds - few.seconds) * 1000.0 / (plugins - FEW) as f64
    };
    for build in &all {
        let (name, plugins) = (build.variant.name(), build.plugins);
        print!("build-{profile}-{plugins}: {name} {:.2} s", build.seconds);
        if plugins > FEW {
            print!(", {:.2} ms a plugin", adds(build.variant, plugins));
        }
        println!(", {} bytes", build.bytes);
    }
    let ours = adds(Variant::List, smallest);
    for variant in &options.against {
        let (name, ratio) = (variant.name(), ours / adds(*variant, smallest));
        println!("ratio build-{profile}-{smallest}-vs-{name} {ratio:.2}");
    }
    for plugins in &options.plugins[1..] {
        if job == Job::Dev {
            println!(
                "ratio linear-{plugins} {:.2}",
                adds(Variant::List, *plugins) / ours
            );
        }
    }
    if job == Job::Release {
        bytes(options, |variant, plugins| find(variant, plugins).bytes);
    }
    Ok(())
}

/// How much a plugin adds to the program.
fn bytes(options: &Options, of: impl Fn(Variant, usize) -> u64) {
    let (smallest, largest) = (
        options.plugins[0],
        options.plugins[options.plugins.len() - 1],
    );
    let between = |variant, few: usize, many: usize| {
        (of(variant, many) as f64 - of(variant, few) as f64) / (many - few) as f64
    };
    for variant in &options.against {
        let bytes = between(*variant, FEW, smallest);
        println!("bytes of a plugin of {}: {bytes:.0}", variant.name());
    }
    // The difference of two large crates, where there are two: a program grows by whole pages.
    let few = if largest > smallest { smallest } else { FEW };
    println!(
        "bytes of the plain code of a plugin: {:.0}",
        between(Variant::Plain, few, largest)
    );
    println!(
        "bytes-per-plugin {:.0}",
        between(Variant::List, few, largest)
    );
}

/// The median of one variant in one size.
struct Measured {
    variant: Variant,
    plugins: usize,
    seconds: f64,
    /// Of the program, where one is built.
    bytes: u64,
}

fn measure(job: Job, sizes: &[(Variant, usize)], rounds: usize) -> Result<Vec<Measured>, String> {
    let mut crates = Vec::new();
    for (variant, plugins) in sizes {
        crates.push(Generated::new(*variant, job, *plugins)?);
    }
    let mut times = vec![Vec::new(); crates.len()];
    for _ in 0..rounds {
        for (generated, times) in crates.iter().zip(&mut times) {
            times.push(generated.compile()?);
        }
    }
    let measured = sizes.iter().zip(&crates).zip(times);
    Ok(measured
        .map(|(((variant, plugins), generated), times)| Measured {
            variant: *variant,
            plugins: *plugins,
            seconds: median(times),
            bytes: std::fs::metadata(generated.program()).map_or(0, |file| file.len()),
        })
        .collect())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
