//! Small workspaces that tests build with cargo, as users do.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A workspace in the build folder, since cargo writes into the folder that it builds.
pub(crate) struct Fixture {
    folder: PathBuf,
}

impl Fixture {
    /// A folder without anything but the versions that the workspace has, so that nothing has to be looked up.
    pub(crate) fn empty(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let lock = workspace().join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).expect("a lock file");
        Self { folder }
    }

    /// A copy of `fixtures/<name>`, with the place of pepperplug filled in.
    pub(crate) fn copy_of(name: &str) -> Self {
        let fixture = Self::empty(name);
        let from = workspace().join("tests/fixtures").join(name);
        fixture.copy(&from, Path::new(""));
        fixture
    }

    fn copy(&self, from: &Path, to: &Path) {
        for entry in fs::read_dir(from).expect("the fixture") {
            let entry = entry.expect("an entry").path();
            let to = to.join(entry.file_name().expect("a name"));
            if entry.is_dir() {
                self.copy(&entry, &to);
                continue;
            }
            let text = fs::read_to_string(&entry).expect("a text");
            self.write(&to, &text.replace("@PEPPERPLUG@", &pepperplug()));
        }
    }

    /// Writes a file. One that has this text keeps its time, so that a second run builds nothing anew.
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(&path, text).expect("a file");
        }
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--quiet", "--color=never"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }
}

/// The folder of the library, as a manifest writes it.
pub(crate) fn pepperplug() -> String {
    let folder = workspace().join("pepperplug");
    folder.display().to_string().replace('\\', "/")
}

pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the workspace")
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
