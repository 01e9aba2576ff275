//! The signs of the picture, and what they mean.

use super::paint::{MARGIN, Painter};
use super::scene::{DETAIL, Scene};
use crate::introspect::edges::Strength;
use crate::lifecycle::PluginState;

/// Each state has a shape of its own, for those who do not see the colours, or print without.
pub(super) fn sign(painter: &mut Painter<'_>, state: Option<PluginState>, x: f64, y: f64) {
    let shape = match state {
        Some(PluginState::Registered) => "<circle r=\"5\"/>",
        Some(PluginState::Initializing) => {
            "<circle r=\"5\"/><path class=\"full\" d=\"M0 -5a5 5 0 0 1 0 10z\"/>"
        }
        Some(PluginState::Ready) => "<circle class=\"full\" r=\"5\"/>",
        Some(PluginState::Stopping) => {
            "<rect x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/><path class=\"full\" d=\"M-5 0h10v5h-10z\"/>"
        }
        Some(PluginState::Stopped) => {
            "<rect class=\"full\" x=\"-4.5\" y=\"-4.5\" width=\"9\" height=\"9\"/>"
        }
        Some(PluginState::Failed) => "<path d=\"M-5 -5l10 10m0 -10l-10 10\"/>",
        Some(PluginState::Skipped) => "<circle r=\"5.5\"/><path d=\"M-4 4l8 -8\"/>",
        None => "<path d=\"M-5 0h10\"/>",
    };
    painter.put(format_args!(
        "<g class=\"sign\" transform=\"translate({x:.1} {y:.1})\">{shape}</g>"
    ));
}

pub(super) fn service(painter: &mut Painter<'_>, x: f64, y: f64) {
    painter.put(format_args!(
        "<path class=\"service\" d=\"M{x:.1} {:.1}l4.5 4.5l-4.5 4.5l-4.5 -4.5z\"/>",
        y - 4.5
    ));
}

enum Entry {
    State(PluginState),
    Tie(Strength),
    Service,
}

impl Entry {
    fn text(&self) -> String {
        match self {
            Self::State(state) => state.to_string(),
            Self::Tie(Strength::Ordered) => "needs; the other is ready first".to_owned(),
            Self::Tie(Strength::Optional) => "uses it where it is there".to_owned(),
            Self::Tie(Strength::Lazy) => "looks it up on first use".to_owned(),
            Self::Service => "a service that the plugin provides".to_owned(),
        }
    }
}

/// Draws what is to be said of this picture from `y` on, in rows no wider than `width`, and says where it ends.
pub(super) fn draw(painter: &mut Painter<'_>, scene: &Scene, y: f64, width: f64) -> f64 {
    const SIGN: f64 = 34.0;
    let (mut x, mut y) = (MARGIN, y + 12.0);
    for entry in entries(scene) {
        let text = entry.text();
        let wide = SIGN + DETAIL.width_of(&text) + 20.0;
        if x > MARGIN && x + wide > MARGIN + width {
            (x, y) = (MARGIN, y + 20.0);
        }
        match &entry {
            Entry::State(state) => {
                painter.put(format_args!("<g class=\"{state}\">"));
                sign(painter, Some(*state), x + 14.0, y);
                painter.put(format_args!("</g>"));
            }
            Entry::Tie(strength) => painter.put(format_args!(
                "<path class=\"tie c5 {}\" d=\"M{x:.1} {y:.1}h22\"/><path class=\"head c5\" d=\"M{:.1} {y:.1}l-8 -3.6v7.2z\"/>",
                strength.class(), x + 29.0,
            )),
            Entry::Service => service(painter, x + 14.0, y),
        }
        painter.text("note", x + SIGN, y + 3.5, &text);
        x += wide;
    }
    y += 20.0;
    painter.text(
        "note",
        MARGIN,
        y + 3.5,
        "An arrow leads from a plugin to what it needs. What is further right starts earlier.",
    );
    y + 14.0
}

/// What there is in this picture, and nothing else.
fn entries(scene: &Scene) -> Vec<Entry> {
    let mut states: Vec<PluginState> = scene.all_cards().filter_map(|card| card.state).collect();
    states.sort_unstable_by_key(|state| *state as u8);
    states.dedup();
    let mut strengths: Vec<Strength> = scene.ties.iter().map(|tie| tie.strength).collect();
    strengths.sort_unstable();
    strengths.dedup();
    let services = scene.all_cards().any(|card| !card.services.is_empty());
    let states = states.into_iter().map(Entry::State);
    let ties = strengths.into_iter().map(Entry::Tie);
    states
        .chain(ties)
        .chain(services.then_some(Entry::Service))
        .collect()
}
