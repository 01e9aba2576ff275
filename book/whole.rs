//! The book is whole: its contents list every chapter, every program is compiled, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use book::CHAPTERS;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// How a block begins that is a program. One that must not compile is compared with what the compiler prints, by the test
/// of the README.
const PROGRAMS: [&str; 3] = ["rust", "rust,standalone_crate", "rust,compile_fail"];
/// What is not a program.
const TEXTS: [&str; 4] = ["python", "sh", "text", "toml"];

const PAGES: &str = "https://docs.rs/pepperplug/latest/pepperplug/errors/";

fn source(file: &str) -> String {
    let path = format!("{HERE}/src/{file}");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `[text](target)`, as text and target.
fn links(text: &str) -> Vec<(&str, &str)> {
    let ends = text.match_indices("](");
    let link = |(at, _): (usize, &str)| {
        let (start, rest) = (text[..at].rfind('[')?, &text[at + 2..]);
        Some((&text[start + 1..at], &rest[..rest.find(')')?]))
    };
    ends.filter_map(link).collect()
}

/// The text of a chapter without its blocks, and how each of these begins.
fn prose_and_fences(chapter: &str) -> (String, Vec<&str>) {
    let (mut prose, mut fences, mut is_open) = (String::new(), Vec::new(), false);
    for line in chapter.lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                if !is_open {
                    fences.push(info);
                }
                is_open = !is_open;
            }
            None if !is_open => prose = prose + line + "\n",
            None => {}
        }
    }
    assert!(!is_open, "a block that does not end");
    (prose, fences)
}

#[test]
fn the_contents_list_every_chapter_by_its_title() {
    let contents = source("SUMMARY.md");
    let links = links(&contents);
    let listed: Vec<&str> = links.iter().map(|(_, file)| *file).collect();
    assert_eq!(listed, CHAPTERS, "in the order of the doctests");
    for (title, file) in links {
        let chapter = source(file);
        assert_eq!(
            chapter.lines().next(),
            Some(format!("# {title}").as_str()),
            "{file}"
        );
    }
    let entries = fs::read_dir(format!("{HERE}/src")).expect("the chapters");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("a file").file_name();
    let there: BTreeSet<_> = entries
        .map(name)
        .filter(|file| file != "SUMMARY.md")
        .collect();
    assert_eq!(there, CHAPTERS.iter().map(|&file| file.into()).collect());
}

#[test]
fn every_block_is_compiled_or_is_no_program() {
    for file in CHAPTERS {
        for fence in prose_and_fences(&source(file)).1 {
            let is_known = PROGRAMS.contains(&fence) || TEXTS.contains(&fence);
            assert!(is_known, "{file} has a block of `{fence}`");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    for file in CHAPTERS {
        for (text, target) in links(&prose_and_fences(&source(file)).0) {
            if let Some(page) = target.strip_prefix(PAGES) {
                // The page is there, and of the code that the text names.
                let code = page.trim_end_matches("/index.html").to_uppercase();
                let path = format!("{HERE}/../pepperplug/src/docs/errors/{code}.md");
                assert!(PathBuf::from(&path).exists(), "{file}: {target}");
                assert_eq!(text, code, "{file}: {target}");
            } else if !target.starts_with("https://") {
                assert!(CHAPTERS.contains(&target), "{file}: {target}");
            }
        }
    }
}

#[test]
fn the_features_of_the_library_are_all_told() {
    let manifest = fs::read_to_string(format!("{HERE}/../pepperplug/Cargo.toml")).expect("it");
    let (_, features) = manifest.split_once("[features]\n").expect("it has some");
    let (features, _) = features.split_once("\n[").expect("more follows");
    let names = features.lines().filter_map(|line| {
        let (name, _) = line.split_once(" = ")?;
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        (is_name && name != "default").then(|| format!("`{name}`"))
    });
    let readme = fs::read_to_string(format!("{HERE}/../README.md")).expect("the README");
    let chapter = source("features.md");
    for name in names {
        for (place, text) in [("the README", &readme), ("the chapter", &chapter)] {
            let mut rows = text.lines().filter(|line| line.starts_with("| `"));
            let is_told =
                rows.any(|row| row.split(" | ").next().unwrap_or_default().contains(&name));
            assert!(is_told, "{place} has no row for {name}");
        }
    }
}
