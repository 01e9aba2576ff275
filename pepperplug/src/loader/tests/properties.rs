//! Any tree of files: what is good is loaded, exactly that; and where it is strict, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Folder, LoaderConfig, PluginLoader, load_error, names};
use crate::graph::tests::declare;
use crate::graph::tests::random::sketches;
use crate::graph::tests::sketch::PluginSketch;
use crate::inject::{EdgeKind, Target};
use crate::loader::linked::Linked;
use crate::loader::validate::validate;
use crate::loader::{LoadedManifests, Manifest};
use crate::meta::{MetaRef, PluginMeta};

/// One thing in a tree.
#[derive(Debug, Clone)]
enum Thing {
    Good,
    Broken,
    Wrong,
    Latin1,
    Large,
    Folder,
    Link,
    Dangling,
    Other,
    Hidden,
}

impl Thing {
    /// Puts it at `path`, without its ending. Whether there is something to tell of it.
    fn put(&self, folder: &Folder, path: &str, at: usize) -> bool {
        let file = format!("{path}.toml");
        match self {
            Self::Good => folder.write(&file, format!("name = 'good-{at}'")),
            Self::Broken => folder.write(&file, "name = "),
            Self::Wrong => folder.write(&file, "name = 'x'\nenabled = 3"),
            Self::Latin1 => folder.write(&file, b"name = '\xf6'"),
            Self::Large => folder.write(&file, vec![b'#'; 1024 * 1024 + 1]),
            Self::Folder => folder.write(&format!("{file}/other"), ""),
            Self::Link => link(folder, &folder.path(".").display().to_string(), &file),
            Self::Dangling => link(folder, "nowhere", &file),
            Self::Other => folder.write(path, "no manifest"),
            Self::Hidden => {
                let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
                folder.write(&format!("{parent}/.{name}.toml"), "broken");
            }
        }
        !matches!(self, Self::Good | Self::Other | Self::Hidden)
    }
}

#[cfg(unix)]
fn link(folder: &Folder, to: &str, at: &str) {
    let path = folder.path(at);
    std::fs::create_dir_all(path.parent().unwrap_or(&path)).expect("a folder");
    std::os::unix::fs::symlink(to, path).expect("a link");
}

#[cfg(not(unix))]
fn link(folder: &Folder, _: &str, at: &str) {
    folder.write(at, "broken");
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        6 => Just(Thing::Good),
        1 => prop_oneof![
            Just(Thing::Broken), Just(Thing::Wrong), Just(Thing::Latin1), Just(Thing::Large),
            Just(Thing::Folder), Just(Thing::Link), Just(Thing::Dangling),
        ],
        2 => prop_oneof![Just(Thing::Other), Just(Thing::Hidden)],
    ]
}

fn load(config: LoaderConfig) -> Result<LoadedManifests, crate::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let loader = PluginLoader::new(config.validate(false));
    runtime.expect("a runtime").block_on(loader.load_plugins())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_good_ones_exactly_or_nothing(
        tree in prop::collection::btree_map("([ab]/){0,3}[a-z]{1,3}[0-9]", thing(), 1..12),
        follow in any::<bool>(),
    ) {
        let folder = Folder::new(&[("always.toml", "name = 'always'")]);
        let mut bad = BTreeSet::new();
        let mut good = BTreeMap::from([("always.toml".to_owned(), "always".to_owned())]);
        for (at, (path, thing)) in tree.iter().enumerate() {
            if thing.put(&folder, path, at) {
                bad.insert(format!("{path}.toml"));
            } else if matches!(thing, Thing::Good) {
                good.insert(format!("{path}.toml"), format!("good-{at}"));
            }
        }
        let config = folder.config().patterns(["*.toml"]).follow_links(follow);
        let loaded = load(config.clone()).expect("it is not strict");
        let files = loaded.manifests().iter();
        let loaded_files: BTreeMap<_, _> = files
            .map(|one| (folder.short(one.place().file().unwrap_or_default()), one.name().to_owned()))
            .collect();
        prop_assert_eq!(&loaded_files, &good);
        prop_assert_eq!(loaded.manifests().len(), good.len(), "each once");
        let told: BTreeSet<_> = loaded.problems().iter().filter_map(|one| one.file()).collect();
        let told: BTreeSet<_> = told.into_iter().map(|file| folder.short(file)).collect();
        prop_assert_eq!(&told, &bad);

        match load(config.strict(true)) {
            Ok(strict) => {
                prop_assert!(bad.is_empty());
                prop_assert_eq!(names(&strict), names(&loaded));
            }
            Err(error) => {
                let error = load_error(error);
                prop_assert_eq!(error.problems(), loaded.problems());
            }
        }
    }

    #[test]
    fn what_is_left_disables_nothing_that_is_needed(
        sketch in sketches(12),
        off in prop::collection::vec(any::<bool>(), 12),
    ) {
        let plugins = declare(&sketch);
        let off: Vec<&PluginSketch> = sketch.iter().zip(off).filter(|(_, off)| *off).map(|(plugin, _)| plugin).collect();
        let manifest = |plugin: &&PluginSketch| {
            Manifest::from_toml(&format!("name = {:?}\nenabled = false", plugin.name)).expect("a manifest")
        };
        let manifests: LoadedManifests = off.iter().map(manifest).collect();
        let asked = names(&manifests);
        let valid = validate(manifests, &Linked::new(&plugins, &[], &[]));
        let left = names(&valid);
        prop_assert_eq!(&left, &model(&plugins, asked), "{:?}", valid.problems());
        prop_assert_eq!(left.len() + valid.problems().len(), off.len(), "each is left or told of");
    }
}

/// Those of `off` that can be, found slowly: as long as someone needs one, it is taken out.
fn model(plugins: &[MetaRef], mut off: Vec<String>) -> Vec<String> {
    let asked = off.clone();
    loop {
        let needed = |name: &String| {
            let running = plugins.iter().map(|plugin| plugin.get());
            let mut running = running.filter(|plugin| !off.iter().any(|off| off == plugin.name()));
            running.any(|plugin| needs(plugins, plugin, name, &asked))
        };
        let left: Vec<String> = off.iter().filter(|name| !needed(name)).cloned().collect();
        if left.len() == off.len() {
            return left;
        }
        off = left;
    }
}

fn needs(plugins: &[MetaRef], plugin: &PluginMeta, name: &str, asked: &[String]) -> bool {
    let by_name = plugin
        .required()
        .iter()
        .any(|required| required.name() == name);
    let injects = plugin.injections().iter().any(|injection| {
        let kind = injection.edge().kind();
        matches!(kind, EdgeKind::One | EdgeKind::Lazy)
            && match injection.edge().target() {
                Target::Plugin(target) => target.get().name() == name,
                Target::Service(service) => {
                    let provides = |plugin: &&PluginMeta| {
                        let mut provided = plugin.provided().iter();
                        provided.any(|one| one.service().name() == service.name())
                    };
                    let all = plugins.iter().map(|plugin| plugin.get()).filter(provides);
                    let meant = |plugin: &&PluginMeta| {
                        injection.name.is_none_or(|name| name == plugin.name())
                    };
                    let meant: Vec<_> = all.filter(meant).map(PluginMeta::name).collect();
                    meant.contains(&name)
                        && meant.iter().all(|one| asked.iter().any(|off| off == one))
                }
                _ => false,
            }
    });
    by_name || injects
}
