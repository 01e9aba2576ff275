//! "Did you mean": the nearest of the allowed words.

/// The candidate nearest to `word`, when it is near enough to be what was meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(whole) = begun(word, &candidates) {
        return Some(whole);
    }
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The one candidate that `word` is the beginning of, when enough of it is there.
fn begun<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let mut begun = candidates
        .iter()
        .filter(|candidate| word.len() >= 4 && candidate.starts_with(word));
    let only = begun.next().copied();
    only.filter(|_| begun.next().is_none())
}

/// Damerau-Levenshtein distance in the form that never edits a swapped pair again, which is enough for typing mistakes.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    // rows[i][j] is the distance between the first i characters of a and the first j of b.
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let substitution = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits_and_swaps() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("priorty", "priority"), 1);
        assert_eq!(distance("perallel", "parallel"), 1);
        assert_eq!(distance("tiemout", "timeout"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn suggests_only_what_is_near() {
        let words = ["after", "before", "priority", "parallel"];
        assert_eq!(nearest("priorty", words), Some("priority"));
        assert_eq!(nearest("bfeore", words), Some("before"));
        assert_eq!(nearest("colour", words), None);
        assert_eq!(nearest("x", ["y"]), Some("y"));
    }

    #[test]
    fn suggests_what_is_begun() {
        assert_eq!(nearest("vers", ["name", "version"]), Some("version"));
        assert_eq!(nearest("ver", ["name", "version"]), None);
        assert_eq!(nearest("vers", ["versatile", "version"]), None);
    }
}
