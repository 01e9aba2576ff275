//! Suggestions: the name that was meant, and the entry that is only switched off.

use super::list::{List, NONE};
use super::message::Message;
use super::set::Candidate;
use super::text::same;

/// The listed plugin whose name is nearest to `name`, if it is near enough to be what was meant.
pub(super) const fn nearest(list: &List<'_>, name: &str) -> Option<&'static str> {
    let mut nearest = Nearest::to(name);
    let mut entry = 0;
    while entry < list.len() {
        nearest.offer(list.meta(entry).name());
        entry += 1;
    }
    nearest.found()
}

/// Looks for the candidate nearest to a name, if it is near enough to be what was meant.
pub(super) struct Nearest<'a> {
    name: &'a str,
    best: Option<&'static str>,
    /// What a candidate must be nearer than.
    distance: usize,
}

impl<'a> Nearest<'a> {
    pub(super) const fn to(name: &'a str) -> Self {
        let limit = if name.len() < 6 { 1 } else { name.len() / 3 };
        Self {
            name,
            best: None,
            distance: limit + 1,
        }
    }

    pub(super) const fn offer(&mut self, candidate: &'static str) {
        // As many edits as the lengths differ by are needed at least.
        if candidate.len().abs_diff(self.name.len()) < self.distance {
            let distance = distance(self.name.as_bytes(), candidate.as_bytes());
            if distance < self.distance {
                (self.best, self.distance) = (Some(candidate), distance);
            }
        }
    }

    pub(super) const fn found(&self) -> Option<&'static str> {
        self.best
    }
}

/// Names longer than this have no suggestion: there is no memory to be had in a `const`, only arrays.
const LONGEST: usize = 63;

/// Damerau-Levenshtein distance in the form that never edits a swapped pair again.
pub(super) const fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > LONGEST || b.len() > LONGEST {
        return NONE;
    }
    // `row[j]` is the distance between the first `i` bytes of `a` and the first `j` of `b`.
    let mut row = [0; LONGEST + 1];
    let mut j = 0;
    while j <= b.len() {
        row[j] = j;
        j += 1;
    }
    let (mut last, mut before_last);
    before_last = row;
    let mut i = 1;
    while i <= a.len() {
        last = row;
        row[0] = i;
        j = 1;
        while j <= b.len() {
            let mut best = min(
                last[j - 1] + (a[i - 1] != b[j - 1]) as usize,
                min(last[j], row[j - 1]) + 1,
            );
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = min(best, before_last[j - 2] + 1);
            }
            row[j] = best;
            j += 1;
        }
        before_last = last;
        i += 1;
    }
    row[b.len()]
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Whether `text` contains `words`, whatever the case and with or without `-` and `_`: `memory_cache::MemoryCache` has
/// the words of `memory-cache`.
pub(super) const fn has_words(text: &str, words: &str) -> bool {
    let (text, words) = (text.as_bytes(), words.as_bytes());
    let mut start = 0;
    while start < text.len() {
        if has_words_at(text, start, words) {
            return true;
        }
        start += 1;
    }
    false
}

const fn has_words_at(text: &[u8], start: usize, words: &[u8]) -> bool {
    let (mut i, mut j, mut some) = (start, 0, false);
    loop {
        while i < text.len() && is_joint(text[i]) {
            i += 1;
        }
        while j < words.len() && is_joint(words[j]) {
            j += 1;
        }
        if j == words.len() {
            return some;
        }
        if i == text.len() || !text[i].eq_ignore_ascii_case(&words[j]) {
            return false;
        }
        some = true;
        i += 1;
        j += 1;
    }
}

const fn is_joint(byte: u8) -> bool {
    byte == b'-' || byte == b'_'
}

/// Says which entries that are switched off could be what is missing, going by `names`; false where none could.
///
/// Entries under one condition come on together, so a condition is named once.
pub(super) const fn write_off(list: &List<'_>, names: &[&str], to: &mut Message) -> bool {
    let mut some = false;
    let mut i = 0;
    while let Some(first) = next_off(list.candidates, names, i, None) {
        i = first + 1;
        let candidate = &list.candidates[first];
        let condition = Some(candidate.cfg());
        if let Some(named) = next_off(list.candidates, names, 0, condition) {
            if named < first {
                continue;
            }
        }
        if some {
            to.push(&[", or "]);
        } else {
            to.line(&["help: "]);
        }
        write_switch(candidate, to);
        to.push(&[" (it adds `", candidate.path(), "`"]);
        let mut j = i;
        while let Some(next) = next_off(list.candidates, names, j, condition) {
            to.push(&[", `", list.candidates[next].path(), "`"]);
            j = next + 1;
        }
        to.push(&[")"]);
        some = true;
    }
    some
}

/// The first entry from `from` on that is switched off and could be what is missing; under `condition`, where one is given.
const fn next_off(
    candidates: &[Candidate],
    names: &[&str],
    from: usize,
    condition: Option<&str>,
) -> Option<usize> {
    let mut i = from;
    while i < candidates.len() {
        let candidate = &candidates[i];
        let meant = match condition {
            Some(condition) => same(candidate.cfg(), condition),
            None => true,
        };
        if meant && !candidate.on() && is_named(candidate, names) {
            return Some(i);
        }
        i += 1;
    }
    None
}

const fn is_named(candidate: &Candidate, names: &[&str]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if has_words(candidate.path(), names[i]) || has_words(candidate.cfg(), names[i]) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether an entry that is switched off could be what `name` belongs to.
pub(crate) const fn may_be_off(candidates: &[Candidate], name: &str) -> bool {
    next_off(candidates, &[name], 0, None).is_some()
}

const fn write_switch(candidate: &Candidate, to: &mut Message) {
    match candidate.feature() {
        Some(feature) => to.push(&["enable the feature `", feature, "`"]),
        None => to.push(&["build with `cfg(", candidate.cfg(), ")`"]),
    }
}

/// How many entries that are switched off a message lists.
const SHOWN: usize = 8;

/// All entries that are switched off, for when no name says which could help.
pub(super) const fn write_all_off(list: &List<'_>, to: &mut Message) {
    let (mut shown, mut more) = (0, 0);
    let mut i = 0;
    while i < list.candidates.len() {
        let candidate = &list.candidates[i];
        i += 1;
        if candidate.on() {
            continue;
        }
        if shown == SHOWN {
            more += 1;
            continue;
        }
        if shown == 0 {
            to.line(&["entries that are switched off here: "]);
        } else {
            to.push(&[", "]);
        }
        shown += 1;
        to.push(&["`", candidate.path(), "` ("]);
        match candidate.feature() {
            Some(feature) => to.push(&["feature `", feature, "`)"]),
            None => to.push(&["`cfg(", candidate.cfg(), ")`)"]),
        }
    }
    if more > 0 {
        to.push(&[" and "]);
        to.number(more);
        to.push(&[" more"]);
    }
}
