//! The picture of descriptions of all kinds, read back as XML.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use roxmltree::{Document, Node};

use super::svg;
use crate::introspect::description::{
    DecidedBy, Description, InjectionDescription, OffDescription, PluginDescription,
    UnlistedDescription, Why,
};
use crate::lifecycle::PluginState;

fn why() -> Why {
    Why {
        by: DecidedBy::Listed,
        feature: None,
        text: "listed".to_owned(),
    }
}

fn plugin(name: &'static str) -> PluginDescription {
    PluginDescription {
        name,
        version: "1.0.0".to_owned(),
        description: "",
        path: format!("app::{name}"),
        location: "src/main.rs:1".to_owned(),
        why: why(),
        optional: false,
        state: PluginState::Ready,
        reason: None,
        begun_after: None,
        initialized_in: None,
        ready_after: None,
        requires: Vec::new(),
        provides: Vec::new(),
        emits: Vec::new(),
        injects: Vec::new(),
        injected_into: Vec::new(),
    }
}

fn injects(
    kind: &'static str,
    service: Option<&'static str>,
    by: &'static str,
) -> InjectionDescription {
    InjectionDescription {
        field: "field",
        kind,
        service,
        by: vec![by],
    }
}

fn description(plugins: Vec<PluginDescription>) -> Description {
    Description {
        format: 1,
        plugins,
        off: Vec::new(),
        unlisted: Vec::new(),
        events: Vec::new(),
    }
}

/// The elements that have this attribute.
fn with<'a, 'i: 'a>(document: &'a Document<'i>, attribute: &str) -> Vec<Node<'a, 'i>> {
    let has = |node: &Node<'_, '_>| node.has_attribute(attribute);
    document.descendants().filter(has).collect()
}

fn title<'a>(node: &Node<'a, '_>) -> &'a str {
    let title = node.children().find(|child| child.has_tag_name("title"));
    let title = title.or_else(|| {
        node.children()
            .find(|child| child.tag_name().name() == "title")
    });
    title.and_then(|title| title.text()).unwrap_or_default()
}

fn ends(document: &Document<'_>) -> Vec<(String, String, String)> {
    let of = |node: &Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
    let ties = with(document, "data-from");
    let mut ends: Vec<_> = ties
        .iter()
        .map(|tie| {
            (
                of(tie, "data-from"),
                of(tie, "data-to"),
                of(tie, "data-kind"),
            )
        })
        .collect();
    ends.sort();
    ends
}

#[test]
fn each_plugin_and_each_edge_is_there() {
    let mut cache = plugin("cache");
    cache.provides = vec!["store", "counter"];
    let mut database = plugin("database");
    database.requires = vec!["cache"];
    // Closes a ring.
    database.injects = vec![injects("lazy", None, "mailer")];
    let mut mailer = plugin("mailer");
    mailer.injects = vec![
        injects("one", None, "database"),
        injects("optional", Some("store"), "cache"),
        injects("many", Some("store"), "cache"),
        injects("optional", Some("counter"), "cache"),
    ];
    let picture = svg(&description(vec![cache, database, mailer, plugin("alone")]));
    let document = Document::parse(&picture).expect("it is XML");
    let names: Vec<_> = with(&document, "data-plugin")
        .iter()
        .filter_map(|node| node.attribute("data-plugin"))
        .collect();
    assert_eq!(names, ["cache", "database", "mailer", "alone"]);
    let expected = [
        ("database", "cache", "ordered"),
        ("database", "mailer", "lazy"),
        ("mailer", "cache", "optional"),
        // The strongest of those that arrive at one place.
        ("mailer", "cache", "ordered"),
        ("mailer", "database", "ordered"),
    ];
    let expected =
        expected.map(|(from, to, kind)| (from.to_owned(), to.to_owned(), kind.to_owned()));
    assert_eq!(ends(&document), expected);
    assert!(
        picture.contains("dyn store, optional\ndyn store, many"),
        "{picture}"
    );
    for service in ["store", "counter"] {
        assert!(picture.contains(&format!(">{service}</text>")), "{service}");
    }
}

#[test]
fn each_state_has_a_word_and_a_sign() {
    let states = [
        PluginState::Registered,
        PluginState::Initializing,
        PluginState::Ready,
        PluginState::Stopping,
        PluginState::Stopped,
        PluginState::Failed,
        PluginState::Skipped,
    ];
    let mut signs = BTreeSet::new();
    for state in states {
        let mut plugin = plugin("a");
        plugin.state = state;
        plugin.reason = Some("the disk is full".to_owned());
        let picture = svg(&description(vec![plugin]));
        let document = Document::parse(&picture).expect("it is XML");
        let shown = with(&document, "data-plugin")[0];
        let text = format!("1.0.0 \u{b7} {state}");
        assert!(
            shown.descendants().any(|node| node.text() == Some(&text)),
            "{picture}"
        );
        assert!(title(&shown).contains("the disk is full"), "{picture}");
        let sign = shown
            .children()
            .find(|node| node.attribute("class") == Some("sign"));
        let sign = sign.expect("it has a sign");
        signs.insert(picture[sign.range()].to_owned());
    }
    assert_eq!(signs.len(), states.len(), "{signs:?}");
}

#[test]
fn what_is_not_part_of_it_is_drawn_apart() {
    let mut description = description(vec![plugin("on")]);
    description.off.push(OffDescription {
        path: "audit::Audit",
        cfg: "feature = \"audit\"",
        why: Why {
            by: DecidedBy::Feature,
            feature: Some("audit"),
            text: "feature `audit` is not on".to_owned(),
        },
    });
    description.unlisted.push(UnlistedDescription {
        name: "stray",
        path: "app::Stray".to_owned(),
    });
    let picture = svg(&description);
    let document = Document::parse(&picture).expect("it is XML");
    let absent = |node: &Node<'_, '_>| node.attribute("class") == Some("plugin absent");
    let absent: Vec<_> = document.descendants().filter(absent).collect();
    let names: Vec<_> = absent
        .iter()
        .filter_map(|node| node.attribute("data-plugin"))
        .collect();
    assert_eq!(names, ["audit::Audit", "stray"]);
    assert!(title(&absent[0]).contains("feature `audit` is not on"));
    for heading in [
        "Off in this build",
        "Linked, but not in the list of plugins",
    ] {
        assert!(picture.contains(heading), "{heading}");
    }
}

#[test]
fn an_application_without_plugins_has_a_picture() {
    let picture = svg(&description(Vec::new()));
    Document::parse(&picture).expect("it is XML");
}

#[test]
fn whatever_is_said_is_shown_as_it_is() {
    let said = "<b onload=\"x\"> & ]]> \u{1b}[0m \u{fffe} 'quoted' \u{4e2d}\u{6587}";
    let mut odd = plugin("odd");
    odd.description = said;
    odd.version = "1.0.0-<&>".to_owned();
    let picture = svg(&description(vec![odd]));
    let document = Document::parse(&picture).expect("it is XML");
    let shown = with(&document, "data-plugin")[0];
    let replaced = said.replace(['\u{1b}', '\u{fffe}'], "\u{fffd}");
    assert!(title(&shown).contains(&replaced), "{picture}");
    assert!(
        shown
            .descendants()
            .any(|node| node.text() == Some("1.0.0-<&> \u{b7} ready"))
    );
}

fn number(node: &Node<'_, '_>, attribute: &str) -> f64 {
    let value = node
        .attribute(attribute)
        .and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("`{attribute}` of {node:?} is a number"))
}

/// Plugins of random needs, and the ends of the edges that they make.
fn applications() -> impl Strategy<Value = (Description, BTreeSet<(String, String)>)> {
    let kinds = prop::sample::select(vec!["one", "optional", "many", "lazy", "requires"]);
    (1usize..30)
        .prop_flat_map(move |count| {
            let edge = (0..count, 0..count, kinds.clone(), any::<bool>());
            (Just(count), prop::collection::vec(edge, 0..2 * count))
        })
        .prop_map(|(count, edges)| {
            let name = |at: usize| -> &'static str { format!("plugin-{at}").leak() };
            let mut plugins: Vec<_> = (0..count).map(|at| plugin(name(at))).collect();
            let mut ends = BTreeSet::new();
            for (a, b, kind, by_service) in edges {
                let (from, to) = if kind == "lazy" {
                    (a, b)
                } else {
                    (a.max(b), a.min(b))
                };
                if from == to && kind != "lazy" {
                    continue;
                }
                ends.insert((plugins[from].name.to_owned(), plugins[to].name.to_owned()));
                let to_name = plugins[to].name;
                if kind == "requires" {
                    plugins[from].requires.push(to_name);
                    continue;
                }
                let service: Option<&'static str> =
                    by_service.then(|| format!("service-{to}").leak() as &str);
                if plugins[to].provides.is_empty() {
                    plugins[to].provides.extend(service);
                }
                plugins[from].injects.push(injects(kind, service, to_name));
            }
            (description(plugins), ends)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_application_has_a_picture_of_all_of_it((description, ends) in applications()) {
        let picture = svg(&description);
        prop_assert_eq!(&picture, &svg(&description), "it is the same each time");
        let document = Document::parse(&picture).expect("it is XML");
        let mut boxes: BTreeMap<&str, (f64, f64, f64, f64)> = BTreeMap::new();
        let (width, height) = (number(&document.root_element(), "width"), number(&document.root_element(), "height"));
        for shown in with(&document, "data-plugin") {
            let name = shown.attribute("data-plugin").unwrap_or_default();
            let card = shown.children().find(|node| node.attribute("class") == Some("card")).expect("it has a box");
            let of = (number(&card, "x"), number(&card, "y"), number(&card, "width"), number(&card, "height"));
            prop_assert!(of.0 >= 0.0 && of.1 >= 0.0 && of.0 + of.2 <= width && of.1 + of.3 <= height);
            prop_assert!(boxes.insert(name, of).is_none(), "{} is there twice", name);
        }
        prop_assert_eq!(boxes.len(), description.plugins.len());
        let all: Vec<_> = boxes.values().collect();
        for (at, a) in all.iter().enumerate() {
            for b in &all[at + 1..] {
                let apart = a.0 + a.2 <= b.0 || b.0 + b.2 <= a.0 || a.1 + a.3 <= b.1 || b.1 + b.3 <= a.1;
                prop_assert!(apart, "{:?} and {:?}", a, b);
            }
        }
        let drawn: BTreeSet<_> = with(&document, "data-from").iter().map(|tie| {
            let of = |name| tie.attribute(name).unwrap_or_default().to_owned();
            (of("data-from"), of("data-to"))
        }).collect();
        prop_assert_eq!(drawn, ends);
    }
}
