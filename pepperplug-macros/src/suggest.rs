//! "Did you mean": the nearest of the allowed words.

use strsim::osa_distance;

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
        .map(|candidate| (osa_distance(word, candidate), candidate))
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

#[cfg(test)]
mod tests {
    use super::*;

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
