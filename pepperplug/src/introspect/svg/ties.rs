//! The lines between the boxes.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use super::layout::{Layout, Line, Point, Route};
use super::paint::{MARGIN, Painter};
use super::scene::{Scene, Tie};
use super::words::escape;
use crate::introspect::edges::Strength;

/// How long the head of an arrow is.
const HEAD: f64 = 7.0;
const COLOURS: usize = 6;

/// A piece of lines, as strong as the strongest of them.
struct Piece {
    strength: Strength,
    colour: usize,
    /// Where it ends in a head.
    head: Option<Head>,
}

#[derive(Clone, Copy)]
struct Head {
    tip: Point,
    to_the_right: bool,
}

/// Draws each piece once, however many lines share it; then, unseen, each line as a whole, to be pointed at.
pub(super) fn draw(painter: &mut Painter<'_>, top: f64) {
    let (scene, layout) = (painter.scene, painter.layout);
    let colours = colours(scene, layout);
    let mut pieces: BTreeMap<String, Piece> = BTreeMap::new();
    let mut ways = Vec::new();
    for (at, tie) in scene.ties.iter().enumerate() {
        let line = scene.chart.lines[at];
        let (paths, head) = paths(line, &layout.lines[at], top);
        ways.push(paths.concat());
        let last = paths.len() - 1;
        for (number, path) in paths.into_iter().enumerate() {
            let piece = pieces.entry(path).or_insert(Piece {
                strength: tie.strength,
                colour: colours[at],
                head: (number == last).then_some(head),
            });
            piece.strength = piece.strength.min(tie.strength);
        }
    }
    // What is weaker first, so that the stronger lies above.
    let mut pieces: Vec<(String, Piece)> = pieces.into_iter().collect();
    pieces.sort_by_key(|(_, piece)| Reverse(piece.strength));
    for (path, piece) in &pieces {
        draw_piece(painter, path, piece);
    }
    for ((tie, line), way) in scene.ties.iter().zip(&scene.chart.lines).zip(&ways) {
        draw_way(painter, tie, *line, way);
    }
}

fn draw_piece(painter: &mut Painter<'_>, path: &str, piece: &Piece) {
    let (colour, class) = (piece.colour, piece.strength.class());
    painter.put(format_args!(
        "<path class=\"tie c{colour} {class}\" d=\"{path}\"/>"
    ));
    if let Some(Head { tip, to_the_right }) = piece.head {
        let back = if to_the_right { -HEAD } else { HEAD };
        let (x, y) = (tip.x, tip.y);
        painter.put(format_args!(
            "<path class=\"head c{colour}\" d=\"M{x:.1} {y:.1}l{back} -3.6v7.2z\"/>"
        ));
    }
}

fn draw_way(painter: &mut Painter<'_>, tie: &Tie, line: Line, way: &str) {
    let cards = &painter.scene.cards;
    let (from, to) = (escape(&cards[line.from].name), escape(&cards[line.to].name));
    let (kind, tooltip) = (tie.strength.class(), escape(&tie.tooltip));
    painter.put(format_args!(
        "<g class=\"way\" data-from=\"{from}\" data-to=\"{to}\" data-kind=\"{kind}\"><title>{tooltip}</title>\
         <path d=\"{way}\"/></g>"
    ));
}

/// A line's pieces as SVG has them, and the head in which it ends.
fn paths(line: Line, route: &Route, top: f64) -> (Vec<String>, Head) {
    let place = |point: &Point| Point {
        x: point.x + MARGIN,
        y: point.y + top,
    };
    let mut points: Vec<Point> = route.0.iter().map(place).collect();
    let last = points.len() - 1;
    let head = Head {
        tip: points[last],
        to_the_right: line.from > line.to,
    };
    // It ends within its head, whose tip is narrower than it.
    points[last].x += if head.to_the_right {
        1.0 - HEAD
    } else {
        HEAD - 1.0
    };
    let path = |(number, ends): (usize, &[Point])| match (line.from == line.to, number % 2) {
        (true, _) => around(ends[0], ends[1]),
        (false, 0) => curve(ends[0], ends[1]),
        (false, _) => straight(ends[0], ends[1]),
    };
    (points.windows(2).enumerate().map(path).collect(), head)
}

/// Lines that end at the same place have one colour; those of neighbours differ.
fn colours(scene: &Scene, layout: &Layout) -> Vec<usize> {
    let end = |line: &Line| {
        let place = layout.boxes[line.to];
        (place.x as i64, place.y as i64, line.row)
    };
    let mut ends: Vec<_> = scene.chart.lines.iter().map(end).collect();
    ends.sort_unstable();
    ends.dedup();
    let colour = |line| ends.partition_point(|other| *other < end(line)) % COLOURS;
    scene.chart.lines.iter().map(colour).collect()
}

/// Level at both ends, and never beyond them.
fn curve(a: Point, b: Point) -> String {
    let middle = (a.x + b.x) / 2.0;
    through(a, middle, b)
}

fn straight(a: Point, b: Point) -> String {
    format!("M{:.1} {:.1}H{:.1}", a.x, a.y, b.x)
}

/// Out of a box and into it again.
fn around(a: Point, b: Point) -> String {
    through(a, a.x + 26.0, b)
}

fn through(a: Point, x: f64, b: Point) -> String {
    format!(
        "M{:.1} {:.1}C{x:.1} {:.1} {x:.1} {:.1} {:.1} {:.1}",
        a.x, a.y, a.y, b.y, b.x, b.y
    )
}
