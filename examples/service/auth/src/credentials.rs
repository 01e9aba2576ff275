//! The header `Authorization`, as RFC 9110 describes it.

use crate::AuthError;

/// A scheme, and what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credentials<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) value: &'a str,
}

/// More than this is no credentials, but an attempt to keep us busy.
const LONGEST: usize = 16 * 1024;

impl<'a> Credentials<'a> {
    /// Reads the header: `<scheme> <credentials>`, with one space or more between.
    pub(crate) fn parse(header: &'a str) -> Result<Self, AuthError> {
        let header = header.trim_matches([' ', '\t']);
        let (scheme, value) = header.split_once(' ').ok_or(AuthError::MalformedHeader)?;
        let value = value.trim_start_matches(' ');
        let is_text = |value: &str| value.chars().all(|char| !char.is_control());
        if !is_token(scheme) || !is_text(value) || header.len() > LONGEST {
            return Err(AuthError::MalformedHeader);
        }
        Ok(Self { scheme, value })
    }
}

/// `token` of RFC 9110, as short as schemes are: the text goes into an error.
fn is_token(scheme: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=32).contains(&scheme.len()) && scheme.bytes().all(is_tchar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(header: &str) -> Option<(&str, &str)> {
        let Credentials { scheme, value } = Credentials::parse(header).ok()?;
        Some((scheme, value))
    }

    #[test]
    fn scheme_and_credentials_are_told_apart() {
        assert_eq!(parsed("Bearer abc"), Some(("Bearer", "abc")));
        assert_eq!(parsed("  bearer   abc\t"), Some(("bearer", "abc")));
        assert_eq!(
            parsed("Digest username=\"a b\", qop=auth"),
            Some(("Digest", "username=\"a b\", qop=auth"))
        );
        assert_eq!(parsed("Basic YTpi"), Some(("Basic", "YTpi")));
    }

    #[test]
    fn what_is_no_credentials_is_malformed() {
        let long = format!("Bearer {}", "a".repeat(LONGEST));
        let scheme = format!("{} a", "B".repeat(33));
        for header in [
            "",
            " ",
            "Bearer",
            "Bearer ",
            "a,b c",
            "Bäsic YQ==",
            "Bearer a\u{7}b",
            "a\tb",
            &long,
            &scheme,
        ] {
            let error = Credentials::parse(header).expect_err(header);
            assert!(matches!(error, AuthError::MalformedHeader), "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_parsed_or_refused(header in any::<String>()) {
            if let Ok(Credentials { scheme, value }) = Credentials::parse(&header) {
                prop_assert!(is_token(scheme) && !value.is_empty());
                prop_assert!(header.contains(scheme) && header.contains(value));
            }
        }

        #[test]
        fn what_is_well_formed_is_parsed(scheme in "[A-Za-z0-9-]{1,32}", gap in " {1,4}", value in "[!-~]([ -~]{0,40}[!-~])?") {
            let header = format!("{scheme}{gap}{value}");
            prop_assert_eq!(parsed(&header), Some((scheme.as_str(), value.as_str())));
        }
    }
}
