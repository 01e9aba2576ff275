//! Patterns over event names.

/// Names of events: `user.login` is one, `user.*` has one more segment, `user.**` any number, `**` is all.
///
/// ```
/// use pepperplug::EventPattern;
///
/// assert!(EventPattern::new("user.*").matches("user.login"));
/// assert!(!EventPattern::new("user.*").matches("user.login.failed"));
/// assert!(EventPattern::new("user.**").matches("user.login.failed"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPattern<'a>(&'a str);

impl<'a> EventPattern<'a> {
    /// The pattern written `pattern`.
    #[must_use]
    pub const fn new(pattern: &'a str) -> Self {
        Self(pattern)
    }

    /// Whether `name` fits.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let pattern: Vec<&str> = self.0.split('.').collect();
        let name: Vec<&str> = name.split('.').collect();
        fits(&pattern, &name)
    }
}

fn fits(pattern: &[&str], name: &[&str]) -> bool {
    match (pattern, name) {
        ([], name) => name.is_empty(),
        (["**", rest @ ..], name) => (0..=name.len()).any(|taken| fits(rest, &name[taken..])),
        ([segment, rest @ ..], [found, name @ ..]) => {
            (*segment == "*" || segment == found) && fits(rest, name)
        }
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::EventPattern;

    #[test]
    fn a_star_is_one_segment_and_two_are_any_number() {
        let cases = [
            ("user.login", "user.login", true),
            ("user.login", "user.logout", false),
            ("*", "user", true),
            ("*", "user.login", false),
            ("**", "user.login", true),
            ("user.**", "user", true),
            ("**.login", "a.b.login", true),
            ("a.**.d", "a.b.c.d", true),
            ("a.**.d", "a.b.c", false),
            ("a.*.**", "a", false),
        ];
        for (pattern, name, fits) in cases {
            assert_eq!(
                EventPattern::new(pattern).matches(name),
                fits,
                "{pattern} on {name}"
            );
        }
    }
}
