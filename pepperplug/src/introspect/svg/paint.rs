//! A scene and its layout as SVG.

use core::fmt::{Arguments, Write};
use std::collections::BTreeMap;

use super::layout::{Layout, Point, Rect};
use super::legend;
use super::scene::{Card, HEADER, ROW, SIGN, Scene};
use super::words::{FONTS, escape};
use crate::introspect::edges::Strength;

pub(super) const MARGIN: f64 = 24.0;
/// The least width of the boxes that are set apart, which fill rows.
const LEAST_WIDTH: f64 = 640.0;
const HEAD: f64 = 7.0;
const COLOURS: usize = 6;

pub(super) struct Painter<'a> {
    scene: &'a Scene,
    layout: &'a Layout,
    body: String,
    width: f64,
    y: f64,
}

impl<'a> Painter<'a> {
    pub(super) fn new(scene: &'a Scene, layout: &'a Layout) -> Self {
        Self {
            scene,
            layout,
            body: String::new(),
            width: layout.width.max(LEAST_WIDTH),
            y: MARGIN,
        }
    }

    pub(super) fn paint(mut self) -> String {
        if !self.scene.cards.is_empty() {
            self.ties();
            for (card, place) in self.scene.cards.iter().zip(&self.layout.boxes) {
                let place = self.shifted(*place);
                self.card(card, place);
            }
            self.y += self.layout.height + MARGIN;
        }
        for (why, cards) in &self.scene.apart {
            self.heading(why);
            self.rows(cards);
        }
        self.legend();
        self.finish()
    }

    fn shifted(&self, of: Rect) -> Rect {
        Rect {
            x: of.x + MARGIN,
            y: of.y + self.y,
            ..of
        }
    }

    pub(super) fn put(&mut self, line: Arguments<'_>) {
        // Writing to a `String` does not fail.
        let _ = writeln!(self.body, "{line}");
    }

    /// Each piece once, however many share it, as strong as the strongest of them; then, unseen, each line as a whole, to
    /// be pointed at.
    fn ties(&mut self) {
        let (scene, layout, top) = (self.scene, self.layout, self.y);
        let colours = colours(scene, layout);
        let mut pieces: BTreeMap<String, (Strength, usize, Option<(Point, bool)>)> =
            BTreeMap::new();
        let mut ways = String::new();
        for (at, tie) in scene.ties.iter().enumerate() {
            let line = scene.chart.lines[at];
            let mut points: Vec<Point> = layout.lines[at]
                .0
                .iter()
                .map(|point| shift(*point, top))
                .collect();
            let Some(tip) = points.last().copied() else {
                continue;
            };
            let to_the_right = line.from > line.to;
            if let Some(last) = points.last_mut() {
                last.x += if to_the_right { -HEAD } else { HEAD };
            }
            let mut way = String::new();
            for (number, ends) in points.windows(2).enumerate() {
                let is_last = number + 2 == points.len();
                let piece = match (line.from == line.to, number % 2) {
                    (true, _) => around(ends[0], ends[1]),
                    (false, 0) => curve(ends[0], ends[1]),
                    (false, _) => straight(ends[0], ends[1]),
                };
                way.push_str(&piece);
                let entry = pieces.entry(piece);
                let (strength, _, _) = entry.or_insert((
                    tie.strength,
                    colours[at],
                    is_last.then_some((tip, to_the_right)),
                ));
                *strength = tie.strength.min(*strength);
            }
            let (from, to) = (&scene.cards[line.from].name, &scene.cards[line.to].name);
            // Writing to a `String` does not fail.
            let _ = writeln!(
                ways,
                "<g class=\"way\" data-from=\"{}\" data-to=\"{}\" data-kind=\"{}\"><title>{}</title><path d=\"{way}\"/></g>",
                escape(from),
                escape(to),
                tie.strength.class(),
                escape(&tie.tooltip),
            );
        }
        // What is weaker first, so that the stronger lies above.
        let mut pieces: Vec<_> = pieces.into_iter().collect();
        pieces.sort_by_key(|(_, (strength, ..))| core::cmp::Reverse(*strength));
        for (piece, (strength, colour, head)) in pieces {
            self.put(format_args!(
                "<path class=\"tie c{colour} {}\" d=\"{piece}\"/>",
                strength.class()
            ));
            if let Some((tip, to_the_right)) = head {
                self.head(tip, to_the_right, colour);
            }
        }
        self.body.push_str(&ways);
    }

    fn head(&mut self, tip: Point, to_the_right: bool, colour: usize) {
        let back = if to_the_right {
            -HEAD - 1.0
        } else {
            HEAD + 1.0
        };
        self.put(format_args!(
            "<path class=\"head c{colour}\" d=\"M{:.1} {:.1}l{back} -3.6v7.2z\"/>",
            tip.x, tip.y
        ));
    }

    fn card(&mut self, card: &Card, at: Rect) {
        let class = card
            .state
            .map_or("absent".to_owned(), |state| state.to_string());
        let optional = if card.optional { " may-fail" } else { "" };
        self.put(format_args!(
            "<g class=\"plugin {class}{optional}\" role=\"graphics-symbol\" data-plugin=\"{}\"><title>{}</title>",
            escape(&card.name), escape(&card.tooltip),
        ));
        self.put(format_args!(
            "<rect class=\"card\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"5\"/>",
            at.x, at.y, at.width, at.height,
        ));
        legend::sign(self, card.state, at.x + SIGN / 2.0, at.y + HEADER / 2.0);
        let x = at.x + SIGN;
        self.text("name", x, at.y + 17.0, &card.shown_name);
        self.text("detail", x, at.y + 31.0, &card.detail);
        for (row, service) in (0..).map(f64::from).zip(&card.services) {
            let y = at.y + HEADER + ROW * row;
            self.put(format_args!(
                "<path class=\"rule\" d=\"M{:.1} {y:.1}h{:.1}\"/>",
                at.x + 1.0,
                at.width - 2.0
            ));
            legend::service(self, at.x + SIGN / 2.0, y + ROW / 2.0);
            self.text("detail", x, y + ROW / 2.0 + 3.5, service);
        }
        self.put(format_args!("</g>"));
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(text)
        ));
    }

    fn heading(&mut self, text: &str) {
        self.y += 12.0;
        self.text("heading", MARGIN, self.y, text);
        self.y += 12.0;
    }

    /// Boxes of one width, from left to right and then in the next row.
    fn rows(&mut self, cards: &[Card]) {
        let width = cards.iter().map(|card| card.size.width).fold(0.0, f64::max);
        let in_row = (((self.width + 14.0) / (width + 14.0)) as usize).max(1);
        for row in cards.chunks(in_row) {
            let height = row.iter().map(|card| card.size.height).fold(0.0, f64::max);
            let mut x = MARGIN;
            for card in row {
                let place = Rect {
                    x,
                    y: self.y,
                    width,
                    height: card.size.height,
                };
                self.card(card, place);
                x += width + 14.0;
            }
            self.y += height + 14.0;
        }
        self.y += 8.0;
    }

    fn legend(&mut self) {
        self.y = legend::draw(self, self.scene, self.y, self.width);
    }

    fn finish(self) -> String {
        let (width, height) = (self.width + 2.0 * MARGIN, self.y + MARGIN / 2.0);
        let on = self
            .scene
            .all_cards()
            .filter(|card| card.state.is_some())
            .count();
        let off = self.scene.all_cards().count() - on;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" role=\"graphics-document document\" font-family=\"{FONTS}\">\n\
             <title>The plugins of an application</title>\n\
             <desc>{on} plugins and {} connections between them; {off} more that are not part of it. An arrow leads from a \
             plugin to what it needs. What is further right starts earlier.</desc>\n\
             <style>\n{}</style>\n\
             <rect class=\"back\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
            self.scene.ties.len(),
            include_str!("style.css"),
            self.body,
        )
    }
}

/// Lines that end at the same place have one colour; those of neighbours differ.
fn colours(scene: &Scene, layout: &Layout) -> Vec<usize> {
    let end = |at: usize| {
        let line = scene.chart.lines[at];
        let place = layout.boxes[line.to];
        (place.x as i64, place.y as i64, line.row)
    };
    let mut ends: Vec<_> = (0..scene.ties.len()).map(end).collect();
    ends.sort_unstable();
    ends.dedup();
    let colour = |at| ends.partition_point(|other| *other < end(at)) % COLOURS;
    (0..scene.ties.len()).map(colour).collect()
}

fn shift(point: Point, top: f64) -> Point {
    Point {
        x: point.x + MARGIN,
        y: point.y + top,
    }
}

/// Level at both ends, and never beyond them.
fn curve(a: Point, b: Point) -> String {
    let x = (a.x + b.x) / 2.0;
    format!(
        "M{:.1} {:.1}C{x:.1} {:.1} {x:.1} {:.1} {:.1} {:.1}",
        a.x, a.y, a.y, b.y, b.x, b.y
    )
}

fn straight(a: Point, b: Point) -> String {
    format!("M{:.1} {:.1}H{:.1}", a.x, a.y, b.x)
}

fn around(a: Point, b: Point) -> String {
    let x = a.x + 26.0;
    format!(
        "M{:.1} {:.1}C{x:.1} {:.1} {x:.1} {:.1} {:.1} {:.1}",
        a.x, a.y, a.y, b.y, b.x, b.y
    )
}
