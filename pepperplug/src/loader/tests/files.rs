//! Single files: whatever is wrong with one, the others are loaded.

use super::{Folder, PluginLoader, load_error, names};
use crate::loader::Manifest;

#[tokio::test]
async fn reads_what_a_manifest_says() {
    let folder = Folder::new(&[
        ("a.toml", "name = 'auth'\n"),
        (
            "b.toml",
            "name = 'cache'\nversion = '>=1.2, <2'\nenabled = false\n[settings]\nsize.max = 3\n",
        ),
    ]);
    let loaded = folder.load(folder.config()).await;
    assert_eq!(folder.told(loaded.problems()), "");
    let [auth, cache] = loaded.manifests() else {
        panic!("two files");
    };
    assert_eq!(
        (auth.name(), auth.version(), auth.is_enabled()),
        ("auth", None, true)
    );
    assert_eq!(
        (cache.name(), cache.version(), cache.is_enabled()),
        ("cache", Some(">=1.2, <2"), false)
    );
    assert_eq!(folder.short(&cache.place().to_string()), "b.toml:1:1");
    let shown = folder.short(&format!("{cache:?}"));
    assert_eq!(
        shown,
        r#"Manifest { name: "cache", version: Some(">=1.2, <2"), enabled: false, place: "b.toml:1:1", .. }"#,
        "no settings, which may be secret",
    );
}

/// The files of a folder, in order, and everything that is told of them.
const WRONG: &[(&str, &str)] = &[
    ("auth.toml", "name = 'auth'\n"),
    ("keys.toml", "nam = 'x'\nenable = true\nsetings.a = 1\n"),
    ("more.toml", "name = 'x'\npriority = 3\n"),
    ("none.toml", ""),
    ("range.toml", "name = 'x'\nversion = 'newest'\n"),
    ("syntax.toml", "name = \n\n[settings\n"),
    (
        "types.toml",
        "name = 3\nversion = 1.2\nenabled = 'yes'\nsettings = 4\n",
    ),
];

const TOLD: &str = "\
keys.toml:1:1  nam: no such key; did you mean `name`? [PP251]
keys.toml:2:1  enable: no such key; did you mean `enabled`? [PP251]
keys.toml:3:1  setings: no such key; did you mean `settings`? [PP251]
more.toml:2:1  priority: no such key; expected `name`, `version`, `enabled` or `settings` [PP251]
none.toml:1:1  name: missing; expected a string [PP251]
range.toml:2:11  version: `newest` is no range of versions, unexpected character 'n' while parsing major version number; write it as in Cargo.toml: `1.2`, `>=1.2, <2` or `=1.2.3` [PP251]
syntax.toml:1:8  not valid TOML: the value is missing [PP251]
syntax.toml:3:10  not valid TOML: unclosed table, expected `]` [PP251]
types.toml:1:8  name: found 3, expected a string [PP251]
types.toml:2:11  version: found 1.2, expected a string [PP251]
types.toml:3:11  enabled: found \"yes\", expected `true` or `false` [PP251]
types.toml:4:12  settings: found 4, expected a table [PP251]";

#[tokio::test]
async fn everything_that_is_wrong_in_files_is_told_with_its_place() {
    let folder = Folder::new(WRONG);
    let (plugins, told) = folder.loaded(folder.config()).await;
    assert_eq!(plugins, ["auth"]);
    assert_eq!(told, TOLD);
}

#[tokio::test]
async fn where_it_is_strict_all_of_it_is_one_error() {
    let folder = Folder::new(WRONG);
    let loader = PluginLoader::new(folder.config().strict(true));
    let error = loader.load_plugins().await.expect_err("it is strict");
    assert_eq!(error.code(), "PP259");
    let text = folder.short(&error.to_string());
    let (head, lines) = text.split_once('\n').expect("several lines");
    // One more is told since no plugin is linked here: the only good manifest is for none.
    assert_eq!(head, "[PP259] 13 problems with the manifests");
    let expected = TOLD
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect::<String>();
    assert!(lines.starts_with(&expected), "{text}");
    assert!(
        lines.contains("auth.toml:1:8  no plugin is named `auth` [PP252]"),
        "{text}"
    );
}

#[tokio::test]
async fn one_problem_is_told_alone() {
    let folder = Folder::new(&[("a.toml", "name = 3")]);
    let loader = PluginLoader::new(folder.config().strict(true));
    let error = load_error(loader.load_plugins().await.expect_err("it is strict"));
    let problem = &error.problems()[0];
    assert_eq!(error.to_string(), problem.to_string());
    assert_eq!(
        (problem.code(), problem.line(), problem.column()),
        ("PP251", Some(1), Some(8))
    );
    assert_eq!(problem.text(), "name: found 3, expected a string");
    assert_eq!(
        problem.file().map(|file| folder.short(file)).as_deref(),
        Some("a.toml")
    );
}

#[tokio::test]
async fn files_in_other_encodings_are_told_alone() {
    let folder = Folder::new(&[("bom.toml", "\u{feff}name = 'auth'\n")]);
    folder.write("latin1.toml", b"name = 'auth'\n# J\xf6rg\n");
    folder.write("utf16.toml", b"\xff\xfen\0a\0");
    let (plugins, told) = folder.loaded(folder.config()).await;
    assert_eq!(plugins, ["auth"]);
    let expected = "\
latin1.toml:2:4  byte 0xF6 is not UTF-8; save the file as UTF-8 [PP251]
utf16.toml:1:1  this is UTF-16; save the file as UTF-8 [PP251]";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_alone() {
    const MIB: usize = 1024 * 1024;
    let folder = Folder::new(&[]);
    let of_size = |name: &str, size: usize| {
        let head = format!("name = '{name}'\n#");
        format!("{head}{}", "x".repeat(size - head.len()))
    };
    folder.write("a.toml", of_size("fits", MIB));
    folder.write("b.toml", of_size("too-large", MIB + 1));
    let (plugins, told) = folder.loaded(folder.config()).await;
    assert_eq!(plugins, ["fits"]);
    assert_eq!(
        told,
        "b.toml  larger than 1 MiB, which no manifest is [PP250]"
    );
}

#[tokio::test]
async fn what_is_named_like_a_manifest_and_is_none_is_told_alone() {
    let folder = Folder::new(&[
        ("auth.toml", "name = 'auth'"),
        ("folder.toml/cache.toml", "name = 'cache'"),
        ("notes.txt", ""),
        ("noname", ""),
    ]);
    let (plugins, told) = folder.loaded(folder.config().patterns(["*"])).await;
    assert_eq!(plugins, ["auth", "cache"]);
    let endings = crate::loader::format::endings();
    let why = format!("the name of a manifest ends in {endings} [PP250]");
    let help = "\n  help: rename the file, or narrow the patterns";
    let expected = format!(
        "folder.toml  this is a folder, not a file [PP250]\n\
         noname  {why}{help}\n\
         notes.txt  {why}{help}"
    );
    assert_eq!(told, expected);
}

/// Tests may run as root, whom no permission stops: but the memory of a process cannot be read where it has none.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn pipes_and_unreadable_files_are_told_alone() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    let folder = Folder::new(&[
        ("auth.toml", "name = 'auth'"),
        ("locked.toml", "name = 'locked'"),
    ]);
    let pipe = std::process::Command::new("mkfifo")
        .arg(folder.path("pipe.toml"))
        .status();
    assert!(pipe.expect("a system with pipes").success());
    let _socket = UnixListener::bind(folder.path("socket.toml")).expect("a socket");
    symlink("/proc/self/mem", folder.path("memory.toml")).expect("a link");
    let locked = folder.path("locked.toml");
    let no_one = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&locked, no_one).expect("it is ours");
    let is_locked = std::fs::read(&locked).is_err();

    let (plugins, told) = folder.loaded(folder.config().follow_links(true)).await;
    let locked = "locked.toml  cannot be read: Permission denied (os error 13) [PP250]\n";
    let expected = format!(
        "{}\
         memory.toml  cannot be read: Input/output error (os error 5) [PP250]\n\
         pipe.toml  this is a pipe or a device, not a file [PP250]\n\
         socket.toml  this is a pipe or a device, not a file [PP250]",
        if is_locked { locked } else { "" },
    );
    assert_eq!(told, expected);
    assert_eq!(plugins[0], "auth");
}

#[tokio::test]
async fn a_file_that_went_away_is_told() {
    let folder = Folder::new(&[("auth.toml", "name = 'auth'")]);
    let files = [folder.path("auth.toml"), folder.path("gone.toml")];
    let loaded = PluginLoader::default()
        .load_all(files)
        .await
        .expect("it is not strict");
    assert_eq!(names(&loaded), ["auth"]);
    assert_eq!(
        folder.told(loaded.problems()),
        "gone.toml  cannot be read: No such file or directory (os error 2) [PP250]"
    );
}

#[test]
fn a_text_that_is_no_manifest_is_an_error() {
    let error = Manifest::from_toml("name = 'x'\nenabled = 1\nsettings.size = 3\n");
    let error = error.expect_err("no manifest");
    assert_eq!(
        error.to_string(),
        "<toml>:2:11  enabled: found 1, expected `true` or `false` [PP251]"
    );
}
