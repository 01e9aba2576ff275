//! The generated crates on disk, and what cargo makes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::variant::{Purpose, Variant};

/// What is measured of a crate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// `cargo check`
    Check,
    /// `cargo build`
    Dev,
    /// `cargo build --release`
    Release,
}

impl Job {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Dev => &["build"],
            Self::Release => &["build", "--release"],
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Check => Purpose::Check,
            Self::Dev | Self::Release => Purpose::Build,
        }
    }
}

/// A generated crate.
pub(crate) struct Generated {
    folder: PathBuf,
    name: String,
    job: Job,
}

impl Generated {
    /// Writes the crate and builds what it depends on, which is not what is measured.
    pub(crate) fn new(variant: Variant, job: Job, plugins: usize) -> Result<Self, String> {
        let purpose = job.purpose();
        let kind = match purpose {
            Purpose::Check => "check",
            Purpose::Build => "build",
        };
        let name = format!("{kind}-{plugins}-{}", variant.name());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        let generated = Self { folder, name, job };
        generated
            .write(variant, purpose, plugins)
            .map_err(|error| format!("cannot write {}: {error}", generated.folder.display()))?;
        // What is not of this workspace has to come from the registry first.
        if !variant.is_locked() {
            generated.cargo(&["fetch"])?;
        }
        generated.compile()?;
        Ok(generated)
    }

    fn write(&self, variant: Variant, purpose: Purpose, plugins: usize) -> std::io::Result<()> {
        let source = self.folder.join("src");
        // What a run of other sizes or of an older bench left there would be compiled too.
        if source.exists() {
            fs::remove_dir_all(&source)?;
        }
        fs::create_dir_all(&source)?;
        let library = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = format!(
            "[package]\nname = {:?}\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            self.name,
            variant.dependencies(&library.display().to_string()),
        );
        fs::write(self.folder.join("Cargo.toml"), manifest)?;
        if variant.is_locked() {
            let lock = library.parent().unwrap_or(library).join("Cargo.lock");
            fs::copy(lock, self.folder.join("Cargo.lock"))?;
        }
        for (number, text) in variant.modules(plugins).enumerate() {
            fs::write(source.join(format!("m{number}.rs")), text)?;
        }
        fs::write(self.root(), variant.root(purpose, plugins))
    }

    fn root(&self) -> PathBuf {
        let name = match self.job.purpose() {
            Purpose::Check => "lib.rs",
            Purpose::Build => "main.rs",
        };
        self.folder.join("src").join(name)
    }

    /// How long cargo takes when nothing but this crate has changed.
    pub(crate) fn compile(&self) -> Result<Duration, String> {
        // Written anew, so that cargo compiles it anew.
        let root = self.root();
        fs::read(&root)
            .and_then(|text| fs::write(&root, text))
            .map_err(|error| format!("cannot write {}: {error}", root.display()))?;
        let arguments = [self.job.arguments(), &["--quiet", "--offline"]].concat();
        let begun = Instant::now();
        self.cargo(&arguments)?;
        Ok(begun.elapsed())
    }

    /// The program that a build made.
    pub(crate) fn program(&self) -> PathBuf {
        let profile = match self.job {
            Job::Check | Job::Dev => "debug",
            Job::Release => "release",
        };
        let name = format!("{}{}", self.name, std::env::consts::EXE_SUFFIX);
        target().join(profile).join(name)
    }

    /// Runs the program, which prints how many plugins it has if all is well.
    pub(crate) fn run(&self) -> Result<String, String> {
        output(&mut Command::new(self.program()))
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        output(
            Command::new(env!("CARGO"))
                .args(arguments)
                .current_dir(&self.folder)
                .env("CARGO_TARGET_DIR", target())
                .env("CARGO_INCREMENTAL", "0"),
        )
    }
}

/// One target folder for all, so that the dependencies are built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-target")
}

fn output(command: &mut Command) -> Result<String, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).trim().to_owned());
    }
    Err(String::from_utf8_lossy(&stderr).into_owned())
}
