//! What is generated: the same plugins, each with two injections and one hook, as each framework has them.

mod bevy;
mod ours;
mod shaku;

use std::fmt::Write as _;

/// Who writes the plugins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The structs and methods alone.
    Plain,
    /// With the macros.
    Macros,
    /// With the macros, and a `plugins![…]` of all.
    List,
    /// As plugins of `bevy_app`: an observer for the hook, resources for the injections.
    Bevy,
    /// As components of `shaku`, in one module. It has no hooks: a method of the component's interface stands for it.
    Shaku,
}

/// What a crate is generated for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A library for `cargo check`.
    Check,
    /// A program for `cargo build`, which starts what it has and calls the hooks once.
    Build,
}

const IN_A_MODULE: usize = 50;

impl Variant {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Macros => "macros",
            Self::List => "list",
            Self::Bevy => "bevy",
            Self::Shaku => "shaku",
        }
    }

    /// What `Cargo.toml` says it depends on.
    pub(super) fn dependencies(self, library: &str) -> String {
        match self {
            Self::Plain | Self::Macros | Self::List => ours::dependencies(library),
            Self::Bevy => bevy::DEPENDENCIES.to_owned(),
            Self::Shaku => shaku::DEPENDENCIES.to_owned(),
        }
    }

    /// Whether what it depends on is in the workspace's lock file.
    pub(super) fn is_locked(self) -> bool {
        !matches!(self, Self::Bevy | Self::Shaku)
    }

    /// The crate's root.
    pub(super) fn root(self, purpose: Purpose, plugins: usize) -> String {
        let mut text = String::new();
        for module in 0..plugins.div_ceil(IN_A_MODULE) {
            line(&mut text, &format!("pub mod m{module};"));
        }
        match self {
            Self::Plain | Self::Macros | Self::List => {
                ours::root(&mut text, self, purpose, plugins);
            }
            Self::Bevy => bevy::root(&mut text, plugins),
            Self::Shaku => shaku::root(&mut text, plugins),
        }
        text
    }

    /// The modules, which hold fifty plugins each.
    pub(super) fn modules(self, plugins: usize) -> impl Iterator<Item = String> {
        let plugins: Vec<Place> = (0..plugins).map(Place).collect();
        let modules: Vec<String> = plugins
            .chunks(IN_A_MODULE)
            .map(|plugins| self.module(plugins))
            .collect();
        modules.into_iter()
    }

    fn module(self, plugins: &[Place]) -> String {
        let mut text = String::from("use crate::*;\n");
        for plugin in plugins {
            match self {
                Self::Plain | Self::Macros | Self::List => ours::plugin(&mut text, self, *plugin),
                Self::Bevy => bevy::plugin(&mut text, *plugin),
                Self::Shaku => shaku::plugin(&mut text, *plugin),
            }
        }
        text
    }
}

/// Which of the plugins: the first provides the clock, which each other injects, together with one of those before it.
#[derive(Clone, Copy)]
struct Place(usize);

impl Place {
    fn before(self) -> Option<Self> {
        (self.0 > 0).then(|| Self((self.0 * self.0 + 7919) / 3 % self.0))
    }

    /// The path of `item` of this plugin, from the crate's root.
    fn path(self, item: &str) -> String {
        format!("m{}::{item}{}", self.0 / IN_A_MODULE, self.0)
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "{line}");
}
