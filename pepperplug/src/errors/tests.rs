//! The catalogue is complete, and every program that a page calls wrong is refused for the reason that the page gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::CODES;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn page(code: &str) -> String {
    let path = format!("{HERE}/src/docs/errors/{code}.md");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `PP` and three digits, with their places.
fn codes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("PP").filter_map(|(at, _)| {
        let code = text.get(at..at + 5)?;
        let is_number = code[2..].bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some((at, code))
    })
}

#[test]
fn every_page_is_listed() {
    let files: BTreeSet<String> = fs::read_dir(format!("{HERE}/src/docs/errors"))
        .expect("the folder of the pages")
        .map(|entry| entry.expect("a page").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let listed: BTreeSet<String> = CODES.iter().map(|&code| code.to_owned()).collect();
    assert_eq!(listed, files);
}

#[test]
fn the_table_has_the_title_of_every_page() {
    let table = include_str!("../docs/errors.md");
    let rows = table.lines().filter(|line| line.starts_with("| [PP"));
    let rows: BTreeSet<String> = rows.map(str::to_owned).collect();
    let row = |code: &&str| {
        let page = page(code);
        let heading = page.lines().next().unwrap_or_default();
        let title = heading
            .strip_prefix(&format!("# {code}: "))
            .unwrap_or_else(|| panic!("{code} begins with `{heading}`"));
        let module = code.to_lowercase();
        format!("| [{code}](crate::errors::{module}) | {title} |")
    };
    assert_eq!(rows, CODES.iter().map(row).collect());
}

/// Each layer has its own way to show a mistake, and its own proof that the page shows it truly. The compiler refuses the
/// program. What the linker says of a program is given as text, which the tests of the link guard compare. A program
/// that runs looks at the code of its error.
#[test]
fn every_page_shows_the_mistake_as_its_layer_does() {
    for (layer, codes) in layers() {
        for code in codes {
            let page = page(&code);
            let shows = match layer {
                "While the program is linked" => !blocks(&page, "text").is_empty(),
                "While the program runs" => blocks(&page, "rust")
                    .iter()
                    .any(|program| program.contains(&format!("code(), \"{code}\""))),
                _ => !wrong_programs(&page).is_empty(),
            };
            assert!(shows, "{code} does not show the mistake");
            assert!(!blocks(&page, "rust").is_empty(), "{code} shows no remedy");
        }
    }
}

#[test]
fn a_code_that_a_page_mentions_is_a_link_to_its_page() {
    for own in CODES {
        let page = page(own);
        let prose = page.split("```").step_by(2).collect::<String>();
        for (at, code) in codes(&prose) {
            let link = format!("[{code}](crate::errors::{})", code.to_lowercase());
            let linked = at > 0 && prose[at - 1..].starts_with(&link);
            assert!(linked || code == *own, "{own} mentions {code}");
            assert!(CODES.contains(&code), "{own}: {code} has no page");
        }
    }
}

/// The headings of the table, each with the codes below it.
fn layers() -> Vec<(&'static str, Vec<String>)> {
    let sections = include_str!("../docs/errors.md").split("\n# ").skip(1);
    let layer = |section: &'static str| {
        let heading = section.lines().next().unwrap_or_default();
        let rows = section
            .lines()
            .filter_map(|line| line.strip_prefix("| [")?.get(..5));
        (heading, rows.map(str::to_owned).collect())
    };
    sections.map(layer).collect()
}

/// rustdoc only knows that a `compile_fail` program fails. Here all of them are modules of one crate, and each must have
/// exactly one error, with the code of its page, from the layer in whose table the page is. An early phase of the
/// compiler hides the errors of later ones, so the modules whose error was seen are left out, and the rest is compiled
/// again.
#[test]
fn every_wrong_program_is_refused_for_the_reason_of_its_page() {
    let rustc = Rustc::new();
    let mut programs: BTreeMap<String, &str> = BTreeMap::new();
    for code in CODES {
        for (at, program) in wrong_programs(&page(code)).into_iter().enumerate() {
            let module = format!("page_{}_{at}", &code[2..]);
            rustc.write(&module, &program);
            programs.insert(module, code);
        }
    }
    let layers: BTreeMap<String, &str> = layers()
        .into_iter()
        .flat_map(|(layer, codes)| codes.into_iter().map(move |code| (code, layer)))
        .collect();
    while !programs.is_empty() {
        let errors = rustc.errors(programs.keys());
        let before = programs.len();
        programs.retain(|module, code| {
            let own = |error: &&String| place(error).contains(&format!("{module}.rs:"));
            let own: Vec<&String> = errors.iter().filter(own).collect();
            assert!(own.len() < 2, "{code}: one mistake, but {own:#?}");
            let Some(error) = own.first().filter(|error| tells(error, code)) else {
                return true;
            };
            assert_eq!(layers[*code], layer_of(error), "{code} is in another table");
            false
        });
        assert!(
            programs.len() < before,
            "without an error of their own: {programs:?}\n{}",
            errors.concat(),
        );
    }
}

/// The blocks of a page that must not compile.
fn wrong_programs(page: &str) -> Vec<String> {
    blocks(page, "rust,compile_fail")
}

/// The blocks of a page in one language; a `standalone_crate` is Rust as well.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fenced = page.split("```").skip(1).step_by(2);
    let block = |block: &str| {
        let (info, text) = block.split_once('\n')?;
        (info.trim_end_matches(",standalone_crate") == language).then(|| text.to_owned())
    };
    fenced.filter_map(block).collect()
}

/// Where an error stands: "  --> page_012_0.rs:12:26".
fn place(error: &str) -> &str {
    let place = error
        .lines()
        .find(|line| line.trim_start().starts_with("--> "));
    place.unwrap_or_default()
}

/// The code stands in brackets; where the text is rustc's own, in the name of the trait that it asks for.
fn tells(error: &str, code: &str) -> bool {
    error.contains(&format!("[{code}]")) || error.contains(&format!("{code}_"))
}

/// The layer that refused a program: macros have no code of rustc's, and what a constant found is E0080.
fn layer_of(error: &str) -> &'static str {
    if error.starts_with("error: [PP") {
        "While an item is read"
    } else if error.starts_with("error[E0080]") {
        "While constants are evaluated"
    } else {
        "While types are checked"
    }
}

/// The compiler, with this library and what the programs need beside it.
struct Rustc {
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Rustc {
    /// The library as a dependency is another build of it than the one that runs its unit tests. Cargo makes it, or has
    /// it already, and says where.
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("pepperplug-errors-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let output = Command::new(env!("CARGO"))
            .args(["check", "--lib", "--offline", "--message-format=json"])
            .arg(format!("--manifest-path={HERE}/Cargo.toml"))
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let messages = String::from_utf8_lossy(&output.stdout);
        let mut arguments: Vec<String> = ["--edition=2024", "--crate-type=lib", "--emit=metadata"]
            .map(str::to_owned)
            .into();
        for name in ["pepperplug", "serde"] {
            let library = library(&messages, name).expect("a dependency of the programs");
            let beside = library.parent().expect("a folder");
            arguments.push(format!("--extern={name}={}", library.display()));
            arguments.push(format!("-Ldependency={}", beside.display()));
        }
        Self { folder, arguments }
    }

    fn write(&self, module: &str, text: &str) -> PathBuf {
        let path = self.folder.join(format!("{module}.rs"));
        fs::write(&path, text).expect("a file");
        path
    }

    /// The errors in a crate of these modules, each with everything that belongs to it.
    fn errors<'a>(&self, modules: impl Iterator<Item = &'a String>) -> Vec<String> {
        let modules: String = modules.map(|module| format!("mod {module};\n")).collect();
        let root = self.write("pages", &format!("#![allow(warnings)]\n{modules}"));
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(&self.arguments)
            .arg(root)
            .current_dir(&self.folder)
            .output()
            .expect("rustc runs");
        let mut errors: Vec<String> = Vec::new();
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            if line.starts_with("error") {
                errors.push(String::new());
            }
            if let Some(error) = errors.last_mut() {
                *error += line;
                *error += "\n";
            }
        }
        errors
    }
}

impl Drop for Rustc {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The file of a library that cargo's messages name: `"…/deps/libserde-0123456789abcdef.rmeta"`.
fn library(messages: &str, name: &str) -> Option<PathBuf> {
    let files = messages.split('"').filter(|text| text.ends_with(".rmeta"));
    let start = format!("lib{name}-");
    files
        .map(|file| PathBuf::from(file.replace(r"\\", r"\")))
        .find(|file| {
            let name = file.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(&start))
        })
}
