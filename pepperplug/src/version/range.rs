//! Version ranges, matched as cargo matches them.

use core::cmp::Ordering;
use core::fmt;

use super::{Version, cmp_parts};
use crate::wiring::text::{self, Text};

/// The operator of one [`Comparator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op {
    /// `=1.2.3`; `=1.2` means any `1.2`.
    Exact,
    /// `>1.2.3`
    Greater,
    /// `>=1.2.3`
    GreaterEq,
    /// `<1.2.3`
    Less,
    /// `<=1.2.3`
    LessEq,
    /// `~1.2.3`: from there to below the next minor version.
    Tilde,
    /// `^1.2.3`, or no operator: from there to below the next incompatible version.
    Caret,
    /// `1.2.*`
    Wildcard,
}

impl Op {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Exact => "=",
            Self::Greater => ">",
            Self::GreaterEq => ">=",
            Self::Less => "<",
            Self::LessEq => "<=",
            Self::Tilde => "~",
            Self::Caret => "^",
            Self::Wildcard => "",
        }
    }
}

/// One condition of a [`VersionReq`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparator {
    op: Op,
    major: u64,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: &'static str,
}

impl Comparator {
    /// A condition on the version; parts left out are `None`, from the right.
    #[must_use]
    pub const fn new(
        op: Op,
        major: u64,
        minor: Option<u64>,
        patch: Option<u64>,
        pre: &'static str,
    ) -> Self {
        Self {
            op,
            major,
            minor,
            patch,
            pre,
        }
    }

    const fn lowest(&self) -> Version {
        Version::new(
            self.major,
            or_zero(self.minor),
            or_zero(self.patch),
            self.pre,
        )
    }

    /// The first version above everything that a partly given version stands for: `1.2` is below `1.3.0`.
    const fn above(&self) -> [u64; 3] {
        match (self.minor, self.patch) {
            (None, _) => [self.major.saturating_add(1), 0, 0],
            (Some(minor), None) => [self.major, minor.saturating_add(1), 0],
            (Some(minor), Some(patch)) => [self.major, minor, patch.saturating_add(1)],
        }
    }

    const fn is_full(&self) -> bool {
        self.patch.is_some()
    }

    /// Whether `version` has the parts that are given.
    const fn has_parts_of(&self, version: &Version) -> bool {
        let same_minor = match self.minor {
            Some(minor) => minor == version.minor,
            None => true,
        };
        let same_patch = match self.patch {
            Some(patch) => patch == version.patch,
            None => true,
        };
        self.major == version.major && same_minor && same_patch
    }

    const fn matches(&self, version: &Version) -> bool {
        if self.is_full() {
            self.matches_full(version)
        } else {
            self.matches_partial(version)
        }
    }

    const fn matches_full(&self, version: &Version) -> bool {
        let order = version.cmp_const(&self.lowest());
        let at_least = !matches!(order, Ordering::Less);
        match self.op {
            Op::Exact | Op::Wildcard => matches!(order, Ordering::Equal),
            Op::Greater => matches!(order, Ordering::Greater),
            Op::GreaterEq => at_least,
            Op::Less => matches!(order, Ordering::Less),
            Op::LessEq => !matches!(order, Ordering::Greater),
            Op::Tilde => at_least && below(version, self.tilde_end()),
            Op::Caret => at_least && below(version, self.caret_end()),
        }
    }

    /// `1.2` stands for all `1.2.x`: by the numbers alone, and for most operators not for their pre-releases.
    const fn matches_partial(&self, version: &Version) -> bool {
        let lowest = [self.major, or_zero(self.minor), 0];
        let within = self.has_parts_of(version) && version.pre.is_empty();
        let above = !below(version, self.above());
        match self.op {
            Op::Exact | Op::Wildcard | Op::Tilde => within,
            Op::Greater => above,
            Op::GreaterEq => within || above,
            Op::Less => below(version, lowest),
            Op::LessEq => within || below(version, lowest),
            Op::Caret => !below(version, lowest) && below(version, self.caret_end()),
        }
    }

    const fn tilde_end(&self) -> [u64; 3] {
        match self.minor {
            None => [self.major.saturating_add(1), 0, 0],
            Some(minor) => [self.major, minor.saturating_add(1), 0],
        }
    }

    const fn caret_end(&self) -> [u64; 3] {
        match (self.major, self.minor, self.patch) {
            (0, None, _) => [1, 0, 0],
            (0, Some(0), None) => [0, 1, 0],
            (0, Some(0), Some(patch)) => [0, 0, patch.saturating_add(1)],
            (0, Some(minor), _) => [0, minor.saturating_add(1), 0],
            (major, _, _) => [major.saturating_add(1), 0, 0],
        }
    }

    const fn write<const N: usize>(&self, to: &mut Text<N>) {
        to.push(self.op.symbol());
        to.number(self.major);
        if let Some(minor) = self.minor {
            to.push(".");
            to.number(minor);
        }
        if let Some(patch) = self.patch {
            to.push(".");
            to.number(patch);
        }
        if matches!(self.op, Op::Wildcard) {
            to.push(".*");
        }
        if !self.pre.is_empty() {
            to.push("-");
            to.push(self.pre);
        }
    }
}

const fn or_zero(part: Option<u64>) -> u64 {
    match part {
        Some(part) => part,
        None => 0,
    }
}

/// Below by the three numbers: a pre-release of the end is outside too, as in cargo.
const fn below(version: &Version, end: [u64; 3]) -> bool {
    matches!(
        cmp_parts([version.major, version.minor, version.patch], end),
        Ordering::Less
    )
}

/// A version range: every comparator holds. Empty, it takes any release.
///
/// ```
/// use pepperplug::{Comparator, Op, Version, VersionReq};
///
/// const RANGE: VersionReq = VersionReq::new(&[Comparator::new(Op::Caret, 1, Some(2), None, "")]);
/// assert!(RANGE.matches(&Version::new(1, 4, 0, "")));
/// assert!(!RANGE.matches(&Version::new(2, 0, 0, "")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionReq {
    comparators: &'static [Comparator],
}

impl VersionReq {
    /// Takes every version.
    pub const ANY: Self = Self { comparators: &[] };

    /// A range of which every comparator holds.
    #[must_use]
    pub const fn new(comparators: &'static [Comparator]) -> Self {
        Self { comparators }
    }

    /// Whether `version` lies in this range. A pre-release does only where a comparator names a pre-release of the very
    /// same version (cargo's rule).
    #[must_use]
    pub const fn matches(&self, version: &Version) -> bool {
        let mut i = 0;
        let mut names_this_pre = version.pre.is_empty() || self.comparators.is_empty();
        while i < self.comparators.len() {
            let comparator = &self.comparators[i];
            if !comparator.matches(version) {
                return false;
            }
            names_this_pre |= !comparator.pre.is_empty()
                && matches!(
                    cmp_parts(
                        [version.major, version.minor, version.patch],
                        [
                            comparator.major,
                            or_zero(comparator.minor),
                            or_zero(comparator.patch)
                        ],
                    ),
                    Ordering::Equal
                );
            i += 1;
        }
        names_this_pre
    }

    pub(crate) const fn write<const N: usize>(&self, to: &mut Text<N>) {
        let mut i = 0;
        while i < self.comparators.len() {
            if i > 0 {
                to.push(", ");
            }
            self.comparators[i].write(to);
            i += 1;
        }
        if self.comparators.is_empty() {
            to.push("*");
        }
    }
}

impl fmt::Display for VersionReq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::<{ text::LINE }>::new();
        self.write(&mut text);
        f.write_str(text.as_str())
    }
}
