//! The order within each column, so that lines cross little: sweeps that put each cell at the mean of what it is joined to,
//! and swaps of neighbours.

use super::{CellId, Chart, End, Grid, Link};

/// Sweeps in both directions, and back.
const SWEEPS: usize = 24;

/// With more cells than this nobody looks at the picture as a whole, and it takes as long as it is good.
const MANY: usize = 20_000;
const SWEEPS_OF_MANY: usize = 4;

/// The cells of each column, from top to bottom.
pub(super) fn order(chart: &Chart, grid: &Grid) -> Vec<Vec<CellId>> {
    let sorter = Sorter::new(chart, grid);
    let mut best = sorter.first();
    let mut fewest = sorter.crossings(&best);
    let mut columns = best.clone();
    let sweeps = if grid.cells.len() > MANY {
        SWEEPS_OF_MANY
    } else {
        SWEEPS
    };
    for sweep in 0..sweeps {
        if fewest == 0 {
            break;
        }
        sorter.sweep(&mut columns, sweep % 2 == 0);
        // Swaps help most where the sweeps have settled, and cost more than they do.
        if sweep >= SWEEPS / 2 {
            sorter.swap_neighbours(&mut columns);
        }
        let crossings = sorter.crossings(&columns);
        if crossings < fewest {
            (fewest, best) = (crossings, columns.clone());
        }
    }
    best
}

struct Sorter<'a> {
    chart: &'a Chart,
    grid: &'a Grid,
    /// Of each cell, what it is joined to: in the column right of it, and left of it.
    right: Vec<Vec<(Option<usize>, End)>>,
    left: Vec<Vec<(Option<usize>, End)>>,
}

impl<'a> Sorter<'a> {
    fn new(chart: &'a Chart, grid: &'a Grid) -> Self {
        let mut right = vec![Vec::new(); grid.cells.len()];
        let mut left = right.clone();
        for link in grid.links.iter().flatten() {
            right[link.left.cell].push((link.left.row, link.right));
            left[link.right.cell].push((link.right.row, link.left));
        }
        Self {
            chart,
            grid,
            right,
            left,
        }
    }

    /// Each column by what it is joined to on its right. Where that does not decide, lanes are in the middle: so the boxes
    /// left of it, which it is in the middle of, do not stand ever further down.
    fn first(&self) -> Vec<Vec<CellId>> {
        let mut columns = vec![Vec::new(); self.grid.columns];
        for (cell, of) in self.grid.cells.iter().enumerate() {
            let column: &mut Vec<CellId> = &mut columns[of.column];
            match of.lane {
                None => column.push(cell),
                Some(_) => column.insert(column.len() / 2, cell),
            }
        }
        self.sweep(&mut columns, true);
        columns
    }

    fn sweep(&self, columns: &mut [Vec<CellId>], to_the_left: bool) {
        let mut places = self.places(columns);
        let count = columns.len();
        for step in 1..count {
            let (at, joined) = match to_the_left {
                true => (step, &self.right),
                false => (count - 1 - step, &self.left),
            };
            let mean = |cell: &CellId| {
                let ends = &joined[*cell];
                match ends.len() {
                    0 => places[*cell] as f64,
                    some => {
                        let sum: f64 = ends.iter().map(|(_, end)| self.place(&places, *end)).sum();
                        sum / some as f64
                    }
                }
            };
            let mut keyed: Vec<(f64, CellId)> =
                columns[at].iter().map(|cell| (mean(cell), *cell)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (place, (_, cell)) in keyed.into_iter().enumerate() {
                columns[at][place] = cell;
                places[cell] = place;
            }
        }
    }

    fn places(&self, columns: &[Vec<CellId>]) -> Vec<usize> {
        let mut places = vec![0; self.grid.cells.len()];
        for column in columns {
            for (place, cell) in column.iter().enumerate() {
                places[*cell] = place;
            }
        }
        places
    }

    /// Between that of its cell and the next one, by the row.
    fn place(&self, places: &[usize], end: End) -> f64 {
        let row = end.row.map_or(0.5, |row| {
            let rows = self.chart.boxes[end.cell].rows.len();
            (row + 1) as f64 / (rows + 1) as f64
        });
        places[end.cell] as f64 + row
    }

    fn crossings(&self, columns: &[Vec<CellId>]) -> u64 {
        let places = self.places(columns);
        let between = |links: &Vec<Link>| {
            let place = |end| self.place(&places, end);
            let mut ends: Vec<(f64, f64)> = links
                .iter()
                .map(|link| (place(link.left), place(link.right)))
                .collect();
            ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let mut right: Vec<f64> = ends.iter().map(|(_, right)| *right).collect();
            right.sort_by(f64::total_cmp);
            right.dedup();
            inversions(
                ends.iter()
                    .map(|(_, at)| right.partition_point(|other| other < at)),
                right.len(),
            )
        };
        self.grid.links.iter().map(between).sum()
    }

    /// Swaps neighbours where that makes fewer crossings.
    fn swap_neighbours(&self, columns: &mut [Vec<CellId>]) {
        let mut places = self.places(columns);
        for column in columns {
            for above in 1..column.len() {
                let (a, b) = (column[above - 1], column[above]);
                let cross = |a: CellId, b: CellId| -> usize {
                    [&self.right, &self.left]
                        .iter()
                        .map(|joined| self.crossed(&places, &joined[a], &joined[b]))
                        .sum()
                };
                if cross(b, a) < cross(a, b) {
                    column.swap(above - 1, above);
                    places.swap(a, b);
                }
            }
        }
    }

    /// How many of the lines of one cell cross those of another that is below it.
    fn crossed(
        &self,
        places: &[usize],
        above: &[(Option<usize>, End)],
        below: &[(Option<usize>, End)],
    ) -> usize {
        let below: Vec<f64> = (below.iter())
            .map(|(_, end)| self.place(places, *end))
            .collect();
        let crossed = |(_, end): &(Option<usize>, End)| {
            let place = self.place(places, *end);
            below.iter().filter(|below| **below < place).count()
        };
        above.iter().map(crossed).sum()
    }
}

/// How many pairs of a sequence of numbers below `count` are out of order, by a Fenwick tree.
fn inversions(sequence: impl Iterator<Item = usize>, count: usize) -> u64 {
    let mut tree = vec![0u64; count + 1];
    let mut inversions = 0;
    for (seen, value) in (0u64..).zip(sequence) {
        let mut not_larger = 0;
        let mut at = value + 1;
        while at > 0 {
            not_larger += tree[at];
            at &= at - 1;
        }
        inversions += seen - not_larger;
        let mut at = value + 1;
        while at <= count {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    inversions
}
