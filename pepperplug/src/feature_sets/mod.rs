//! The wiring of every set of cargo features that a user can choose, checked in one build.
//!
//! In a build with all features a [`PluginSet`] has every entry, and keeps the `#[cfg(…)]` of each as data. So the same
//! rules that the build applies to the one set that it has can be run over all others.

mod condition;
mod manifest;

use core::fmt;
use std::collections::BTreeSet;
use std::path::Path;

use self::condition::Condition;
use self::manifest::Implications;
use crate::error::Error;
use crate::meta::MetaRef;
use crate::wiring::{Candidate, PluginSet, problems};

/// The most features whose subsets are checked: 1,024 sets.
const MOST_FEATURES: usize = 10;

/// What [`PluginSet::check_feature_sets`] found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeatureSets {
    /// How many sets were checked.
    pub checked: usize,
    /// The entries that this build leaves out; sets with them could not be checked. Empty with `--all-features`, unless
    /// an entry asks for a feature to be off.
    pub left_out: Vec<&'static str>,
}

/// Sets of features with which the plugins of a list do not fit together.
#[derive(Clone)]
pub struct FeatureSetsError {
    failures: Vec<Failure>,
    checked: usize,
}

#[derive(Debug, Clone)]
struct Failure {
    features: Vec<String>,
    problems: Vec<String>,
}

impl FeatureSetsError {
    /// The sets that do not wire: the features that are on in each.
    pub fn sets(&self) -> impl Iterator<Item = &[String]> {
        self.failures
            .iter()
            .map(|failure| failure.features.as_slice())
    }
}

impl fmt::Display for FeatureSetsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failures, checked } = self;
        write!(
            f,
            "[PP201] {} of {checked} sets of features do not wire",
            failures.len()
        )?;
        for Failure { features, problems } in failures {
            match features.as_slice() {
                [] => f.write_str("\n  --no-default-features")?,
                some => write!(f, "\n  --no-default-features --features {}", some.join(","))?,
            }
            for problem in problems {
                write!(f, "\n    {}", problem.replace('\n', "\n    "))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for FeatureSetsError {}

impl PluginSet {
    /// Checks the wiring of every subset of the features that the entries' `#[cfg(…)]` name, as far as `manifest`, the
    /// application's `Cargo.toml`, lets a user choose them: a feature brings with it those that it enables.
    ///
    /// Run it with `--all-features`, best through [`test_feature_sets!`](crate::test_feature_sets).
    ///
    /// # Errors
    /// [`Error::FeatureSets`] names each set that does not wire, and why. [`Error::Manifest`] when the manifest cannot
    /// be read, or the entries name more than ten features.
    pub fn check_feature_sets(&self, manifest: impl AsRef<Path>) -> Result<FeatureSets, Error> {
        let implications = Implications::read(manifest.as_ref())?;
        let entries = Entry::all(self);
        let features: Vec<String> = {
            let all: BTreeSet<&str> = entries
                .iter()
                .flat_map(|entry| entry.condition.features())
                .collect();
            all.into_iter().map(str::to_owned).collect()
        };
        if features.len() > MOST_FEATURES {
            return Err(Error::Manifest {
                path: manifest.as_ref().to_owned(),
                problem: format!(
                    "the entries name {} features, and at most {MOST_FEATURES} can be checked in all subsets",
                    features.len()
                ),
            });
        }
        let sets = (0..1_u32 << features.len()).map(|bits| chosen(&features, bits));
        let possible = sets.filter(|set| implications.allow(set, &features));
        check(&entries, possible)
    }
}

fn chosen(features: &[String], bits: u32) -> BTreeSet<&str> {
    let on = features
        .iter()
        .enumerate()
        .filter(|(at, _)| bits & (1 << at) != 0);
    on.map(|(_, feature)| feature.as_str()).collect()
}

/// One entry of the list.
struct Entry {
    candidate: Candidate,
    condition: Condition,
    /// None where this build leaves it out.
    plugin: Option<MetaRef>,
}

impl Entry {
    /// The plugins of a list stand in the order of the entries that are on.
    fn all(set: &PluginSet) -> Vec<Self> {
        let mut plugins = set.plugins().iter().copied();
        let entry = |candidate: &Candidate| Self {
            candidate: *candidate,
            condition: Condition::parse(candidate.cfg()),
            plugin: if candidate.on() { plugins.next() } else { None },
        };
        set.candidates().iter().map(entry).collect()
    }

    /// Whether the entry is there with these features. One that has nothing to do with features is as it is in this build.
    fn is_on(&self, features: &BTreeSet<&str>) -> bool {
        if self.condition.features().is_empty() {
            self.plugin.is_some()
        } else {
            self.condition.holds(features)
        }
    }
}

fn check<'a>(
    entries: &[Entry],
    sets: impl Iterator<Item = BTreeSet<&'a str>>,
) -> Result<FeatureSets, Error> {
    let mut failures = Vec::new();
    let mut checked = 0;
    for set in sets {
        let on = |entry: &Entry| entry.is_on(&set);
        if entries
            .iter()
            .any(|entry| entry.plugin.is_none() && on(entry))
        {
            continue;
        }
        checked += 1;
        let plugins: Vec<MetaRef> = entries
            .iter()
            .filter(|entry| on(entry))
            .filter_map(|entry| entry.plugin)
            .collect();
        let candidate = |entry: &Entry| {
            Candidate::new(entry.candidate.path(), entry.candidate.cfg(), on(entry))
        };
        let candidates: Vec<Candidate> = entries.iter().map(candidate).collect();
        let problems = problems(&plugins, &candidates, &[]);
        if !problems.is_empty() {
            let features = set.into_iter().map(str::to_owned).collect();
            failures.push(Failure { features, problems });
        }
    }
    if !failures.is_empty() {
        return Err(Error::FeatureSets(FeatureSetsError { failures, checked }));
    }
    let left_out = entries.iter().filter(|entry| entry.plugin.is_none());
    Ok(FeatureSets {
        checked,
        left_out: left_out.map(|entry| entry.candidate.path()).collect(),
    })
}

/// A test that checks the wiring of every set of features that a user of this crate can choose:
///
/// ```
/// use pepperplug::prelude::*;
///
/// static PLUGINS: PluginSet = plugins![];
///
/// pepperplug::test_feature_sets!(PLUGINS);
/// # fn main() {}
/// ```
///
/// Run it with `cargo test --all-features`; in other builds it checks the sets that they can know, and prints which
/// entries it left out. See [`PluginSet::check_feature_sets`].
#[macro_export]
macro_rules! test_feature_sets {
    ($set:expr) => {
        #[test]
        fn every_set_of_features_wires() {
            let manifest = ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            match $set.check_feature_sets(manifest) {
                ::core::result::Result::Ok(sets) => ::std::println!("{sets}"),
                ::core::result::Result::Err(error) => ::core::panic!("{error}"),
            }
        }
    };
}

impl fmt::Display for FeatureSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sets of features wire", self.checked)?;
        if !self.left_out.is_empty() {
            write!(
                f,
                "; not checked, since this build leaves them out: {}",
                self.left_out.join(", ")
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
