//! Which keys of the server are ours.

use ::redis::Cmd;
use serde::Deserialize;

/// How many keys `SCAN` looks at in one call.
const BATCH: u32 = 500;

/// What the keys of this service begin with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Prefix(String);

impl TryFrom<String> for Prefix {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Err(
                "an empty prefix makes every key of the server ours, and `clear` would delete them all; write one such as \"service:\"",
            );
        }
        Ok(Self(text))
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self("service:".to_owned())
    }
}

impl Prefix {
    /// The server's name for a key.
    pub(crate) fn of(&self, key: &str) -> String {
        format!("{}{key}", self.0)
    }

    /// Asks for some of our keys, and where to go on.
    pub(crate) fn scan(&self, cursor: u64) -> Cmd {
        let mut scan = ::redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(self.pattern());
        scan.arg("COUNT").arg(BATCH);
        scan
    }

    /// The glob of our keys.
    fn pattern(&self) -> String {
        let mut pattern = String::with_capacity(self.0.len() + 1);
        for c in self.0.chars() {
            // What means something else in a glob means itself here.
            if matches!(c, '*' | '?' | '[' | ']' | '^' | '-' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('*');
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_means_itself() {
        let prefix = Prefix("a*[b]?\\:".to_owned());
        assert_eq!(prefix.pattern(), r"a\*\[b\]\?\\:*");
        assert_eq!(prefix.of("token:1"), r"a*[b]?\:token:1");
    }
}
