//! A scene and its layout as SVG.

use core::fmt::{Arguments, Write};

use super::layout::{Layout, Rect};
use super::scene::{Card, HEADER, ROW, SIGN, Scene};
use super::words::{FONTS, escape};
use super::{legend, ties};

pub(super) const MARGIN: f64 = 24.0;
/// The least width of the boxes that are set apart, which fill rows.
const LEAST_WIDTH: f64 = 640.0;

pub(super) struct Painter<'a> {
    pub(super) scene: &'a Scene,
    pub(super) layout: &'a Layout,
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
            let top = self.y;
            ties::draw(&mut self, top);
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
