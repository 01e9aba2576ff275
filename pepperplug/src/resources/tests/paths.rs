//! Names and paths, as far as their text tells.

use std::path::Path;

use crate::resources::path::{check_name, check_path};

#[test]
fn plain_paths_are_kept_and_others_made_plain() {
    for (given, plain) in [
        ("a.txt", "a.txt"),
        ("a/b.txt", "a/b.txt"),
        ("./a//b/./c", "a/b/c"),
        ("...", "..."),
        (" ", " "),
        (".pepper", ".pepper"),
        ("häß/é.txt", "häß/é.txt"),
    ] {
        assert_eq!(check_path("x", Path::new(given)).expect("a path"), plain);
    }
}

#[test]
fn paths_that_say_where_they_lead_are_refused() {
    let long = "a/".repeat(2048) + "a";
    for (given, why) in [
        ("", "it is empty"),
        (".", "it is that of the directory itself"),
        ("a/", "it is that of a folder"),
        ("a/.", "it is that of a folder"),
        ("/etc/passwd", "it is absolute"),
        ("..", "`..` is not allowed"),
        ("a/../b", "`..` is not allowed"),
        ("a\0b", "it has a NUL character"),
        (
            ".pepperplug/index.0",
            "`.pepperplug` is for files of pepperplug's own",
        ),
        (
            "a/.PepperPlug-1.tmp",
            "`.PepperPlug-1.tmp` is for files of pepperplug's own",
        ),
        (long.as_str(), "it has 4097 bytes, and 4096 is the limit"),
    ] {
        let error = check_path("x", Path::new(given)).expect_err(given);
        assert_eq!(error.code(), "PP273");
        assert!(error.to_string().contains(why), "{error}");
        assert!(!error.to_string().contains(['\0', '\n']), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_is_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::OsStr::from_bytes(b"a\xff");
    let error = check_path("x", Path::new(path)).expect_err("no text");
    assert!(error.to_string().ends_with("it is not UTF-8"), "{error}");
}

#[test]
fn names_are_short_texts_of_one_line() {
    let longest = "ä".repeat(127) + "a";
    for name in ["a", "a b", "../x", "ü", &longest] {
        check_name(name).expect(name);
    }
    let longer = "a".repeat(256);
    for (name, why) in [
        ("", "it is empty"),
        ("a\nb", r"it has a control character, `\n`"),
        ("\u{85}", r"it has a control character, `\u{85}`"),
        (longer.as_str(), "it has 256 bytes, and 255 is the limit"),
    ] {
        let error = check_name(name).expect_err(name);
        assert_eq!(error.code(), "PP272");
        assert!(error.to_string().ends_with(why), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
        assert!(error.to_string().chars().count() < 240, "{error}");
    }
}
