//! Sets of features over manifests that the tests write.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::FeatureSets;
use crate::error::Error;
use crate::inject::EdgeKind::One;
use crate::inject::Target;
use crate::meta::{MetaRef, ServiceMeta};
use crate::wiring::tests::parts::*;
use crate::wiring::{Candidate, PluginSet};

/// A `Cargo.toml` in a place of its own, for as long as it is used.
struct Manifest(PathBuf);

impl Manifest {
    fn new(text: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("pepperplug-{}-{number}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("the file can be written");
        Self(path)
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        // Nothing is lost where it stays.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A list of plugins with their conditions; without a plugin, this build leaves the entry out.
fn set(entries: &[(&'static str, Option<MetaRef>)]) -> PluginSet {
    let candidate = |(at, (cfg, plugin)): (usize, &(&'static str, Option<MetaRef>))| {
        Candidate::new(format!("entry{at}::Plugin").leak(), cfg, plugin.is_some())
    };
    let candidates: Vec<Candidate> = entries.iter().enumerate().map(candidate).collect();
    let metas: Vec<MetaRef> = entries.iter().filter_map(|(_, plugin)| *plugin).collect();
    PluginSet::new(leak(metas), leak(candidates))
}

fn check(set: &PluginSet, manifest: &str) -> Result<FeatureSets, Error> {
    set.check_feature_sets(&Manifest::new(manifest).0)
}

/// Plugins that get along with anything.
fn loners(cfgs: &[&'static str]) -> PluginSet {
    let entry = |(at, cfg): (usize, &&'static str)| {
        let name: &'static str = format!("loner{at}").leak();
        (*cfg, Some(plugin(name).done()))
    };
    set(&cfgs.iter().enumerate().map(entry).collect::<Vec<_>>())
}

fn checked(cfgs: &[&'static str], manifest: &str) -> usize {
    check(&loners(cfgs), manifest).expect("they wire").checked
}

const A: &str = "feature = \"a\"";
const B: &str = "feature = \"b\"";
const C: &str = "feature = \"c\"";

#[test]
fn every_subset_of_the_features_is_checked() {
    assert_eq!(checked(&[], ""), 1);
    assert_eq!(checked(&["", "unix"], ""), 1);
    assert_eq!(checked(&[A, B, C, B], "[package]\nname = \"app\""), 8);
    let any = "any(feature = \"a\", not(feature = \"d\"))";
    assert_eq!(checked(&[any, B], "[features]\nother = []"), 8);
}

#[test]
fn a_feature_brings_those_that_it_enables() {
    assert_eq!(checked(&[A, B], "[features]\na = [\"b\"]\nb = []"), 3);
    assert_eq!(
        checked(&[A, B], "[features]\na = [\"between\"]\nbetween = [\"b\"]"),
        3
    );
    let ring = "[features]\na = [\"b\"]\nb = [\"a\"]";
    assert_eq!(checked(&[A, B, C], ring), 4);
    let dependencies = "[features]\na = [\"dep:b\", \"b/b\"]\ndefault = [\"a\", \"b\"]";
    assert_eq!(checked(&[A, B], dependencies), 4);
}

static CACHE: ServiceMeta = service_meta("cache", "Cache", "api", 3);

/// One that needs a cache, and two caches.
fn caches() -> PluginSet {
    let cache = inject(One, Target::Service(&CACHE), 9);
    let auth = plugin("auth").injects(cache).done();
    let memory = plugin("memory").provides(&CACHE).done();
    let redis = plugin("redis").provides(&CACHE).done();
    set(&[("", Some(auth)), (A, Some(memory)), (B, Some(redis))])
}

#[test]
fn sets_that_do_not_wire_are_told_with_their_reasons() {
    let error = check(&caches(), "").expect_err("two of four do not wire");
    assert_eq!(error.code(), "PP201");
    let text = r#"[PP201] 2 of 4 sets of features do not wire
  --no-default-features
    [PP043] plugin `auth` injects service `cache`, and no plugin of this application provides it
    injected at src/lib.rs:9
    help: add a plugin with `provides(dyn Cache)` to the list
    entries that are switched off here: `entry1::Plugin` (feature `a`), `entry2::Plugin` (feature `b`)
  --no-default-features --features a,b
    [PP044] plugin `auth` injects service `cache`, and 2 plugins provide it: `memory`, `redis`
    help: name one, `#[inject("memory")]`, or take all, `Vec<Arc<dyn Cache>>`, at src/lib.rs:9"#;
    assert_eq!(error.to_string(), text);
    let Error::FeatureSets(error) = error else {
        panic!("it is about sets of features: {error}");
    };
    let sets: Vec<&[String]> = error.sets().collect();
    assert_eq!(sets, [&[][..], &["a".to_owned(), "b".to_owned()]]);
}

#[test]
fn sets_that_nobody_can_choose_need_not_wire() {
    let cache = inject(One, Target::Service(&CACHE), 9);
    let auth = plugin("auth").injects(cache).done();
    let memory = plugin("memory").provides(&CACHE).done();
    let set = set(&[(A, Some(auth)), (B, Some(memory))]);
    let error = check(&set, "").expect_err("`a` alone does not wire");
    let first = "[PP201] 1 of 4 sets of features do not wire";
    assert!(error.to_string().starts_with(first), "{error}");
    let sets = check(&set, "[features]\na = [\"b\"]").expect("`a` is never alone");
    assert_eq!(sets.checked, 3);
}

#[test]
fn sets_with_an_entry_that_this_build_lacks_are_left_out() {
    let loner = plugin("loner").done();
    let other = plugin("other").done();
    let set = set(&[(A, Some(loner)), (B, None), (C, Some(other))]);
    let sets = check(&set, "").expect("they wire");
    assert_eq!(
        sets,
        FeatureSets {
            checked: 4,
            left_out: vec!["entry1::Plugin"],
        }
    );
    assert_eq!(
        sets.to_string(),
        "4 sets of features wire; not checked, since this build leaves them out: entry1::Plugin"
    );
    let all = check(&loners(&[A]), "").expect("they wire");
    assert_eq!(all.to_string(), "2 sets of features wire");
}

#[test]
fn an_entry_for_another_platform_keeps_no_set_from_being_checked() {
    let loner = plugin("loner").done();
    let sets = check(&set(&[(A, Some(loner)), ("windows", None)]), "").expect("they wire");
    assert_eq!(sets.checked, 2);
    assert_eq!(sets.left_out, ["entry1::Plugin"]);
}

#[test]
fn more_than_ten_features_are_refused() {
    let cfgs: Vec<&'static str> = (0..11)
        .map(|at| &*format!("feature = \"f{at:02}\"").leak())
        .collect();
    assert_eq!(checked(&cfgs[..10], ""), 1024);
    let manifest = Manifest::new("");
    let error = loners(&cfgs)
        .check_feature_sets(&manifest.0)
        .expect_err("that would be many sets");
    let path = manifest.0.display();
    assert_eq!(
        error.to_string(),
        format!(
            "[PP202] {path}: the entries name 11 features, and at most 10 can be checked in all subsets"
        )
    );
}

#[test]
fn a_manifest_that_cannot_be_read_is_named() {
    let manifest = Manifest::new("");
    let path = manifest.0.clone();
    drop(manifest);
    let error = loners(&[A]).check_feature_sets(&path).expect_err("no file");
    assert_eq!(error.code(), "PP202");
    let system = std::fs::read_to_string(&path).expect_err("no file");
    assert_eq!(
        error.to_string(),
        format!("[PP202] {}: cannot be read: {system}", path.display())
    );

    let manifest = Manifest::new("[features\na = []\n");
    let error = loners(&[A])
        .check_feature_sets(&manifest.0)
        .expect_err("no TOML");
    let reason = "\
cannot be read: TOML parse error at line 1, column 10
  |
1 | [features
  |          ^
unclosed table, expected `]`";
    assert_eq!(
        error.to_string(),
        format!("[PP202] {}: {reason}", manifest.0.display())
    );
}
