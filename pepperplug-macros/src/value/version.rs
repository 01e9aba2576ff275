//! Versions and version ranges, in cargo's syntax.
//!
//! A macro crate stays small, so this is not the `semver` crate but the part of it that cargo's users write: `1.2.3-pre+build`
//! for versions; `^`, `~`, `=`, `>`, `>=`, `<`, `<=`, wildcards and comma lists for ranges. A bare `1.2` means `^1.2`.

/// A version; build metadata is dropped, since it has no part in any comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) major: u64,
    pub(crate) minor: u64,
    pub(crate) patch: u64,
    pub(crate) pre: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Exact,
    Greater,
    GreaterEq,
    Less,
    LessEq,
    Tilde,
    Caret,
    Wildcard,
}

impl Op {
    /// The variant's name in the runtime.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Op::Exact => "Exact",
            Op::Greater => "Greater",
            Op::GreaterEq => "GreaterEq",
            Op::Less => "Less",
            Op::LessEq => "LessEq",
            Op::Tilde => "Tilde",
            Op::Caret => "Caret",
            Op::Wildcard => "Wildcard",
        }
    }
}

/// One condition of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparator {
    pub(crate) op: Op,
    pub(crate) major: u64,
    pub(crate) minor: Option<u64>,
    pub(crate) patch: Option<u64>,
    pub(crate) pre: String,
}

/// A range: all conditions must hold, so none means any version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VersionReq {
    pub(crate) comparators: Vec<Comparator>,
}

/// Reads a full version.
pub(crate) fn parse_version(text: &str) -> Result<Version, String> {
    let (numbers, pre) = split_suffixes(text)?;
    match numbers
        .split('.')
        .map(number)
        .collect::<Result<Vec<_>, _>>()?[..]
    {
        [major, minor, patch] => Ok(Version {
            major,
            minor,
            patch,
            pre,
        }),
        [_] | [_, _] => Err("has fewer than three numbers".to_owned()),
        _ => Err("has more than three numbers".to_owned()),
    }
}

/// Reads a range.
pub(crate) fn parse_range(text: &str) -> Result<VersionReq, String> {
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if is_star(text.trim()) {
        return Ok(VersionReq::default());
    }
    let comparators = text
        .split(',')
        .map(|part| one_comparator(part.trim()))
        .collect::<Result<_, _>>()?;
    Ok(VersionReq { comparators })
}

const OPERATORS: &[(&str, Op)] = &[
    (">=", Op::GreaterEq),
    ("<=", Op::LessEq),
    (">", Op::Greater),
    ("<", Op::Less),
    ("=", Op::Exact),
    ("^", Op::Caret),
    ("~", Op::Tilde),
];

/// A condition, and not two with a blank between them.
fn one_comparator(text: &str) -> Result<Comparator, String> {
    // A blank may stand after the sign.
    let sign = text.len()
        - text
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .len();
    let Some(blank) = text[sign..].find(char::is_whitespace) else {
        return comparator(text);
    };
    let (first, second) = text.split_at(sign + blank);
    let second = second.trim_start();
    match comparator(second) {
        Ok(_) => Err(format!("lacks a comma between `{first}` and `{second}`")),
        Err(_) => Err(format!("has `{second}` after `{first}`")),
    }
}

fn comparator(text: &str) -> Result<Comparator, String> {
    if text.is_empty() {
        return Err("has an empty condition".to_owned());
    }
    let written = OPERATORS
        .iter()
        .find_map(|(sign, op)| text.strip_prefix(sign).map(|rest| (*op, rest.trim_start())));
    let (op, rest) = written.unwrap_or((Op::Caret, text));
    let (numbers, pre) = split_suffixes(rest)?;
    let mut parts: Vec<&str> = numbers.split('.').collect();
    let wildcards = parts.iter().position(|part| is_star(part));
    if let Some(first) = wildcards {
        if let Some(part) = parts[first..].iter().find(|part| !is_star(part)) {
            return Err(format!("has the number `{part}` after a `*`"));
        }
        if first == 0 {
            return Err("has a `*` beside other conditions".to_owned());
        }
        parts.truncate(first);
    }
    let numbers = parts
        .into_iter()
        .map(number)
        .collect::<Result<Vec<_>, _>>()?;
    if numbers.len() > 3 {
        return Err("has more than three numbers".to_owned());
    }
    if !pre.is_empty() && numbers.len() < 3 {
        return Err("has a pre-release without all three numbers".to_owned());
    }
    Ok(Comparator {
        op: if wildcards.is_some() && written.is_none() {
            Op::Wildcard
        } else {
            op
        },
        major: numbers[0],
        minor: numbers.get(1).copied(),
        patch: numbers.get(2).copied(),
        pre,
    })
}

/// `1.2.3-pre+build` → `1.2.3` and `pre`.
fn split_suffixes(text: &str) -> Result<(&str, String), String> {
    let (text, build) = text
        .split_once('+')
        .map_or((text, None), |(text, build)| (text, Some(build)));
    if let Some(build) = build {
        identifiers(build, "build metadata", false)?;
    }
    let (numbers, pre) = text
        .split_once('-')
        .map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
    if let Some(pre) = pre {
        identifiers(pre, "pre-release", true)?;
    }
    Ok((numbers, pre.unwrap_or_default().to_owned()))
}

/// Dot-separated identifiers of letters, digits and hyphens; in a pre-release, numbers have no leading zero.
fn identifiers(text: &str, what: &str, ordered: bool) -> Result<(), String> {
    for part in text.split('.') {
        if part.is_empty() {
            return Err(format!("has an empty {what}"));
        }
        if let Some(c) = part
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '-')
        {
            return Err(format!("has `{}` in its {what}", c.escape_debug()));
        }
        if ordered
            && part.len() > 1
            && part.starts_with('0')
            && part.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(format!("has the number `{part}` with a leading zero"));
        }
    }
    Ok(())
}

fn number(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Err("lacks a number".to_owned());
    }
    if let Some(c) = text.chars().find(|c| !c.is_ascii_digit()) {
        return Err(format!("has `{}` where a number belongs", c.escape_debug()));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(format!("has the number `{text}` with a leading zero"));
    }
    text.parse()
        .map_err(|_| format!("has the number `{text}`, which is too large"))
}

fn is_star(text: &str) -> bool {
    matches!(text, "*" | "x" | "X")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(op: Op, major: u64, minor: Option<u64>, patch: Option<u64>) -> Comparator {
        Comparator {
            op,
            major,
            minor,
            patch,
            pre: String::new(),
        }
    }

    #[test]
    fn reads_versions() {
        assert_eq!(
            parse_version("1.20.3-rc.1+5"),
            Ok(Version {
                major: 1,
                minor: 20,
                patch: 3,
                pre: "rc.1".to_owned()
            })
        );
    }

    #[test]
    fn says_what_is_wrong_with_versions() {
        for (text, reason) in [
            ("", "lacks a number"),
            ("1", "has fewer than three numbers"),
            ("1.2", "has fewer than three numbers"),
            ("1.2.3.4", "has more than three numbers"),
            ("1.02.3", "has the number `02` with a leading zero"),
            ("v1.2.3", "has `v` where a number belongs"),
            ("1.2.3-", "has an empty pre-release"),
            ("1.2.3-01", "has the number `01` with a leading zero"),
            ("1.2.3+ä", "has `ä` in its build metadata"),
            (
                "1.2.99999999999999999999",
                "has the number `99999999999999999999`, which is too large",
            ),
        ] {
            assert_eq!(parse_version(text), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn reads_ranges() {
        for (text, comparators) in [
            ("*", vec![]),
            ("1.2", vec![condition(Op::Caret, 1, Some(2), None)]),
            ("^1", vec![condition(Op::Caret, 1, None, None)]),
            ("~ 1.2.3", vec![condition(Op::Tilde, 1, Some(2), Some(3))]),
            ("=1.2.3", vec![condition(Op::Exact, 1, Some(2), Some(3))]),
            ("1.*", vec![condition(Op::Wildcard, 1, None, None)]),
            ("1.2.x", vec![condition(Op::Wildcard, 1, Some(2), None)]),
            (
                ">=1.2, <2",
                vec![
                    condition(Op::GreaterEq, 1, Some(2), None),
                    condition(Op::Less, 2, None, None),
                ],
            ),
            (
                ">1,<=3.0",
                vec![
                    condition(Op::Greater, 1, None, None),
                    condition(Op::LessEq, 3, Some(0), None),
                ],
            ),
        ] {
            assert_eq!(parse_range(text), Ok(VersionReq { comparators }), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_ranges() {
        for (text, reason) in [
            ("", "is empty"),
            (">=", "lacks a number"),
            ("1.2,", "has an empty condition"),
            ("*, 1", "has a `*` beside other conditions"),
            ("1.*.3", "has the number `3` after a `*`"),
            ("=>1", "has `>` where a number belongs"),
            ("1.2-rc", "has a pre-release without all three numbers"),
            ("1 2", "lacks a comma between `1` and `2`"),
            (">= 1.2  <2", "lacks a comma between `>= 1.2` and `<2`"),
            ("^1 y", "has `y` after `^1`"),
            ("> =1", "has `=` where a number belongs"),
        ] {
            assert_eq!(parse_range(text), Err(reason.to_owned()), "{text}");
        }
    }
}
