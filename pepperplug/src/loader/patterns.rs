//! The globs that say what a manifest is called.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::config::{LoaderConfig, default_patterns};
use super::problem::{Code, LoadProblem};

/// The patterns that are globs, and which of them have found something.
pub(super) struct Patterns {
    set: GlobSet,
    written: Vec<String>,
    found: Vec<bool>,
    /// How many names deep a match can be.
    pub(super) depth: usize,
}

impl Patterns {
    /// Those of `config`, and what is wrong with the others.
    pub(super) fn new(config: &LoaderConfig) -> (Self, Vec<LoadProblem>) {
        let mut builder = GlobSetBuilder::new();
        let (mut written, mut problems) = (Vec::new(), Vec::new());
        for pattern in &config.patterns {
            match compile(pattern, config.recursive) {
                Ok(glob) => {
                    builder.add(glob);
                    written.push(pattern.clone());
                }
                Err(why) => problems.push(bad(pattern, &why)),
            }
        }
        let set = builder.build().unwrap_or_else(|error| {
            problems.push(LoadProblem::new(
                Code::BadPattern,
                format!("the patterns are too large together: {error}"),
            ));
            written.clear();
            GlobSet::empty()
        });
        let found = vec![false; written.len()];
        let depth = if config.recursive {
            usize::MAX
        } else {
            written
                .iter()
                .map(|pattern| depth(pattern))
                .max()
                .unwrap_or(0)
        };
        let patterns = Self {
            set,
            written,
            found,
            depth,
        };
        (patterns, problems)
    }

    /// Whether one of them fits `path`, which begins in the folder that is searched.
    pub(super) fn fit(&mut self, path: &Path) -> bool {
        let fitting = self.set.matches(path);
        for at in &fitting {
            self.found[*at] = true;
        }
        !fitting.is_empty()
    }

    /// What there is to say of those that have found nothing in `folders`.
    pub(super) fn without_match(
        &self,
        config: &LoaderConfig,
        folders: &[String],
    ) -> Vec<LoadProblem> {
        let folders = folders.join(", ");
        let told = |text| {
            let problem = LoadProblem::new(Code::NoMatch, text);
            if config.recursive {
                problem
            } else {
                problem.help("set `recursive` to look into the folders below too")
            }
        };
        if config.patterns == default_patterns() {
            // Nobody has all of them: there it only matters that there is nothing at all.
            let nothing = !self.found.contains(&true);
            let text = || {
                let patterns: Vec<_> = self.written.iter().map(|one| format!("`{one}`")).collect();
                format!("no file in {folders} fits {}", patterns.join(" or "))
            };
            return nothing.then(|| told(text())).into_iter().collect();
        }
        let unmatched = self
            .written
            .iter()
            .zip(&self.found)
            .filter(|(_, found)| !**found);
        unmatched
            .map(|(pattern, _)| told(format!("no file in {folders} fits the pattern `{pattern}`")))
            .collect()
    }
}

fn compile(pattern: &str, recursive: bool) -> Result<globset::Glob, String> {
    let below = pattern.trim_start_matches("./");
    if below.is_empty() {
        return Err("it is empty".to_owned());
    }
    if below.starts_with('/') || below.split('/').any(|name| name == "..") {
        return Err(
            "it leads out of the folder that is searched; name that one in `paths`".to_owned(),
        );
    }
    let glob = if recursive {
        format!("**/{below}")
    } else {
        below.to_owned()
    };
    GlobBuilder::new(&glob)
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

fn bad(pattern: &str, why: &str) -> LoadProblem {
    LoadProblem::new(
        Code::BadPattern,
        format!("the pattern `{pattern}` is no glob: {why}"),
    )
}

fn depth(pattern: &str) -> usize {
    if pattern.contains("**") {
        usize::MAX
    } else {
        pattern.trim_start_matches("./").split('/').count()
    }
}
