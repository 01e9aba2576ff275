//! "Did you mean": the nearest of the allowed words.

use strsim::osa_distance;

/// The candidate nearest to `word`, when it is near enough to be what was meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
}
