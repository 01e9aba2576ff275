//! Text that is put together in a `const`: a fixed buffer, since nothing can be allocated there.

use core::fmt;

/// Room for one line of a message.
pub(crate) const LINE: usize = 512;

/// A string in a buffer of `N` bytes. What does not fit is cut at a character's border and ends in `…`.
#[derive(Clone, Copy)]
pub(crate) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
    full: bool,
}

const ELLIPSIS: &[u8] = "…".as_bytes();

impl<const N: usize> Text<N> {
    /// An empty text.
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
            full: false,
        }
    }

    /// Appends `text`, as much of it as fits.
    pub(crate) const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if self.full {
            return;
        }
        if text.len() + ELLIPSIS.len() > N - self.len {
            self.full = true;
            let mut room = N - self.len - ELLIPSIS.len();
            // A continuation byte at the cut would leave half a character.
            while room > 0 && text[room] & 0b1100_0000 == 0b1000_0000 {
                room -= 1;
            }
            self.copy(text, room);
            self.copy(ELLIPSIS, ELLIPSIS.len());
            return;
        }
        self.copy(text, text.len());
    }

    const fn copy(&mut self, from: &[u8], count: usize) {
        let mut i = 0;
        while i < count {
            self.bytes[self.len] = from[i];
            self.len += 1;
            i += 1;
        }
    }

    /// Appends a number in decimal.
    pub(crate) const fn number(&mut self, mut number: u64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        let (_, used) = digits.split_at(at);
        if let Ok(used) = core::str::from_utf8(used) {
            self.push(used);
        }
    }

    /// The text so far.
    pub(crate) const fn as_str(&self) -> &str {
        let (used, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(used) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// Whether nothing was pushed yet.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Whether two strings are equal; `==` on `str` is not const.
pub(crate) const fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    // Names are most of what the compiler has to compare, and there a turn of a loop costs more than what is in it.
    while let ([a, b, c, d, rest @ ..], [w, x, y, z, right_rest @ ..]) = (left, right) {
        if *a != *w || *b != *x || *c != *y || *d != *z {
            return false;
        }
        (left, right) = (rest, right_rest);
    }
    while let ([a, rest @ ..], [w, right_rest @ ..]) = (left, right) {
        if *a != *w {
            return false;
        }
        (left, right) = (rest, right_rest);
    }
    true
}

/// Whether `text` begins with `start`.
pub(crate) const fn starts_with(text: &str, start: &str) -> bool {
    let (mut text, mut start) = (text.as_bytes(), start.as_bytes());
    while let ([a, rest @ ..], [x, start_rest @ ..]) = (text, start) {
        if *a != *x {
            return false;
        }
        (text, start) = (rest, start_rest);
    }
    start.is_empty()
}

/// Whether `left` comes before `right` by its bytes.
pub(crate) const fn precedes(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while let ([a, rest @ ..], [x, right_rest @ ..]) = (left, right) {
        if *a != *x {
            return *a < *x;
        }
        (left, right) = (rest, right_rest);
    }
    left.len() < right.len()
}

/// The first path segment: the crate's name in a `module_path!()`.
pub(crate) const fn same_crate(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut i = 0;
    loop {
        let left_ends = i == left.len() || left[i] == b':';
        let right_ends = i == right.len() || right[i] == b':';
        if left_ends || right_ends {
            return left_ends && right_ends;
        }
        if left[i] != right[i] {
            return false;
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_at_a_character() {
        let mut text = Text::<8>::new();
        text.push("abcdé");
        assert_eq!(text.as_str(), "abcd…");
        text.push("more");
        assert_eq!(text.as_str(), "abcd…");
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut text = Text::<64>::new();
        text.number(0);
        text.push(" ");
        text.number(u64::MAX);
        assert_eq!(text.as_str(), "0 18446744073709551615");
    }

    #[test]
    fn crates_are_compared_by_their_whole_name() {
        assert!(same_crate("auth::a", "auth"));
        assert!(!same_crate("auth::a", "authority::a"));
    }
}
