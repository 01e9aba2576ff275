//! What the picture shows of a description: boxes with their texts, and lines with what they stand for.

use std::collections::BTreeMap;

use super::layout::{Chart, Line, Size};
use super::words::Font;
use crate::introspect::description::{Description, PluginDescription};
use crate::introspect::edges::{Edge, Strength};
use crate::lifecycle::PluginState;

pub(super) const NAME: Font = Font::Bold(12.0);
pub(super) const DETAIL: Font = Font::Regular(10.0);
/// What is left of the texts: the sign of the state.
pub(super) const SIGN: f64 = 28.0;
pub(super) const HEADER: f64 = 40.0;
pub(super) const ROW: f64 = 17.0;
const WIDEST_TEXT: f64 = 230.0;
const PADDING: f64 = 10.0;

/// A plugin, or what would be one in another build.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) shown_name: String,
    pub(super) detail: String,
    /// What is shown where it is pointed at.
    pub(super) tooltip: String,
    pub(super) state: Option<PluginState>,
    pub(super) optional: bool,
    pub(super) services: Vec<String>,
    pub(super) size: Size,
}

/// All that joins one plugin to one place of another.
#[derive(Debug)]
pub(super) struct Tie {
    pub(super) strength: Strength,
    pub(super) tooltip: String,
}

#[derive(Debug, Default)]
pub(super) struct Scene {
    /// Those of the chart, in its order.
    pub(super) cards: Vec<Card>,
    pub(super) ties: Vec<Tie>,
    pub(super) chart: Chart,
    /// Boxes that no line leads to or from, by why they are apart.
    pub(super) apart: Vec<(&'static str, Vec<Card>)>,
}

impl Scene {
    pub(super) fn new(description: &Description) -> Self {
        let plugins = &description.plugins;
        let ties = ties(plugins);
        let mut is_tied = vec![false; plugins.len()];
        for line in ties.keys() {
            is_tied[line.from] = true;
            is_tied[line.to] = true;
        }
        let mut scene = Self::default();
        let mut alone = Vec::new();
        let mut moved = vec![0; plugins.len()];
        for (at, plugin) in plugins.iter().enumerate() {
            let card = Card::of_plugin(plugin);
            if is_tied[at] {
                moved[at] = scene.cards.len();
                scene.chart.boxes.push(card.size.clone());
                scene.cards.push(card);
            } else {
                alone.push(card);
            }
        }
        for (line, tie) in ties {
            let (from, to) = (moved[line.from], moved[line.to]);
            scene.chart.lines.push(Line { from, to, ..line });
            scene.ties.push(tie);
        }
        scene.set_apart("Plugins that need no other, and that no other needs", alone);
        let off = description.off.iter();
        scene.set_apart(
            "Off in this build",
            off.map(|off| Card::absent(off.path, &off.why.text))
                .collect(),
        );
        let unlisted = description.unlisted.iter();
        scene.set_apart(
            "Linked, but not in the list of plugins",
            unlisted
                .map(|plugin| Card::absent(plugin.name, &plugin.path))
                .collect(),
        );
        scene
    }

    fn set_apart(&mut self, why: &'static str, cards: Vec<Card>) {
        if !cards.is_empty() {
            self.apart.push((why, cards));
        }
    }

    pub(super) fn all_cards(&self) -> impl Iterator<Item = &Card> {
        let apart = self.apart.iter().flat_map(|(_, cards)| cards);
        self.cards.iter().chain(apart)
    }
}

/// What joins the plugins, by their places in the description.
fn ties(plugins: &[PluginDescription]) -> BTreeMap<Line, Tie> {
    let places: BTreeMap<&str, usize> = (plugins.iter().enumerate())
        .map(|(at, plugin)| (plugin.name, at))
        .collect();
    let mut ties: BTreeMap<Line, Tie> = BTreeMap::new();
    for (from, plugin) in plugins.iter().enumerate() {
        for edge in Edge::all_of(plugin) {
            let Some(&to) = places.get(edge.to) else {
                continue;
            };
            let service = edge.service().and_then(|service| {
                let mut provides = plugins[to].provides.iter();
                provides.position(|other| *other == service)
            });
            let line = Line {
                from,
                to,
                row: service.map_or(0, |at| at + 1),
            };
            let tie = ties.entry(line).or_insert_with(|| Tie {
                strength: edge.strength,
                tooltip: format!("{} \u{2192} {}", plugin.name, edge.to),
            });
            tie.strength = tie.strength.min(edge.strength);
            tie.tooltip.push('\n');
            tie.tooltip.push_str(&edge.label());
        }
    }
    ties
}

impl Card {
    fn of_plugin(plugin: &PluginDescription) -> Self {
        let mut detail = format!("{} \u{b7} {}", plugin.version, plugin.state);
        if plugin.optional {
            detail.push_str(" \u{b7} optional");
        }
        let services = plugin.provides.iter();
        Self {
            state: Some(plugin.state),
            optional: plugin.optional,
            tooltip: tooltip(plugin),
            services: services
                .map(|service| DETAIL.fit(service, WIDEST_TEXT))
                .collect(),
            ..Self::absent(plugin.name, &detail)
        }
        .measured()
    }

    fn absent(name: &str, detail: &str) -> Self {
        Self {
            name: name.to_owned(),
            shown_name: NAME.fit(name, WIDEST_TEXT),
            detail: DETAIL.fit(detail, WIDEST_TEXT),
            tooltip: format!("{name}\n{detail}"),
            state: None,
            optional: false,
            services: Vec::new(),
            size: Size {
                width: 0.0,
                height: 0.0,
                rows: Vec::new(),
            },
        }
        .measured()
    }

    fn measured(mut self) -> Self {
        // As wide as the widest text; a service stands behind its sign.
        let services = self.services.iter();
        let services = services.map(|service| DETAIL.width_of(service) + 2.0);
        let texts = [
            NAME.width_of(&self.shown_name),
            DETAIL.width_of(&self.detail),
        ];
        let widest = services.chain(texts).fold(0.0, f64::max);
        let count = self.services.len();
        let rows = (0..count).map(|at| HEADER + ROW * (at as f64 + 0.5));
        self.size = Size {
            width: (SIGN + widest + PADDING).ceil(),
            height: HEADER + ROW * count as f64,
            rows: core::iter::once(HEADER / 2.0).chain(rows).collect(),
        };
        self
    }
}

fn tooltip(plugin: &PluginDescription) -> String {
    let mut lines = vec![format!("{} {}", plugin.name, plugin.version)];
    if !plugin.description.is_empty() {
        lines.push(plugin.description.to_owned());
    }
    lines.push(format!("{}, {}", plugin.path, plugin.location));
    lines.push(plugin.why.text.clone());
    lines.push(match &plugin.reason {
        Some(reason) => format!("{}: {reason}", plugin.state),
        None => plugin.state.to_string(),
    });
    for (word, names) in [
        ("requires", &plugin.requires),
        ("provides", &plugin.provides),
        ("injected into", &plugin.injected_into),
    ] {
        if !names.is_empty() {
            lines.push(format!("{word} {}", names.join(", ")));
        }
    }
    lines.join("\n")
}
