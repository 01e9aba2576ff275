//! Where boxes and lines go: columns of boxes, joined by lines that cross no box.
//!
//! The steps are those of Sugiyama: columns, the order within each, coordinates. No crate is used for them: this is part of
//! the default build, which no dependency is to grow, and it is the lanes below, which depend on what the lines stand for,
//! that keep a picture of fifty plugins legible.
//!
//! # What holds of each layout
//!
//! 1. A column holds boxes of one width and lanes, none of which overlap. A lane is where a line passes the column.
//! 2. Between two columns a line only moves forward, from a box or lane of one to a box or lane of the next. In a column it
//!    runs straight along its lane. So no line crosses a box.
//! 3. The lines that end at the same place share their lanes: they meet once, and stay together until they arrive. Where a
//!    line is going never depends on which of them it is.

mod columns;
mod heights;
mod order;
mod routes;

use std::collections::BTreeMap;

/// What is to be laid out.
#[derive(Debug, Default)]
pub(super) struct Chart {
    /// The later one starts, the further left it goes.
    pub(super) boxes: Vec<Size>,
    pub(super) lines: Vec<Line>,
}

#[derive(Debug, Clone)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
    /// How far below its top each place is where lines arrive.
    pub(super) rows: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it arrives.
    pub(super) row: usize,
}

/// Where everything is; boxes and lines as in the chart.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) boxes: Vec<Rect>,
    pub(super) lines: Vec<Route>,
    pub(super) width: f64,
    pub(super) height: f64,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// From one point to the next, by turns a curve between two columns and a straight line along a lane.
#[derive(Debug, Clone)]
pub(super) struct Route(pub(super) Vec<Point>);

/// Computes the layout. The same chart has the same layout.
pub(super) fn layout(chart: &Chart) -> Layout {
    let grid = Grid::new(chart, &columns::columns(chart));
    let columns = order::order(chart, &grid);
    let tops = heights::heights(chart, &grid, &columns);
    routes::layout(chart, &grid, &columns, &tops)
}

/// Lines that end at the same place, from the same side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bundle {
    to: usize,
    row: usize,
    /// Whether it comes from the boxes that start later. Only a lazy edge does not.
    from_later: bool,
}

impl Bundle {
    fn of(line: Line) -> Self {
        Self {
            to: line.to,
            row: line.row,
            from_later: line.from > line.to,
        }
    }
}

/// A box or a lane, by its place in [`Grid::cells`].
type CellId = usize;

#[derive(Debug, Clone, Copy)]
struct Cell {
    column: usize,
    /// None for a box, whose number is that of its cell.
    lane: Option<Bundle>,
}

/// A piece of a line between two columns; `right` is in the column before that of `left`.
#[derive(Debug, Clone, Copy)]
struct Link {
    left: End,
    right: End,
}

#[derive(Debug, Clone, Copy)]
struct End {
    cell: CellId,
    /// The row of a box that it arrives at; none where it leaves a box, and at a lane.
    row: Option<usize>,
}

/// Boxes and lanes by column, the rightmost one first, and what joins them.
#[derive(Debug)]
struct Grid {
    cells: Vec<Cell>,
    lanes: BTreeMap<(Bundle, usize), CellId>,
    /// By the column of the right end.
    links: Vec<Vec<Link>>,
    columns: usize,
}

impl Grid {
    fn new(chart: &Chart, column_of: &[usize]) -> Self {
        let columns = column_of.iter().max().map_or(0, |last| last + 1);
        let cells = column_of.iter().map(|&column| Cell { column, lane: None });
        let mut grid = Self {
            cells: cells.collect(),
            lanes: BTreeMap::new(),
            links: vec![Vec::new(); columns],
            columns,
        };
        for line in &chart.lines {
            if line.from != line.to {
                grid.add(*line);
            }
        }
        grid
    }

    /// Adds the lanes of a line that are not there yet, and its pieces up to where it meets others.
    fn add(&mut self, line: Line) {
        let mut at = End {
            cell: line.from,
            row: None,
        };
        loop {
            let (next, is_new) = self.step(line, at.cell);
            let (left, right) = match line.from > line.to {
                true => (at, next),
                false => (next, at),
            };
            let column = self.cells[right.cell].column;
            self.links[column].push(Link { left, right });
            if !is_new {
                return;
            }
            at = next;
        }
    }

    /// What comes after `cell` on a line's way, and whether it is a lane that was not there before.
    fn step(&mut self, line: Line, cell: CellId) -> (End, bool) {
        let bundle = Bundle::of(line);
        let column = match bundle.from_later {
            true => self.cells[cell].column - 1,
            false => self.cells[cell].column + 1,
        };
        if column == self.cells[line.to].column {
            let row = Some(line.row);
            return (End { cell: line.to, row }, false);
        }
        let count = self.cells.len();
        let lane = *self.lanes.entry((bundle, column)).or_insert(count);
        if lane == count {
            let lane = Some(bundle);
            self.cells.push(Cell { column, lane });
        }
        let end = End {
            cell: lane,
            row: None,
        };
        (end, lane == count)
    }

    /// The lanes of a line, from its beginning on.
    fn lanes_of(&self, line: Line) -> Vec<CellId> {
        let (from, to) = (self.cells[line.from].column, self.cells[line.to].column);
        let bundle = Bundle::of(line);
        let lane = |column| self.lanes.get(&(bundle, column)).copied();
        match bundle.from_later {
            true => (to + 1..from).rev().filter_map(lane).collect(),
            false => (from + 1..to).filter_map(lane).collect(),
        }
    }

    fn is_box(&self, cell: CellId) -> bool {
        self.cells[cell].lane.is_none()
    }
}

#[cfg(test)]
mod tests;
