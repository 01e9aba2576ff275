//! Manifests against plugins, and against each other.

use crate::graph::tests::declare;
use crate::graph::tests::sketch::{PluginSketch, Want};
use crate::loader::linked::Linked;
use crate::loader::validate::validate;
use crate::loader::{LoadedManifests, Manifest};
use crate::meta::MetaRef;
use crate::wiring::Candidate;

static CANDIDATES: &[Candidate] = &[
    Candidate::new("auth::AuthPlugin", "", true),
    Candidate::new("redis_cache::RedisCache", "feature = \"redis\"", false),
    Candidate::new("wasm::Fetch", "target_family = \"wasm\"", false),
];

fn plugin(name: &str, wants: &[Want]) -> PluginSketch {
    PluginSketch {
        major: 1,
        ..PluginSketch::new(name, wants)
    }
}

/// Each manifest stands in the file that begins with its number.
fn manifests(texts: &[&str]) -> LoadedManifests {
    let manifest = |(at, text): (usize, &&str)| {
        Manifest::of_bytes(&format!("{at}.toml"), text.as_bytes()).expect("a manifest")
    };
    texts.iter().enumerate().map(manifest).collect()
}

/// The plugins whose manifests hold, and what is told of the others; places in our own source left out.
fn judge(plugins: &[MetaRef], linked: &[MetaRef], texts: &[&str]) -> (String, String) {
    let linked = Linked::new(plugins, CANDIDATES, linked);
    let valid = validate(manifests(texts), &linked);
    let problems: Vec<String> = valid.problems().iter().map(ToString::to_string).collect();
    let here = plugins[0].get().location().to_string();
    (
        super::names(&valid).join(" "),
        problems.join("\n").replace(&here, "HERE"),
    )
}

fn told(sketch: &[PluginSketch], texts: &[&str]) -> (String, String) {
    judge(&declare(sketch), &[], texts)
}

#[test]
fn a_plugin_that_is_not_there_is_told_with_what_would_help() {
    let plugins = declare(&[plugin("auth", &[]), plugin("audit", &[])]);
    let linked = declare(&[plugin("extra", &[])]);
    let texts = [
        "name = 'auth'",
        "name = 'auht'",
        "name = 'redis-cache'",
        "name = 'fetch'",
        "name = 'extra'",
        "\nname = 'mail'",
    ];
    let (holding, told) = judge(&plugins, &linked, &texts);
    assert_eq!(holding, "auth");
    let path = linked[0].get().path();
    let expected = format!(
        "\
1.toml:1:8  no plugin is named `auht` [PP252]
  help: write `auth`
2.toml:1:8  plugin `redis-cache` is not in this build [PP252]
  help: enable the feature `redis` (it adds `redis_cache::RedisCache`)
3.toml:1:8  plugin `fetch` is not in this build [PP252]
  help: build with `cfg(target_family = \"wasm\")` (it adds `wasm::Fetch`)
4.toml:1:8  plugin `extra` is linked, but not in the list of plugins [PP252]
  help: add `{path}` to `plugins![…]`
5.toml:2:8  no plugin is named `mail` [PP252]
  the plugins of this application are `audit`, `auth`"
    );
    assert_eq!(told, expected);
}

#[test]
fn many_plugins_are_not_all_listed() {
    let many: Vec<_> = (0..20)
        .map(|n| plugin(&format!("plugin-number-{n:02}"), &[]))
        .collect();
    let (_, told) = told(&many, &["name = 'mail'"]);
    assert!(told.ends_with("`plugin-number-11` and 8 more"), "{told}");
}

#[test]
fn a_version_out_of_the_range_is_told_with_both_ends() {
    let sketch = [plugin("auth", &[]), plugin("cache", &[])];
    let texts = [
        "name = 'auth'\nversion = '>=1.2, <2'",
        "name = 'cache'\nversion = '1'",
    ];
    let expected = "\
0.toml:2:11  plugin `auth` is 1.0.0, and this is for `>=1.2, <2` [PP253]
  declared at HERE
  help: link a version in that range, or widen the range: `>=1.0.0`";
    assert_eq!(
        told(&sketch, &texts),
        ("cache".to_owned(), expected.to_owned())
    );
}

#[test]
fn several_manifests_for_a_plugin_are_told_with_all_places() {
    let sketch = [plugin("auth", &[]), plugin("cache", &[])];
    let texts = [
        "name = 'auth'",
        "name = 'cache'",
        "enabled = false\nname = 'auth'",
        "\nname = 'auth'",
    ];
    let expected = "\
3 manifests are for plugin `auth`";
    let (holding, told) = told(&sketch, &texts);
    assert_eq!(holding, "cache");
    let expected = format!(
        "0.toml:1:8  {expected} [PP254]\n  also 2.toml:2:8\n  also 3.toml:2:8\n  \
         help: put what they say into one of them, and remove the others"
    );
    assert_eq!(told, expected);
}

#[test]
fn of_two_manifests_that_differ_in_their_versions_one_holds() {
    let sketch = [plugin("auth", &[])];
    let texts = [
        "name = 'auth'\nversion = '<1'",
        "name = 'auth'\nversion = '>=1'",
    ];
    let (holding, told) = told(&sketch, &texts);
    assert_eq!(holding, "auth");
    assert!(
        told.starts_with("0.toml:2:11  plugin `auth` is 1.0.0, and this is for `<1` [PP253]"),
        "{told}"
    );
    assert!(!told.contains("PP254"), "{told}");
}

#[test]
fn what_is_needed_cannot_be_disabled() {
    let sketch = [
        plugin("audit", &[Want::Requires(1, 1)]),
        plugin("auth", &[Want::Service(7)]),
        plugin("cache", &[]).provides(7),
        plugin(
            "free",
            &[
                Want::Option(2),
                Want::ServiceMany(7),
                Want::ServiceOption(7),
            ],
        ),
    ];
    let off = |name: &str| format!("name = '{name}'\nenabled = false");
    let texts = [off("auth"), off("cache"), off("free")];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let expected = "\
0.toml:2:11  plugin `auth` cannot be disabled: `audit` needs it [PP255]
  `audit` requires it at HERE
  help: write `enabled = true`, or disable `audit` too
1.toml:2:11  plugin `cache` cannot be disabled: `auth` needs it [PP255]
  `auth` injects its service `part-7` at HERE
  help: write `enabled = true`, or disable `auth` too";
    assert_eq!(
        told(&sketch, &texts),
        ("free".to_owned(), expected.to_owned())
    );

    // With all who need them, they can.
    let texts = [off("audit"), off("auth"), off("cache")];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(
        told(&sketch, &texts),
        ("audit auth cache".to_owned(), String::new())
    );
}

#[test]
fn all_who_need_it_are_told_up_to_a_few() {
    let needers = (0..6).map(|n| plugin(&format!("needs-{n}"), &[Want::Lazy(6), Want::Arc(6)]));
    let mut sketch: Vec<_> = needers.collect();
    sketch.push(plugin("cache", &[]));
    let (_, told) = told(&sketch, &["name = 'cache'\nenabled = false"]);
    let all = "`needs-0`, `needs-1`, `needs-2`, `needs-3` and 2 more";
    let head = format!("0.toml:2:11  plugin `cache` cannot be disabled: {all} need it [PP255]\n");
    assert!(told.starts_with(&head), "{told}");
    assert!(told.contains("\n  and 8 more\n"), "{told}");
}

#[test]
fn of_several_providers_one_that_is_left_will_do() {
    let sketch = [
        plugin("auth", &[Want::NamedService(7, 1)]),
        plugin("memory", &[]).provides(7),
        plugin("redis", &[]).provides(7),
    ];
    let (holding, _) = told(&sketch, &["name = 'redis'\nenabled = false"]);
    assert_eq!(holding, "redis");
    let (holding, told) = told(&sketch, &["name = 'memory'\nenabled = false"]);
    assert_eq!(holding, "");
    assert!(
        told.contains("`auth` injects its service `part-7` at HERE"),
        "{told}"
    );
}

#[test]
fn a_manifest_that_does_not_hold_disables_nothing() {
    let sketch = [plugin("auth", &[Want::Arc(1)]), plugin("cache", &[])];
    let texts = ["name = 'cache'\nversion = '>=2'\nenabled = false"];
    let (_, told) = told(&sketch, &texts);
    assert!(
        told.contains("[PP253]") && !told.contains("[PP255]"),
        "{told}"
    );
}
