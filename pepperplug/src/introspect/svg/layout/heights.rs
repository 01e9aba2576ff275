//! How far down each cell is: as near to the mean of what it is joined to as the order and the space between cells allow.

use super::{CellId, Chart, End, Grid};

const BETWEEN_BOXES: f64 = 14.0;
const BETWEEN_LANES: f64 = 9.0;
const BESIDE_A_BOX: f64 = 11.0;

const SWEEPS: usize = 16;

/// The top of each cell.
pub(super) fn heights(chart: &Chart, grid: &Grid, columns: &[Vec<CellId>]) -> Vec<f64> {
    let stack = Stack::new(chart, grid);
    let mut tops = vec![0.0; grid.cells.len()];
    for column in columns {
        let mut top = 0.0;
        for pair in column.windows(2) {
            top += stack.apart(pair[0], pair[1]);
            tops[pair[1]] = top;
        }
        // All columns have one middle at first.
        column.iter().for_each(|cell| tops[*cell] -= top / 2.0);
    }
    for sweep in 0..SWEEPS {
        // From side to side at first, then all by both sides.
        let sides = match (sweep < SWEEPS / 2, sweep % 2 == 0) {
            (true, true) => Sides::Right,
            (true, false) => Sides::Left,
            (false, _) => Sides::Both,
        };
        let mut order: Vec<&Vec<CellId>> = columns.iter().collect();
        if sweep % 2 == 1 {
            order.reverse();
        }
        order
            .into_iter()
            .for_each(|column| stack.settle(column, &mut tops, sides));
    }
    let top = tops.iter().copied().fold(f64::INFINITY, f64::min);
    // Whole pixels: lines are sharp.
    tops.iter().map(|own| (own - top).round()).collect()
}

#[derive(Clone, Copy)]
enum Sides {
    Left,
    Right,
    Both,
}

/// How a cell is joined to another: what the other's top would be, were this one's 0, and how strongly.
struct Pull {
    other: CellId,
    offset: f64,
    weight: f64,
}

/// Cells that push each other, and are moved as one.
struct Pool {
    mean: f64,
    weight: f64,
    cells: usize,
}

impl Pool {
    fn join(&mut self, other: &Self) {
        let weight = self.weight + other.weight;
        self.mean = (self.mean * self.weight + other.mean * other.weight) / weight;
        self.weight = weight;
        self.cells += other.cells;
    }
}

struct Stack<'a> {
    chart: &'a Chart,
    grid: &'a Grid,
    right: Vec<Vec<Pull>>,
    left: Vec<Vec<Pull>>,
}

impl<'a> Stack<'a> {
    fn new(chart: &'a Chart, grid: &'a Grid) -> Self {
        let none = || {
            core::iter::repeat_with(Vec::new)
                .take(grid.cells.len())
                .collect()
        };
        let mut stack = Self {
            chart,
            grid,
            right: none(),
            left: none(),
        };
        for link in grid.links.iter().flatten() {
            let offset = stack.port(link.right) - stack.port(link.left);
            // The longer a line, the more its being straight is worth.
            let lanes = [link.left, link.right];
            let lanes = lanes.iter().filter(|end| !grid.is_box(end.cell)).count();
            let weight = [1.0, 2.0, 8.0][lanes];
            stack.right[link.left.cell].push(Pull {
                other: link.right.cell,
                offset,
                weight,
            });
            stack.left[link.right.cell].push(Pull {
                other: link.left.cell,
                offset: -offset,
                weight,
            });
        }
        stack
    }

    fn port(&self, end: End) -> f64 {
        match end.row {
            Some(row) => self.chart.boxes[end.cell].rows[row],
            None => self.height(end.cell) / 2.0,
        }
    }

    fn height(&self, cell: CellId) -> f64 {
        match self.grid.is_box(cell) {
            true => self.chart.boxes[cell].height,
            false => 0.0,
        }
    }

    /// How far the top of a cell is at least from that of the one above.
    fn apart(&self, above: CellId, below: CellId) -> f64 {
        let between = match (self.grid.is_box(above), self.grid.is_box(below)) {
            (true, true) => BETWEEN_BOXES,
            (false, false) => BETWEEN_LANES,
            _ => BESIDE_A_BOX,
        };
        self.height(above) + between
    }

    /// Moves the cells of a column to where they are pulled. Of all ways that keep them apart this is the one with the
    /// least squares: pool adjacent violators, on tops from which the least distances are taken off.
    fn settle(&self, column: &[CellId], tops: &mut [f64], sides: Sides) {
        let mut pools: Vec<Pool> = Vec::with_capacity(column.len());
        let mut offsets = Vec::with_capacity(column.len());
        let mut offset = 0.0;
        for (place, cell) in column.iter().enumerate() {
            if place > 0 {
                offset += self.apart(column[place - 1], *cell);
            }
            offsets.push(offset);
            let (wanted, weight) = self.wanted(*cell, tops, sides);
            let mut pool = Pool {
                mean: wanted - offset,
                weight,
                cells: 1,
            };
            while pools.last().is_some_and(|above| above.mean > pool.mean) {
                let Some(above) = pools.pop() else { break };
                pool.join(&above);
            }
            pools.push(pool);
        }
        let means = pools
            .iter()
            .flat_map(|pool| core::iter::repeat_n(pool.mean, pool.cells));
        for ((cell, offset), mean) in column.iter().zip(offsets).zip(means) {
            tops[*cell] = mean + offset;
        }
    }

    /// Where a cell is pulled, and how strongly. One that is not pulled stays where it is, unless it is in the way.
    fn wanted(&self, cell: CellId, tops: &[f64], sides: Sides) -> (f64, f64) {
        let (mut sum, mut weight) = (0.0, 0.0);
        let pulls: &[&Vec<Pull>] = match sides {
            Sides::Left => &[&self.left[cell]],
            Sides::Right => &[&self.right[cell]],
            Sides::Both => &[&self.left[cell], &self.right[cell]],
        };
        for pull in pulls.iter().copied().flatten() {
            sum += (tops[pull.other] + pull.offset) * pull.weight;
            weight += pull.weight;
        }
        if weight == 0.0 {
            return (tops[cell], 0.01);
        }
        (sum / weight, weight)
    }
}
