//! Paths, patterns and links.

use super::{Folder, LoaderConfig, PluginLoader, load_error};
use crate::error::Error;

const TEXT: &str = "name = 'x'";

fn tree() -> Folder {
    Folder::new(&[
        ("auth.toml", TEXT),
        ("README.md", ""),
        ("cache/plugin.toml", TEXT),
        ("cache/redis/plugin.toml", TEXT),
        ("cache/redis/other.toml", TEXT),
        (".hidden.toml", TEXT),
        (".git/plugin.toml", TEXT),
    ])
}

#[tokio::test]
async fn finds_manifests_in_all_folders_in_order() {
    let folder = tree();
    let all = [
        "auth.toml",
        "cache/plugin.toml",
        "cache/redis/other.toml",
        "cache/redis/plugin.toml",
    ];
    let (files, told) = folder.found(folder.config()).await;
    assert_eq!(
        (files, told.as_str()),
        (all.map(str::to_owned).to_vec(), "")
    );
}

#[tokio::test]
async fn patterns_hold_from_each_folder_on_or_from_the_paths_only() {
    let folder = tree();
    let config = |pattern: &str| folder.config().patterns([pattern]);
    for (pattern, recursive, expected) in [
        (
            "*.toml",
            true,
            "auth.toml cache/plugin.toml cache/redis/other.toml cache/redis/plugin.toml",
        ),
        ("*.toml", false, "auth.toml"),
        ("./*.toml", false, "auth.toml"),
        (
            "*/plugin.toml",
            true,
            "cache/plugin.toml cache/redis/plugin.toml",
        ),
        ("*/plugin.toml", false, "cache/plugin.toml"),
        ("redis/{plugin,auth}.toml", true, "cache/redis/plugin.toml"),
        (
            "**/plugin.toml",
            false,
            "cache/plugin.toml cache/redis/plugin.toml",
        ),
        ("[a-c]?th.toml", true, "auth.toml"),
    ] {
        let (files, told) = folder.found(config(pattern).recursive(recursive)).await;
        assert_eq!(
            (files.join(" ").as_str(), told.as_str()),
            (expected, ""),
            "{pattern}"
        );
    }
}

#[tokio::test]
async fn a_file_is_found_once_however_many_paths_lead_to_it() {
    let folder = tree();
    let paths = [
        "cache",
        "cache/redis",
        ".",
        "auth.toml",
        "./cache/../auth.toml",
    ];
    let config = folder.config().paths(paths.map(|path| folder.path(path)));
    let (files, told) = folder.found(config).await;
    assert_eq!((files.len(), told.as_str()), (4, ""));
}

#[tokio::test]
async fn a_path_may_be_a_file_of_any_name() {
    let folder = tree();
    let config = folder.config().patterns(["nothing"]);
    let config = config.paths([folder.path("auth.toml")]);
    let (files, told) = folder.found(config).await;
    assert_eq!((files.join(" ").as_str(), told.as_str()), ("auth.toml", ""));
}

#[tokio::test]
async fn paths_and_patterns_that_lead_to_nothing_are_told() {
    let folder = tree();
    let config = folder
        .config()
        .patterns(["*.tml", "*.toml", "[a", "../*.toml", "", "/etc/*"]);
    let config = config.paths([
        folder.path("."),
        folder.path("cache"),
        folder.path("nowhere"),
    ]);
    let (files, told) = folder.found(config.clone()).await;
    assert_eq!(files.len(), 4);
    let expected = "\
the pattern `[a` is no glob: unclosed character class; missing ']' [PP257]
the pattern `../*.toml` is no glob: it leads out of the folder that is searched; name that one in `paths` [PP257]
the pattern `` is no glob: it is empty [PP257]
the pattern `/etc/*` is no glob: it leads out of the folder that is searched; name that one in `paths` [PP257]
nowhere  this path cannot be read: No such file or directory (os error 2) [PP250]
no file in `.`, `cache` fits the pattern `*.tml` [PP256]";
    assert_eq!(told, expected);

    let error = PluginLoader::new(config.strict(true)).discover().await;
    let error = error.expect_err("it is strict");
    assert_eq!(error.code(), "PP259");
    assert_eq!(load_error(error).problems().len(), 6);
}

#[tokio::test]
async fn what_is_not_said_has_defaults_that_are_told_together() {
    let folder = Folder::new(&[("README.md", "")]);
    let (_, told) = folder.found(folder.config().recursive(false)).await;
    let expected = format!(
        "no file in `.` fits {} [PP256]\n  help: set `recursive` to look into the folders below too",
        super::super::config::default_patterns()
            .iter()
            .map(|pattern| format!("`{pattern}`"))
            .collect::<Vec<_>>()
            .join(" or "),
    );
    assert_eq!(told, expected);
    let (_, told) = folder.found(folder.config().paths::<&str>([])).await;
    assert_eq!(
        told,
        "there is no path to look for manifests in [PP256]\n  help: name one in `paths`"
    );
    let (_, told) = folder.found(folder.config().patterns::<&str>([])).await;
    assert_eq!(
        told,
        "there is no pattern of manifests' names [PP256]\n  help: name one in `patterns`"
    );
}

#[tokio::test]
async fn a_relative_path_that_is_not_there_is_told_from_where() {
    let folder = Folder::new(&[]);
    let (_, told) = folder
        .found(LoaderConfig::new().paths(["no/such/folder"]))
        .await;
    let here = std::env::current_dir().expect("a folder");
    let expected = format!(
        "no/such/folder  this path cannot be read: No such file or directory (os error 2) [PP250]\n  \
         relative paths begin in `{}`",
        here.display()
    );
    assert_eq!(told, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_told_or_followed() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new(&[
        ("in/auth.toml", TEXT),
        ("out/cache.toml", TEXT),
        ("out/readme", ""),
    ]);
    let link = |to: &str, at: &str| symlink(to, folder.path(at)).expect("a link");
    link("../out/cache.toml", "in/cache.toml");
    link("../out", "in/folder");
    link("../out/readme", "in/readme");
    link("nowhere", "in/gone.toml");
    link("nowhere", "in/gone.txt");
    link("nowhere", "in/.#auth.toml");
    link("../in", "in/loop");
    let config = folder.config().paths([folder.path("in")]);

    let (files, told) = folder.found(config.clone()).await;
    assert_eq!(files, ["in/auth.toml"]);
    let help = "\n  help: set `follow_links`, or name what it leads to in `paths`";
    let told_of =
        |at: &str, to: &str| format!("in/{at}  a link to `{to}` is not followed [PP258]{help}");
    let expected = [
        told_of("cache.toml", "../out/cache.toml"),
        told_of("folder", "../out"),
        told_of("gone.toml", "nowhere"),
        told_of("loop", "../in"),
    ];
    assert_eq!(told, expected.join("\n"));

    let (files, told) = folder.found(config.clone().follow_links(true)).await;
    assert_eq!(files, ["in/auth.toml", "in/cache.toml"]);
    let expected = "\
in/gone.toml  this link cannot be followed: No such file or directory (os error 2) [PP258]
in/loop  this link leads back to `in` [PP258]";
    assert_eq!(told, expected);

    // Not entered at all, so not of interest.
    let (_, told) = folder
        .found(config.recursive(false).patterns(["a*.toml"]))
        .await;
    assert_eq!(told, "");
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_itself_may_be_a_link() {
    let folder = Folder::new(&[("in/auth.toml", TEXT)]);
    std::os::unix::fs::symlink("in", folder.path("link")).expect("a link");
    let (files, told) = folder
        .found(folder.config().paths([folder.path("link")]))
        .await;
    assert_eq!(
        (files.join(" ").as_str(), told.as_str()),
        ("link/auth.toml", "")
    );
}

#[test]
fn outside_of_tokio_is_an_error() {
    let mut search = std::pin::pin!(async { PluginLoader::default().discover().await });
    let waker = std::task::Waker::noop();
    let polled = search
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker));
    assert!(matches!(
        polled,
        std::task::Poll::Ready(Err(Error::NoRuntime))
    ));
}

#[test]
fn the_configuration_can_be_read_from_settings() {
    let config = toml::from_str::<LoaderConfig>("paths = ['ext']\nstrict = true\n");
    assert_eq!(
        config.expect("valid"),
        LoaderConfig::new().paths(["ext"]).strict(true)
    );
    let error = toml::from_str::<LoaderConfig>("path = 'ext'\n").expect_err("an unknown key");
    assert!(error.message().contains("unknown field `path`"), "{error}");
}
