//! The coordinates of columns, and the lines from box to box along their lanes.

use super::{CellId, Chart, Grid, Layout, Line, Link, Point, Rect, Route};

/// The least and the most that is between two columns.
const GAP: (f64, f64) = (54.0, 190.0);
/// How far apart lines leave a box.
const PORTS: f64 = 7.0;

/// A column from left to right.
#[derive(Clone, Copy, Default)]
struct Span {
    x: f64,
    width: f64,
}

pub(super) fn layout(chart: &Chart, grid: &Grid, columns: &[Vec<CellId>], tops: &[f64]) -> Layout {
    let (spans, width) = spans(chart, grid, columns, tops);
    let boxes: Vec<Rect> = (chart.boxes.iter().enumerate())
        .map(|(at, size)| {
            let span = spans[grid.cells[at].column];
            Rect {
                x: span.x,
                y: tops[at],
                width: span.width,
                height: size.height,
            }
        })
        .collect();
    let ports = ports(chart, grid, tops);
    let router = Router {
        chart,
        grid,
        tops,
        spans: &spans,
        boxes: &boxes,
    };
    let lines = (chart.lines.iter().zip(ports)).map(|(line, port)| router.route(*line, port));
    let lines = lines.collect();
    let bottoms = (tops.iter().enumerate()).map(|(cell, top)| match chart.boxes.get(cell) {
        Some(size) => top + size.height,
        None => *top,
    });
    Layout {
        height: bottoms.fold(0.0, f64::max),
        boxes,
        lines,
        width,
    }
}

/// The columns from the left, with more space between two where lines are steep.
fn spans(chart: &Chart, grid: &Grid, columns: &[Vec<CellId>], tops: &[f64]) -> (Vec<Span>, f64) {
    let mut spans = vec![Span::default(); columns.len()];
    let mut x = 0.0;
    for (at, column) in columns.iter().enumerate().rev() {
        let boxes = column.iter().filter(|cell| grid.is_box(**cell));
        let width = boxes
            .map(|cell| chart.boxes[*cell].width)
            .fold(0.0, f64::max);
        spans[at] = Span { x, width };
        x += width;
        if at > 0 {
            let rise = |link: &Link| (tops[link.left.cell] - tops[link.right.cell]).abs();
            let steepest = grid.links[at - 1].iter().map(rise).fold(0.0, f64::max);
            x += (steepest / 4.0).round().clamp(GAP.0, GAP.1);
        }
    }
    (spans, x)
}

/// How far down each line leaves its box: in the order of where they go, so that they do not cross right away.
fn ports(chart: &Chart, grid: &Grid, tops: &[f64]) -> Vec<f64> {
    let goes_to = |line: &Line| match grid.lanes_of(*line).first() {
        Some(lane) => tops[*lane],
        None => tops[line.to] + chart.boxes[line.to].rows[line.row],
    };
    let side = |at: &usize| {
        let line = &chart.lines[*at];
        (line.from, line.from > line.to)
    };
    let mut lines: Vec<usize> = (0..chart.lines.len())
        .filter(|at| chart.lines[*at].from != chart.lines[*at].to)
        .collect();
    lines.sort_by(|a, b| {
        let by_height = goes_to(&chart.lines[*a]).total_cmp(&goes_to(&chart.lines[*b]));
        side(a).cmp(&side(b)).then(by_height)
    });
    let mut ports = vec![0.0; chart.lines.len()];
    for of_side in lines.chunk_by(|a, b| side(a) == side(b)) {
        let from = chart.lines[of_side[0]].from;
        let height = chart.boxes[from].height;
        let apart = PORTS.min((height - 8.0) / of_side.len() as f64);
        let first = tops[from] + height / 2.0 - apart * (of_side.len() - 1) as f64 / 2.0;
        for (place, line) in of_side.iter().enumerate() {
            ports[*line] = first + apart * place as f64;
        }
    }
    ports
}

struct Router<'a> {
    chart: &'a Chart,
    grid: &'a Grid,
    tops: &'a [f64],
    spans: &'a [Span],
    boxes: &'a [Rect],
}

impl Router<'_> {
    fn route(&self, line: Line, port: f64) -> Route {
        let (from, to) = (self.boxes[line.from], self.boxes[line.to]);
        let row = to.y + self.chart.boxes[line.to].rows[line.row];
        if line.from == line.to {
            return Route(around(to, row));
        }
        let to_the_right = line.from > line.to;
        let (leaves, arrives) = match to_the_right {
            true => (from.x + from.width, to.x),
            false => (from.x, to.x + to.width),
        };
        let mut points = vec![Point { x: leaves, y: port }];
        for lane in self.grid.lanes_of(line) {
            let span = self.spans[self.grid.cells[lane].column];
            let (left, right) = (span.x, span.x + span.width);
            let y = self.tops[lane];
            let (enters, leaves) = match to_the_right {
                true => (left, right),
                false => (right, left),
            };
            points.extend([Point { x: enters, y }, Point { x: leaves, y }]);
        }
        points.push(Point { x: arrives, y: row });
        Route(points)
    }
}

/// Out of a box and into it again, on its right.
fn around(own: Rect, row: f64) -> Vec<Point> {
    let x = own.x + own.width;
    let y = own.y + own.height - 5.0;
    vec![Point { x, y }, Point { x, y: row }]
}
