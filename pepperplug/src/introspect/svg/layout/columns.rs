//! Which column each box is in: right of all that need it, left of all that it needs, and no column too long.

use std::collections::BTreeMap;

use super::{Bundle, Chart};

/// With more boxes than this nobody looks at the picture as a whole, and moving each to where its lines are shortest would
/// take long.
const MOST_TO_MOVE: usize = 1_000;

/// The column of each box; the first is the rightmost.
pub(super) fn columns(chart: &Chart) -> Vec<usize> {
    let order = Order::new(chart);
    let capacity = capacity(chart.boxes.len());
    let mut columns = order.fill(capacity);
    if chart.boxes.len() <= MOST_TO_MOVE {
        Shorten::new(chart, &order, capacity).run(&mut columns);
    }
    without_gaps(&mut columns);
    columns
}

/// How many boxes a column takes, so that the whole is about as high as it is wide: a box and the space around it are three
/// times as wide as high.
fn capacity(boxes: usize) -> usize {
    let wanted = boxes * 5 / 2;
    let root = (6..).find(|root| root * root >= wanted);
    root.unwrap_or(wanted)
}

/// What must be further right than what.
struct Order {
    /// Those that are further right: they start earlier.
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Order {
    fn new(chart: &Chart) -> Self {
        let count = chart.boxes.len();
        let (mut before, mut after) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for line in &chart.lines {
            let (first, second) = (line.from.min(line.to), line.from.max(line.to));
            if first != second {
                before[second].push(first);
                after[first].push(second);
            }
        }
        Self { before, after }
    }

    /// Fills one column after the other with boxes all of whose predecessors are in earlier ones. Where there are more than
    /// the column takes, those come first that the longest chain hangs on (Coffman and Graham's idea).
    fn fill(&self, capacity: usize) -> Vec<usize> {
        let count = self.before.len();
        let mut chain = vec![0usize; count];
        for at in (0..count).rev() {
            let longest = self.after[at].iter().map(|&next| chain[next] + 1).max();
            chain[at] = longest.unwrap_or_default();
        }
        let mut waits: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut columns = vec![0; count];
        let mut ready: Vec<usize> = (0..count).filter(|&at| waits[at] == 0).collect();
        for column in 0.. {
            if ready.is_empty() {
                break;
            }
            ready.sort_by_key(|&at| (core::cmp::Reverse(chain[at]), at));
            let rest = ready.split_off(capacity.min(ready.len()));
            let placed = core::mem::replace(&mut ready, rest);
            for at in placed {
                columns[at] = column;
                for &next in &self.after[at] {
                    waits[next] -= 1;
                    if waits[next] == 0 {
                        ready.push(next);
                    }
                }
            }
        }
        columns
    }
}

/// Moves boxes to where the lanes are fewest.
struct Shorten<'a> {
    order: &'a Order,
    capacity: usize,
    /// The boxes that the lines of each bundle come from.
    bundles: Vec<(Bundle, Vec<usize>)>,
    /// The bundles that each box is an end of.
    bundles_of: Vec<Vec<usize>>,
}

impl<'a> Shorten<'a> {
    fn new(chart: &Chart, order: &'a Order, capacity: usize) -> Self {
        let mut bundles: BTreeMap<Bundle, Vec<usize>> = BTreeMap::new();
        for line in chart.lines.iter().filter(|line| line.from != line.to) {
            bundles
                .entry(Bundle::of(*line))
                .or_default()
                .push(line.from);
        }
        let bundles: Vec<_> = bundles.into_iter().collect();
        let mut bundles_of = vec![Vec::new(); chart.boxes.len()];
        for (at, (bundle, from)) in bundles.iter().enumerate() {
            bundles_of[bundle.to].push(at);
            from.iter().for_each(|from| bundles_of[*from].push(at));
        }
        Self {
            order,
            capacity,
            bundles,
            bundles_of,
        }
    }

    fn run(&self, columns: &mut [usize]) {
        let last = columns.iter().max().copied().unwrap_or_default();
        let mut held = vec![0usize; last + 1];
        columns.iter().for_each(|&column| held[column] += 1);
        for _ in 0..8 {
            let mut moved = false;
            for at in 0..columns.len() {
                let best = self.best(columns, &held, at, last);
                let now = core::mem::replace(&mut columns[at], best);
                held[now] -= 1;
                held[best] += 1;
                moved |= now != best;
            }
            if !moved {
                break;
            }
        }
    }

    /// The best column of a box while all others stay where they are: fewest lanes, then the emptier column.
    fn best(&self, columns: &mut [usize], held: &[usize], at: usize, last: usize) -> usize {
        let before = self.order.before[at].iter().map(|&box_| columns[box_] + 1);
        let after = self.order.after[at].iter().map(|&box_| columns[box_] - 1);
        let (low, high) = (before.max().unwrap_or(0), after.min().unwrap_or(last));
        let now = columns[at];
        let mut cost = |column: &usize| {
            let column = *column;
            columns[at] = column;
            let lanes: usize = self.bundles_of[at]
                .iter()
                .map(|&bundle| self.lanes(bundle, columns))
                .sum();
            let others = held[column] - usize::from(column == now);
            (lanes, others, column != now)
        };
        let has_room = |column: &usize| *column == now || held[*column] < self.capacity;
        let mut candidates: Vec<usize> = (low..=high).filter(has_room).collect();
        candidates.sort_by_cached_key(&mut cost);
        columns[at] = now;
        candidates.first().copied().unwrap_or(now)
    }

    fn lanes(&self, bundle: usize, columns: &[usize]) -> usize {
        let (bundle, from) = &self.bundles[bundle];
        let distance = |from: &usize| columns[*from].abs_diff(columns[bundle.to]);
        from.iter().map(distance).max().unwrap_or_default()
    }
}

/// Columns that nothing is left in are none.
fn without_gaps(columns: &mut [usize]) {
    let mut used: Vec<usize> = columns.to_vec();
    used.sort_unstable();
    used.dedup();
    for column in columns {
        *column = used.partition_point(|used| used < column);
    }
}
