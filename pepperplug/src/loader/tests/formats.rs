//! The formats of manifests, and manifests that the program makes.

use super::{Folder, load_error};
use crate::loader::{LoadedManifests, Manifest};
use crate::settings::Settings;

#[cfg(all(feature = "json", feature = "yaml"))]
#[tokio::test]
async fn each_format_is_read_and_told_with_places() {
    let folder = Folder::new(&[
        ("a.toml", "name = 'a'"),
        (
            "b.json",
            "{ \"name\": \"b\", \"settings\": { \"size\": 3 } }",
        ),
        (
            "c/plugin.yaml",
            "name: c\nversion: '>=1'\nenabled: false\nsettings:\n  size: 3\n",
        ),
        ("c/plugin.yml", "name: d\n"),
        ("wrong.json", "{\n  \"name\": \"x\",\n  \"enable\": true\n}"),
        ("wrong.yaml", "name: 3\nenabled: maybe\n"),
        ("broken.json", "{ \"name\": \"x\" "),
        ("broken.yaml", "name: [x\n"),
    ]);
    let (plugins, told) = folder.loaded(folder.config()).await;
    assert_eq!(plugins, ["a", "b", "c", "d"]);
    let expected = "\
broken.json:1:14  not valid JSON: the text ends within an object [PP251]
broken.yaml:2:1  not valid YAML: while parsing a flow sequence, expected ',' or ']' [PP251]
wrong.json:3:3  enable: no such key; did you mean `enabled`? [PP251]
wrong.yaml:1:7  name: found 3, expected a string [PP251]
wrong.yaml:2:10  enabled: found \"maybe\", expected `true` or `false` [PP251]";
    assert_eq!(told, expected);
}

#[cfg(not(feature = "json"))]
#[tokio::test]
async fn a_format_that_this_build_does_not_read_is_told() {
    let folder = Folder::new(&[("a.toml", "name = 'a'"), ("b.json", "{}")]);
    let (plugins, told) = folder
        .loaded(folder.config().patterns(["*.{toml,json}"]))
        .await;
    assert_eq!(plugins, ["a"]);
    let expected = "b.json  this build does not read JSON; turn it on in Cargo.toml: \
                    `pepperplug = { features = [\"json\"] }` [PP251]";
    assert_eq!(told, expected);
}

#[derive(serde::Serialize)]
struct AuthSettings {
    token_ttl: u32,
    issuer: Option<String>,
}

const SETTINGS: AuthSettings = AuthSettings {
    token_ttl: 60,
    issuer: None,
};

#[test]
fn the_program_makes_manifests() {
    let (manifest, line) = (Manifest::new("auth").enabled(false), line!());
    assert_eq!(
        (manifest.name(), manifest.is_enabled(), manifest.version()),
        ("auth", false, None)
    );
    assert_eq!(manifest.place().file(), Some(file!()));
    assert_eq!(manifest.place().line(), Some(line));

    let error = manifest.settings(&3).expect_err("no table");
    let line = line!() - 1;
    let expected = format!(
        "{}:{line}:26  found 3, expected a table of settings [PP251]",
        file!()
    );
    assert_eq!(load_error(error).to_string(), expected);
}

#[test]
fn what_is_chosen_goes_into_the_layer_of_manifests() {
    let off = Manifest::from_toml("name = 'cache'\nenabled = false").expect("a manifest");
    let auth = Manifest::new("auth").settings(&SETTINGS).expect("a table");
    let loaded = LoadedManifests::from([off, auth]);
    let choices: Vec<_> = loaded.choices().collect();
    assert_eq!(choices[0].place.to_string(), "<toml>:2:11");
    let enabled: Vec<_> = choices
        .iter()
        .map(|one| (one.plugin, one.enabled))
        .collect();
    assert_eq!(enabled, [("cache", false), ("auth", true)]);

    let sections = choices
        .iter()
        .filter_map(|one| Some((one.plugin.to_owned(), one.settings?.clone())));
    let settings = Settings::from_toml("auth.issuer = 'us'\nauth.token_ttl = 1").expect("TOML");
    let both = settings.with_manifests(sections);
    let expected = Settings::from_toml("auth = { issuer = 'us', token_ttl = 60 }").expect("TOML");
    assert!(both.same(&expected));
}
