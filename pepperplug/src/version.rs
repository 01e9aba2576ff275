//! Versions and version ranges that can be compared in a `const`.
//!
//! The rules are those of cargo and the `semver` crate, which cannot run at compile time; a property test holds the two
//! together.

mod range;

use core::cmp::Ordering;
use core::fmt;

pub use self::range::{Comparator, Op, VersionReq};
use crate::wiring::text::Text;

/// A plugin's version, as [semver.org](https://semver.org) defines it. Build metadata is left out: it does not order.
///
/// ```
/// let version = pepperplug::Version::new(1, 4, 0, "");
/// assert_eq!(version.to_string(), "1.4.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Incremented for incompatible changes.
    pub major: u64,
    /// Incremented for compatible additions.
    pub minor: u64,
    /// Incremented for fixes.
    pub patch: u64,
    /// The pre-release part without its hyphen; empty for a release.
    pub pre: &'static str,
}

impl Version {
    /// A version from its parts; `pre` is empty for a release.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64, pre: &'static str) -> Self {
        Self {
            major,
            minor,
            patch,
            pre,
        }
    }

    const fn cmp_const(&self, other: &Self) -> Ordering {
        let core = cmp_parts(
            [self.major, self.minor, self.patch],
            [other.major, other.minor, other.patch],
        );
        match core {
            Ordering::Equal => cmp_pre(self.pre, other.pre),
            unequal => unequal,
        }
    }

    pub(crate) const fn write<const N: usize>(&self, to: &mut Text<N>) {
        to.number(self.major);
        to.push(".");
        to.number(self.minor);
        to.push(".");
        to.number(self.patch);
        if !self.pre.is_empty() {
            to.push("-");
            to.push(self.pre);
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::<256>::new();
        self.write(&mut text);
        f.write_str(text.as_str())
    }
}

const fn cmp_parts(left: [u64; 3], right: [u64; 3]) -> Ordering {
    let mut i = 0;
    while i < 3 {
        if left[i] < right[i] {
            return Ordering::Less;
        }
        if left[i] > right[i] {
            return Ordering::Greater;
        }
        i += 1;
    }
    Ordering::Equal
}

/// Pre-releases order by their dot-separated identifiers: numbers by value and before words, words by their bytes, and
/// a release after all of its pre-releases (semver.org, rule 11).
const fn cmp_pre(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let (mut i, mut j) = (0, 0);
    loop {
        let (left_end, right_end) = (identifier_end(left, i), identifier_end(right, j));
        let order = cmp_identifiers(left, i, left_end, right, j, right_end);
        if !matches!(order, Ordering::Equal) {
            return order;
        }
        match (left_end == left.len(), right_end == right.len()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        i = left_end + 1;
        j = right_end + 1;
    }
}

const fn identifier_end(text: &[u8], from: usize) -> usize {
    let mut end = from;
    while end < text.len() && text[end] != b'.' {
        end += 1;
    }
    end
}

const fn is_number(text: &[u8], from: usize, to: usize) -> bool {
    let mut i = from;
    while i < to {
        if !text[i].is_ascii_digit() {
            return false;
        }
        i += 1;
    }
    true
}

const fn cmp_identifiers(
    left: &[u8],
    i: usize,
    left_end: usize,
    right: &[u8],
    j: usize,
    right_end: usize,
) -> Ordering {
    match (is_number(left, i, left_end), is_number(right, j, right_end)) {
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        // Without leading zeros, which semver forbids, the longer number is the greater.
        (true, true) if left_end - i < right_end - j => return Ordering::Less,
        (true, true) if left_end - i > right_end - j => return Ordering::Greater,
        _ => {}
    }
    let (mut a, mut b) = (i, j);
    while a < left_end && b < right_end {
        if left[a] < right[b] {
            return Ordering::Less;
        }
        if left[a] > right[b] {
            return Ordering::Greater;
        }
        a += 1;
        b += 1;
    }
    if left_end - i < right_end - j {
        Ordering::Less
    } else if left_end - i > right_end - j {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

#[cfg(test)]
mod tests;
