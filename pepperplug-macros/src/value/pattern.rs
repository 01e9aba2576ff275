//! Event patterns: names whose segments may be `*` (one segment) or `**` (any number, none included).

use super::name;

/// Whether a hook's string is meant as a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains('*')
}

/// Says what is wrong with `text` as a pattern.
pub(crate) fn check(text: &str) -> Result<(), String> {
    for segment in text.split('.') {
        match segment {
            "*" | "**" => {}
            "" => return Err("has an empty segment".to_owned()),
            _ if segment.contains('*') => {
                return Err(format!(
                    "mixes `*` with other characters in the segment `{segment}`"
                ));
            }
            _ => name::check(segment)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_stars_as_whole_segments() {
        for pattern in ["*", "**", "user.*", "**.failed", "a.*.b.**"] {
            assert!(is_pattern(pattern));
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn refuses_other_stars() {
        assert_eq!(
            check("user*"),
            Err("mixes `*` with other characters in the segment `user*`".to_owned())
        );
        assert_eq!(
            check("user.***"),
            Err("mixes `*` with other characters in the segment `***`".to_owned())
        );
        assert_eq!(check("user..*"), Err("has an empty segment".to_owned()));
        assert_eq!(
            check("User.*"),
            Err("contains the upper-case letter `U`".to_owned())
        );
    }
}
