//! What holds of each layout, on graphs of all kinds.

use proptest::prelude::*;

use super::{Chart, Layout, Line, Point, Rect, Size, layout};

fn charts() -> impl Strategy<Value = Chart> {
    (1usize..40).prop_flat_map(|count| {
        let size = (40.0..260.0f64, 0usize..3).prop_map(|(width, services)| {
            let rows: Vec<f64> = (0..=services).map(|row| 20.0 + 17.0 * row as f64).collect();
            Size {
                width: width.ceil(),
                height: 40.0 + 17.0 * services as f64,
                rows,
            }
        });
        // Mostly to what starts earlier, as in an application; some lines are lazy, and some boxes need themselves.
        let line = (0..count, 0..count, 0usize..3, prop::bool::weighted(0.1));
        (
            prop::collection::vec(size, count),
            prop::collection::vec(line, 0..3 * count),
        )
            .prop_map(|(boxes, ends)| {
                let lines = ends.into_iter().map(|(a, b, row, lazy)| {
                    let (from, to) = if lazy {
                        (a.min(b), a.max(b))
                    } else {
                        (a.max(b), a.min(b))
                    };
                    let row = row % boxes[to].rows.len();
                    Line { from, to, row }
                });
                let lines: std::collections::BTreeSet<Line> = lines.collect();
                Chart {
                    lines: lines.into_iter().collect(),
                    boxes,
                }
            })
    })
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn is_within(point: Point, of: &Rect) -> bool {
    // Lines end at the very edge.
    let inner = 0.01;
    point.x > of.x + inner
        && point.x < of.x + of.width - inner
        && point.y > of.y + inner
        && point.y < of.y + of.height - inner
}

/// Points of a route, as near to each other as to find any box that it crosses: curves are drawn as in `paint`.
fn sampled(route: &[Point]) -> Vec<Point> {
    let mut points = Vec::new();
    for (number, ends) in route.windows(2).enumerate() {
        let (a, b) = (ends[0], ends[1]);
        for step in 0..=60 {
            let t = f64::from(step) / 60.0;
            let (x, y) = match number % 2 {
                0 => {
                    let middle = (a.x + b.x) / 2.0;
                    let (s, u) = (1.0 - t, t);
                    let bezier = |p0: f64, p1: f64, p2: f64, p3: f64| {
                        s * s * s * p0
                            + 3.0 * s * s * u * p1
                            + 3.0 * s * u * u * p2
                            + u * u * u * p3
                    };
                    (bezier(a.x, middle, middle, b.x), bezier(a.y, a.y, b.y, b.y))
                }
                _ => (a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t),
            };
            points.push(Point { x, y });
        }
    }
    points
}

fn check(chart: &Chart, layout: &Layout) -> Result<(), TestCaseError> {
    prop_assert_eq!(layout.boxes.len(), chart.boxes.len());
    prop_assert_eq!(layout.lines.len(), chart.lines.len());
    let whole = Rect {
        x: 0.0,
        y: 0.0,
        width: layout.width,
        height: layout.height,
    };
    for (at, own) in layout.boxes.iter().enumerate() {
        prop_assert!(own.width >= chart.boxes[at].width);
        prop_assert!(own.x >= 0.0 && own.x + own.width <= whole.width);
        prop_assert!(own.y >= 0.0 && own.y + own.height <= whole.height);
        for (other_at, other) in layout.boxes.iter().enumerate().skip(at + 1) {
            prop_assert!(!overlap(own, other), "boxes {} and {}", at, other_at);
        }
    }
    for (line, route) in chart.lines.iter().zip(&layout.lines) {
        let (from, to) = (layout.boxes[line.from], layout.boxes[line.to]);
        let (first, last) = (route.0[0], route.0[route.0.len() - 1]);
        let starts_at_its_box = first.x == from.x || first.x == from.x + from.width;
        prop_assert!(starts_at_its_box && first.y > from.y && first.y < from.y + from.height);
        let ends_at_its_box = last.x == to.x || last.x == to.x + to.width;
        prop_assert!(ends_at_its_box && last.y == to.y + chart.boxes[line.to].rows[line.row]);
        if line.from != line.to {
            prop_assert_eq!(
                from.x < to.x,
                line.from > line.to,
                "what starts earlier is further right"
            );
        }
        for point in sampled(&route.0) {
            let crossed = layout.boxes.iter().position(|of| is_within(point, of));
            prop_assert_eq!(crossed, None, "crossed by {:?} at {:?}", line, point);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_boxes_overlap_and_no_line_crosses_a_box(chart in charts()) {
        check(&chart, &layout(&chart))?;
    }

    #[test]
    fn the_same_chart_has_the_same_layout(chart in charts()) {
        prop_assert_eq!(format!("{:?}", layout(&chart)), format!("{:?}", layout(&chart)));
    }
}

fn plain(boxes: usize, lines: impl IntoIterator<Item = (usize, usize)>) -> Chart {
    let size = Size {
        width: 100.0,
        height: 40.0,
        rows: vec![20.0],
    };
    let line = |(from, to)| Line { from, to, row: 0 };
    Chart {
        boxes: vec![size; boxes],
        lines: lines.into_iter().map(line).collect(),
    }
}

#[test]
fn nothing_is_laid_out_as_nothing() {
    let layout = layout(&plain(0, []));
    assert_eq!((layout.width, layout.height), (0.0, 0.0));
}

#[test]
fn a_chain_is_a_straight_line() {
    let layout = layout(&plain(5, [(1, 0), (2, 1), (3, 2), (4, 3)]));
    let first = layout.boxes[0].y;
    assert!(layout.boxes.iter().all(|of| of.y == first), "{layout:?}");
}

#[test]
fn what_all_others_need_does_not_make_one_long_column() {
    let layout = layout(&plain(50, (1..50).map(|from| (from, 0))));
    assert!(layout.height < 1_000.0, "{}", layout.height);
    // Those that are further away share a lane: of each place where lines arrive there is one.
    let mut lanes: Vec<String> = (layout.lines.iter())
        .flat_map(|route| route.0.chunks(2).skip(1).map(|lane| format!("{lane:?}")))
        .collect();
    lanes.sort();
    lanes.dedup();
    let columns: std::collections::BTreeSet<String> =
        layout.boxes.iter().map(|of| of.x.to_string()).collect();
    assert!(lanes.len() <= columns.len(), "{lanes:?}");
}

#[test]
fn two_that_cross_are_swapped() {
    // Drawn in the order of their numbers, each of these would cross the other.
    let layout = layout(&plain(4, [(2, 1), (3, 0)]));
    let above = |a: usize, b: usize| layout.boxes[a].y < layout.boxes[b].y;
    assert_eq!(above(2, 3), above(1, 0), "{layout:?}");
}
