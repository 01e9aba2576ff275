//! The oracle is the `semver` crate.

use proptest::prelude::*;

use super::*;

const PRES: [&str; 6] = ["", "alpha", "alpha.1", "alpha.10", "beta.2", "1"];

fn leak(req: &semver::VersionReq) -> VersionReq {
    let comparators: Vec<Comparator> = req
        .comparators
        .iter()
        .map(|c| {
            let op = match c.op {
                semver::Op::Exact => Op::Exact,
                semver::Op::Greater => Op::Greater,
                semver::Op::GreaterEq => Op::GreaterEq,
                semver::Op::Less => Op::Less,
                semver::Op::LessEq => Op::LessEq,
                semver::Op::Tilde => Op::Tilde,
                semver::Op::Wildcard => Op::Wildcard,
                _ => Op::Caret,
            };
            let pre: &'static str = Box::leak(c.pre.as_str().to_owned().into_boxed_str());
            Comparator::new(op, c.major, c.minor, c.patch, pre)
        })
        .collect();
    VersionReq::new(Box::leak(comparators.into_boxed_slice()))
}

fn comparator() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec!["=", ">", ">=", "<", "<=", "~", "^", ""]);
    let pre = prop::sample::select(PRES.to_vec());
    (
        op,
        0..3u64,
        prop::option::of((0..3u64, prop::option::of((0..3u64, pre)))),
    )
        .prop_map(|(op, major, rest)| match rest {
            None => format!("{op}{major}"),
            Some((minor, None)) if op.is_empty() => format!("{major}.{minor}.*"),
            Some((minor, None)) => format!("{op}{major}.{minor}"),
            Some((minor, Some((patch, "")))) => format!("{op}{major}.{minor}.{patch}"),
            Some((minor, Some((patch, pre)))) => format!("{op}{major}.{minor}.{patch}-{pre}"),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn ranges_take_what_semver_takes(
        parts in prop::collection::vec(comparator(), 1..3),
        version in (0..4u64, 0..4u64, 0..4u64, prop::sample::select(PRES.to_vec())),
    ) {
        let text = parts.join(", ");
        let oracle: semver::VersionReq = text.parse().expect("it parses");
        let (major, minor, patch, pre) = version;
        let ours = Version::new(major, minor, patch, pre);
        let theirs: semver::Version = ours.to_string().parse().expect("it parses");
        prop_assert_eq!(leak(&oracle).matches(&ours), oracle.matches(&theirs), "{} in {}", theirs, text);
    }

    #[test]
    fn versions_order_as_in_semver(
        left in (0..3u64, prop::sample::select(PRES.to_vec())),
        right in (0..3u64, prop::sample::select(PRES.to_vec())),
    ) {
        let ours = Version::new(1, 0, left.0, left.1).cmp_const(&Version::new(1, 0, right.0, right.1));
        let parse = |(patch, pre): (u64, &'static str)| -> semver::Version {
            Version::new(1, 0, patch, pre).to_string().parse().expect("it parses")
        };
        prop_assert_eq!(ours, parse(left).cmp(&parse(right)));
    }
}

#[test]
fn a_range_prints_as_it_was_written() {
    const RANGE: VersionReq = VersionReq::new(&[
        Comparator::new(Op::GreaterEq, 1, Some(2), None, ""),
        Comparator::new(Op::Less, 2, Some(0), Some(0), "rc.1"),
    ]);
    assert_eq!(RANGE.to_string(), ">=1.2, <2.0.0-rc.1");
    assert_eq!(VersionReq::ANY.to_string(), "*");
}
