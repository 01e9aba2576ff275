//! The search for files.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::config::LoaderConfig;
use super::format;
use super::loaded::DiscoveredFiles;
use super::patterns::Patterns;
use super::problem::{Code, LoadProblem};

/// Searches all paths of `config`.
pub(super) fn discover(config: &LoaderConfig) -> DiscoveredFiles {
    let (patterns, problems) = Patterns::new(config);
    let mut search = Search {
        config,
        patterns,
        folders: Vec::new(),
        files: Vec::new(),
        problems,
    };
    if config.paths.is_empty() {
        let problem = LoadProblem::new(Code::NoMatch, "there is no path to look for manifests in");
        search.problems.push(problem.help("name one in `paths`"));
    }
    if config.patterns.is_empty() {
        let problem = LoadProblem::new(Code::NoMatch, "there is no pattern of manifests' names");
        search.problems.push(problem.help("name one in `patterns`"));
    }
    for path in &config.paths {
        search.look_into(path);
    }
    search.finish()
}

struct Search<'a> {
    config: &'a LoaderConfig,
    patterns: Patterns,
    /// Those that could be searched, as messages name them.
    folders: Vec<String>,
    files: Vec<PathBuf>,
    problems: Vec<LoadProblem>,
}

impl Search<'_> {
    fn look_into(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.walk(path),
            // Whoever names a file means it.
            Ok(_) => self.files.push(path.to_owned()),
            Err(error) => self.problems.push(unreadable_path(path, &error)),
        }
    }

    fn walk(&mut self, root: &Path) {
        self.folders.push(format!("`{}`", root.display()));
        let entries = WalkDir::new(root)
            .min_depth(1)
            .max_depth(self.patterns.depth.max(1))
            .follow_links(self.config.follow_links)
            .sort_by_file_name();
        let shown = |entry: &DirEntry| entry.depth() == 0 || !is_hidden(entry.path());
        for entry in entries.into_iter().filter_entry(shown) {
            match entry {
                Ok(entry) => self.take(root, entry),
                Err(error) => self.take_error(root, &error),
            }
        }
    }

    fn take(&mut self, root: &Path, entry: DirEntry) {
        let kind = entry.file_type();
        let fits = |patterns: &mut Patterns| patterns.fit(below(root, entry.path()));
        if kind.is_symlink() {
            let leads_on = entry.depth() < self.patterns.depth && entry.path().is_dir();
            if fits(&mut self.patterns) || leads_on {
                self.problems.push(not_followed(entry.path()));
            }
        } else if kind.is_dir() {
            if format::is_known(entry.path()) && fits(&mut self.patterns) {
                let text = "this is a folder, not a file";
                let problem = LoadProblem::of_file(Code::Unreadable, entry.path(), text);
                self.problems.push(problem);
            }
        } else if fits(&mut self.patterns) {
            self.files.push(entry.into_path());
        }
    }

    fn take_error(&mut self, root: &Path, error: &walkdir::Error) {
        let path = error.path().unwrap_or(root);
        if error.depth() > 0 && is_hidden(path) {
            return;
        }
        if let Some(ancestor) = error.loop_ancestor() {
            let text = format!("this link leads back to `{}`", ancestor.display());
            self.problems
                .push(LoadProblem::of_file(Code::Link, path, text));
            return;
        }
        let is_link = path.is_symlink();
        // A link that leads nowhere is of interest only where it could be a manifest.
        if is_link && !self.patterns.fit(below(root, path)) {
            return;
        }
        let why = error
            .io_error()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (code, text) = if is_link {
            (Code::Link, format!("this link cannot be followed: {why}"))
        } else {
            (Code::Unreadable, format!("cannot be read: {why}"))
        };
        self.problems.push(LoadProblem::of_file(code, path, text));
    }

    fn finish(self) -> DiscoveredFiles {
        let Self {
            config,
            patterns,
            folders,
            mut files,
            mut problems,
        } = self;
        if !folders.is_empty() {
            problems.extend(patterns.without_match(config, &folders));
        }
        files.sort();
        let mut seen = HashSet::new();
        // What cannot be resolved cannot be read either, and reading tells why.
        files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
        // Where paths overlap, everything is met twice.
        let mut told = HashSet::new();
        problems.retain(|problem| told.insert(problem.to_string()));
        DiscoveredFiles { files, problems }
    }
}

fn below<'a>(root: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(root).unwrap_or(path)
}

/// Such as the files that editors have beside the one that is edited.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn unreadable_path(path: &Path, error: &std::io::Error) -> LoadProblem {
    let text = format!("this path cannot be read: {error}");
    let problem = LoadProblem::of_file(Code::Unreadable, path, text);
    match std::env::current_dir() {
        Ok(here) if path.is_relative() => {
            problem.note(format!("relative paths begin in `{}`", here.display()))
        }
        _ => problem,
    }
}

fn not_followed(path: &Path) -> LoadProblem {
    let text = match fs::read_link(path) {
        Ok(target) => format!("a link to `{}` is not followed", target.display()),
        Err(_) => "a link is not followed".to_owned(),
    };
    LoadProblem::of_file(Code::Link, path, text)
        .help("set `follow_links`, or name what it leads to in `paths`")
}
