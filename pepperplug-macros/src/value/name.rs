//! Names of plugins, events, services and settings sections: segments of `a-z0-9`, joined by `-`, `_` or `.`.

use proc_macro2::Span;
use syn::LitStr;

/// A sound name and where it was written.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
    /// The literal, when the user wrote one; a derived name has none.
    pub(crate) literal: Option<LitStr>,
}

impl Name {
    /// The name that `literal` holds.
    pub(crate) fn new(text: String, literal: &LitStr) -> Self {
        let span = literal.span();
        let literal = Some(literal.clone());
        Name {
            text,
            span,
            literal,
        }
    }

    /// A name made from the identifier at `span`.
    pub(crate) fn derived(text: String, span: Span) -> Self {
        Name {
            text,
            span,
            literal: None,
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        hash(&self.text)
    }
}

/// FNV-1a, 64 bit: the key under which the graph looks a name up in const, where comparing strings pairwise is slow.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Says what is wrong with `text` as a name.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => {}
            c if c.is_whitespace() => return Err("contains white space".to_owned()),
            c if c.is_uppercase() => return Err(format!("contains the upper-case letter `{c}`")),
            c => return Err(format!("contains `{}`", c.escape_debug())),
        }
    }
    if text.split(is_joint).any(str::is_empty) {
        return Err(
            "has an empty segment: `-`, `_` and `.` stand between letters or digits".to_owned(),
        );
    }
    Ok(())
}

/// The nearest sound name, to be offered as a remedy.
pub(crate) fn repair(text: &str) -> Option<String> {
    if text.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        // What is left of a word without some of its letters is no word.
        return None;
    }
    let mut repaired = kebab_case(text);
    repaired.retain(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.'));
    let dots: Vec<String> = repaired
        .split('.')
        .map(|part| {
            part.split('-')
                .filter(|segment| !segment.is_empty())
                .collect::<Vec<_>>()
                .join("-")
        })
        .filter(|part| !part.is_empty())
        .collect();
    let repaired = dots.join(".");
    (!repaired.is_empty() && repaired != text).then_some(repaired)
}

/// `AuthPlugin` → `auth`, `HTTPServer` → `http-server`, `warm_up` → `warm-up`.
pub(crate) fn from_ident(ident: &str) -> String {
    let ident = ident.strip_prefix("r#").unwrap_or(ident);
    match ident.strip_suffix("Plugin") {
        None | Some("") => kebab_case(ident),
        Some(stem) => kebab_case(stem),
    }
}

fn kebab_case(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    let mut kebab = String::with_capacity(text.len() + 4);
    for (i, &c) in chars.iter().enumerate() {
        if c == '_' || c.is_whitespace() {
            kebab.push('-');
            continue;
        }
        if c.is_uppercase() && begins_word(&chars, i) {
            kebab.push('-');
        }
        kebab.extend(c.to_lowercase());
    }
    kebab.trim_matches('-').to_owned()
}

/// Whether the upper-case letter at `i` begins a word: after a small letter or digit, or as the last capital of a row.
fn begins_word(chars: &[char], i: usize) -> bool {
    let Some(previous) = i.checked_sub(1).map(|i| chars[i]) else {
        return false;
    };
    let next_is_small = chars.get(i + 1).is_some_and(|c| c.is_lowercase());
    previous.is_lowercase()
        || previous.is_ascii_digit()
        || (previous.is_uppercase() && next_is_small)
}

fn is_joint(c: char) -> bool {
    matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_published() {
        // The reference vectors of the FNV authors.
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn accepts_segments() {
        for name in ["auth", "rate-limit", "user.login", "http2", "a_b.c-d"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (name, reason) in [
            ("", "is empty"),
            ("rate limit", "contains white space"),
            ("Auth", "contains the upper-case letter `A`"),
            ("auth/db", "contains `/`"),
            ("-auth", "has an empty segment"),
            ("user..login", "has an empty segment"),
            ("user.", "has an empty segment"),
        ] {
            let error = check(name).expect_err(name);
            assert!(error.starts_with(reason), "{name}: {error}");
        }
    }

    #[test]
    fn derives_from_idents() {
        for (ident, name) in [
            ("AuthPlugin", "auth"),
            ("Plugin", "plugin"),
            ("HTTPServerPlugin", "http-server"),
            ("OAuth2Plugin", "o-auth2"),
            ("RateLimit", "rate-limit"),
            ("warm_up", "warm-up"),
            ("r#type", "type"),
            ("S3Plugin", "s3"),
        ] {
            assert_eq!(from_ident(ident), name);
        }
    }

    #[test]
    fn repairs() {
        assert_eq!(repair("Rate Limit").as_deref(), Some("rate-limit"));
        assert_eq!(repair("userLogin").as_deref(), Some("user-login"));
        assert_eq!(repair("user..login/").as_deref(), Some("user.login"));
        assert_eq!(repair("äß"), None);
        assert_eq!(repair("gäst"), None);
        assert_eq!(repair("Gast Haus!").as_deref(), Some("gast-haus"));
        assert_eq!(repair(""), None);
    }
}
