//! Event patterns, as [`EventPattern`](crate::EventPattern) has them, in a `const`.

/// Whether a hook's event is a pattern rather than a name.
pub(super) const fn is_pattern(event: &str) -> bool {
    let event = event.as_bytes();
    let mut i = 0;
    while i < event.len() {
        if event[i] == b'*' {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether an event's name fits a pattern, or is the same name.
pub(super) const fn fits(pattern: &str, name: &str) -> bool {
    fits_from(pattern.as_bytes(), 0, name.as_bytes(), 0)
}

/// As [`fits`], for the segments that begin at `p` and `n`; one past the end means none is left.
const fn fits_from(pattern: &[u8], p: usize, name: &[u8], n: usize) -> bool {
    if p > pattern.len() {
        return n > name.len();
    }
    let (p_end, n_end) = (segment_end(pattern, p), segment_end(name, n));
    if p_end == p + 2 && pattern[p] == b'*' && pattern[p + 1] == b'*' {
        // Any number of segments: none, or one and again any number.
        return fits_from(pattern, p_end + 1, name, n)
            || (n <= name.len() && fits_from(pattern, p, name, n_end + 1));
    }
    if n > name.len() {
        return false;
    }
    let any = p_end == p + 1 && pattern[p] == b'*';
    (any || same_segment(pattern, p, p_end, name, n, n_end))
        && fits_from(pattern, p_end + 1, name, n_end + 1)
}

const fn segment_end(text: &[u8], from: usize) -> usize {
    let mut end = from;
    while end < text.len() && text[end] != b'.' {
        end += 1;
    }
    end
}

const fn same_segment(
    left: &[u8],
    i: usize,
    left_end: usize,
    right: &[u8],
    j: usize,
    right_end: usize,
) -> bool {
    if left_end - i != right_end - j {
        return false;
    }
    let mut at = 0;
    while i + at < left_end {
        if left[i + at] != right[j + at] {
            return false;
        }
        at += 1;
    }
    true
}
