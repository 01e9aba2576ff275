//! Files, and text that is not TOML.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Settings, problems, read, read_from, settings_error, syntax_error};
use crate::error::Error;

#[derive(Debug, PartialEq, Deserialize)]
struct Ttl {
    ttl: u8,
}

/// A file that is there as long as this value.
pub(super) struct File(pub(super) PathBuf);

impl File {
    pub(super) fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("pepperplug-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("a folder for temporary files");
        Self(path)
    }

    pub(super) fn error(&self) -> String {
        let error = Settings::file(&self.0).expect_err("not valid");
        self.short(&settings_error(error).to_string())
    }

    /// A message without the folder.
    pub(super) fn short(&self, message: &str) -> String {
        message.replace(&self.0.display().to_string(), "app.toml")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // A file that stays behind is no reason to fail.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn reads_a_file_and_names_it() {
    let file = File::new("named.toml", b"[auth]\nttl = 1\n");
    let settings = Settings::file(&file.0).expect("a readable file");
    assert_eq!(read_from(&settings), Ok(Ttl { ttl: 1 }));

    let file = File::new("wrong.toml", b"[auth]\nttl = 'x'\n");
    let settings = Settings::file(&file.0).expect("a readable file");
    let error = read_from::<Ttl>(&settings).expect_err("a wrong type");
    assert_eq!(
        file.short(&error.to_string()),
        "app.toml:2:7  [auth] ttl: found \"x\", expected an integer from 0 to 255 [PP211]",
    );
    assert_eq!(
        error.problems()[0].file(),
        Some(&*file.0.display().to_string())
    );
}

#[test]
fn tells_that_a_file_cannot_be_read() {
    let error = Settings::file("no/such/app.toml").expect_err("no file");
    assert_eq!(error.code(), "PP215");
    let text = error.to_string();
    assert!(
        text.starts_with("[PP215] cannot read the settings file `no/such/app.toml`: "),
        "{text}"
    );
    let Error::SettingsFile { path, source } = error else {
        panic!("not about the file")
    };
    assert_eq!(path, PathBuf::from("no/such/app.toml"));
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn tells_that_a_folder_is_no_file() {
    let folder = std::env::temp_dir();
    let error = Settings::file(&folder).expect_err("a folder");
    assert!(
        matches!(&error, Error::SettingsFile { path, .. } if *path == folder),
        "{error}"
    );
}

#[test]
fn tells_where_a_file_is_not_utf_8() {
    let file = File::new(
        "latin1.toml",
        b"[auth]\nname = \"J\xc3\xb6rg\"\ncity = \"\xc3\xa4\xf6\"\n",
    );
    assert_eq!(
        file.error(),
        "app.toml:3:10  byte 0xF6 is not UTF-8; save the file as UTF-8 [PP210]"
    );
    let file = File::new("utf16.toml", b"\xff\xfe[\0a\0]\0");
    assert_eq!(
        file.error(),
        "app.toml:1:1  this is UTF-16; save the file as UTF-8 [PP210]"
    );
}

#[test]
fn a_byte_order_mark_counts_as_nothing() {
    assert_eq!(read("\u{feff}auth.ttl = 1\n"), Ok(Ttl { ttl: 1 }));
    assert_eq!(
        problems::<Ttl>("\u{feff}auth.ttl = 'x'\n"),
        "<toml>:1:12  [auth] ttl: found \"x\", expected an integer from 0 to 255 [PP211]",
    );
}

#[test]
fn counts_lines_that_end_as_on_windows() {
    assert_eq!(
        problems::<Ttl>("# first\r\n\r\n[auth]\r\nttl = 'x'\r\n"),
        "<toml>:4:7  [auth] ttl: found \"x\", expected an integer from 0 to 255 [PP211]",
    );
    assert_eq!(
        syntax_error("[auth]\r\nttl =\r\n"),
        "<toml>:2:6  not valid TOML: the value is missing [PP210]",
    );
}

#[test]
fn counts_columns_in_characters() {
    assert_eq!(
        problems::<Ttl>("auth = { \"größe\" = \"日本語\", ttl = 'x' }\n"),
        "2 problems in the settings\n  \
           <toml>:1:10  [auth] \"größe\": no such key; expected `ttl` [PP212]\n  \
           <toml>:1:33  [auth] ttl: found \"x\", expected an integer from 0 to 255 [PP211]",
    );
}

#[test]
fn tells_mistakes_of_syntax_with_line_and_column() {
    let tell = |place: &str, text: &str| format!("<toml>:{place}  not valid TOML: {text} [PP210]");
    assert_eq!(
        syntax_error("[auth\nttl = 1\n"),
        tell("1:6", "unclosed table, expected `]`")
    );
    assert_eq!(
        syntax_error("[auth]\nttl\n"),
        tell("2:4", "key with no value, expected `=`")
    );
    assert_eq!(
        syntax_error("[auth]\nttl = \n"),
        tell("2:7", "the value is missing")
    );
    assert_eq!(
        syntax_error("[auth]\nttl = yes\n"),
        tell("2:7", "`yes` is no value; a string must stand in quotes")
    );
    assert_eq!(
        syntax_error("[auth]\nttl = 010\n"),
        tell("2:7", "unexpected leading zero")
    );
    assert_eq!(
        syntax_error("a = \"open\n"),
        tell("1:10", "invalid basic string, expected `\"`")
    );
    assert_eq!(
        syntax_error("a = 1\nb = \u{0}\n"),
        tell("2:5", "`\u{0}` is no value; a string must stand in quotes")
    );
}

#[test]
fn tells_what_is_given_twice() {
    let tell = |place: &str, text: &str| format!("<toml>:{place}  not valid TOML: {text} [PP210]");
    assert_eq!(
        syntax_error("[auth]\nttl = 1\nttl = 2\n"),
        tell("3:1", "`ttl` is given twice")
    );
    assert_eq!(
        syntax_error("[auth]\n[cache]\n[auth]\n"),
        tell("3:2", "`auth` is given twice")
    );
    assert_eq!(
        syntax_error("a = { b = 1, b = 2 }\n"),
        tell("1:14", "`b` is given twice")
    );
}

#[test]
fn tells_the_mistakes_of_several_lines_at_once() {
    assert_eq!(
        syntax_error("[auth]\na = yes\nb = 1 2\nc = 3\nc = 4\nd = 1e999\n"),
        "3 problems in the settings\n  \
           <toml>:2:5  not valid TOML: `yes` is no value; a string must stand in quotes [PP210]\n  \
           <toml>:3:5  not valid TOML: `1 2` is no value; a string must stand in quotes [PP210]\n  \
           <toml>:5:1  not valid TOML: `c` is given twice [PP210]",
    );
}

#[test]
fn tells_numbers_that_are_too_large_for_anything() {
    let number = "9".repeat(40);
    assert_eq!(
        syntax_error(&format!("a = {number}\n")),
        format!("<toml>:1:5  not valid TOML: the number `{number}` is too large [PP210]"),
    );
    assert_eq!(
        syntax_error("a = -1e999\n"),
        "<toml>:1:5  not valid TOML: the number `-1e999` is too large [PP210]"
    );
}

#[test]
fn refuses_what_nests_without_end() {
    let text = format!("auth = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        syntax_error(&text).contains("recursion"),
        "{}",
        syntax_error(&text)
    );
    let text = format!("{}a = 1\n", "a.".repeat(100_000));
    assert!(
        syntax_error(&text).contains("nested too deeply"),
        "{}",
        syntax_error(&text)
    );
}
