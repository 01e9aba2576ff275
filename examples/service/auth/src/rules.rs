//! Which names and passwords new users may take.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What a new password has to be like. Length is what helps; rules about kinds of characters are known not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PasswordRules {
    /// So many characters at least.
    pub min_length: usize,
    /// And so many at most.
    pub max_length: usize,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            min_length: 10,
            max_length: 128,
        }
    }
}

/// Those that are tried first, of those that are long enough.
const COMMON: &[&str] = &[
    "1234567890",
    "0123456789",
    "12345678910",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "abcdefghij",
    "administrator",
    "changeme123",
    "iloveyou123",
    "letmein123",
    "password10",
    "password12",
    "password123",
    "password1234",
    "passwordpassword",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop",
    "q1w2e3r4t5y6",
    "welcome123",
];

impl PasswordRules {
    /// Whether somebody of that name may take that password; if not, why.
    pub(crate) fn check(&self, name: &str, password: &SecretString) -> Result<(), String> {
        let password = password.expose_secret();
        let length = password.chars().count();
        if length < self.min_length {
            return Err(format!(
                "the password has {length} characters, and at least {} are wanted",
                self.min_length
            ));
        }
        if length > self.max_length {
            return Err(format!(
                "the password has {length} characters, and at most {} are taken",
                self.max_length
            ));
        }
        let lower = password.to_lowercase();
        let mut chars = lower.chars();
        let first = chars.next();
        if COMMON.contains(&lower.as_str()) || chars.all(|char| Some(char) == first) {
            return Err("the password is one of those that are tried first".to_owned());
        }
        if lower.contains(name) {
            return Err("the password has the name in it".to_owned());
        }
        Ok(())
    }
}

/// Whether that may be a name; if not, why. A colon ends the name in `Authorization: Basic`, and marks those who come from
/// an OAuth provider.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let fits = (1..=64).contains(&name.len())
        && name.starts_with(is_plain)
        && name
            .chars()
            .all(|char| is_plain(char) || "._-".contains(char));
    fits.then_some(()).ok_or_else(|| {
        "a name is up to 64 of `a` to `z`, `0` to `9`, `.`, `_` and `-`, and begins with a letter or a digit".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, password: &str) -> Option<String> {
        let rules = PasswordRules::default();
        rules.check(name, &SecretString::from(password)).err()
    }

    #[test]
    fn long_passwords_that_nobody_guesses_are_taken() {
        assert_eq!(refusal("ada", "difference-engine"), None);
        assert_eq!(refusal("ada", "çà marche très bien"), None);
    }

    #[test]
    fn others_are_refused_with_the_reason() {
        let reason = refusal("ada", "short").expect("too short");
        assert_eq!(
            reason,
            "the password has 5 characters, and at least 10 are wanted"
        );
        let reason = refusal("ada", &"ab".repeat(65)).expect("too long");
        assert_eq!(
            reason,
            "the password has 130 characters, and at most 128 are taken"
        );
        for common in ["Password123", "aaaaaaaaaaaa"] {
            let reason = refusal("ada", common).expect(common);
            assert!(reason.contains("tried first"), "{reason}");
        }
        let reason = refusal("charles", "i-am-Charles-b").expect("has the name in it");
        assert!(reason.contains("name"), "{reason}");
    }

    #[test]
    fn names_are_plain() {
        for name in ["ada", "7of9", "grace.hopper", "a_b-c"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "Ada", "-x", "a b", "oauth:7", "ädä", &"a".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
