//! What a request is about, and under which conditions.

use std::collections::BTreeMap;

use api::{HttpCall, Problem};
use axum::extract::Query;
use axum::http::{StatusCode, header};
use pepperplug::resources::{ContentTag, Revision};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ROOT: &str = "/resources";

/// What a path stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    All,
    One(String),
    Content(String),
}

impl Target {
    /// None where the path is none of these.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(ROOT)?;
        let mut parts = rest.strip_prefix('/').unwrap_or(rest).split('/');
        match (parts.next()?, parts.next(), parts.next()) {
            ("", None, _) => Some(Self::All),
            _ if !rest.starts_with('/') => None,
            (name, None | Some(""), None) => Some(Self::One(decoded(name)?)),
            (name, Some("content"), None) => Some(Self::Content(decoded(name)?)),
            _ => None,
        }
    }
}

/// What stands for itself in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path of a resource.
pub(crate) fn path_of(name: &str) -> String {
    format!("{ROOT}/{}", utf8_percent_encode(name, PLAIN))
}

/// None where what comes of it is no text.
fn decoded(part: &str) -> Option<String> {
    let decoded = percent_decode_str(part).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The revision that `If-Match` asks for; none where any will do.
pub(crate) fn revision(call: &HttpCall) -> Result<Option<Revision>, Problem> {
    let Some(tag) = if_match(call)? else {
        return Ok(None);
    };
    // A tag that none of ours is fits nothing.
    let never = || Problem::new(StatusCode::PRECONDITION_FAILED, "no revision has this tag");
    tag.parse().map(Some).map_err(|_| never())
}

/// The contents that `If-Match` asks for; none where any will do.
pub(crate) fn content_tag(call: &HttpCall) -> Result<Option<ContentTag>, Problem> {
    Ok(if_match(call)?.map(ContentTag::from))
}

fn if_match(call: &HttpCall) -> Result<Option<String>, Problem> {
    let Some(given) = call.header(header::IF_MATCH) else {
        return Ok(None);
    };
    match given.trim() {
        "*" => Ok(None),
        // One that is weak never matches (RFC 9110, 13.1.1).
        given => match given
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
        {
            Some(tag) if !tag.contains('"') => Ok(Some(tag.to_owned())),
            _ => {
                let detail = "`If-Match` takes one strong tag, such as `\"17\"`, or `*`";
                Err(Problem::new(StatusCode::BAD_REQUEST, detail))
            }
        },
    }
}

/// Whether the client has this already.
pub(crate) fn none_match(call: &HttpCall, tag: &str) -> bool {
    let Some(given) = call.header(header::IF_NONE_MATCH) else {
        return false;
    };
    let is_it = |one: &str| {
        let one = one.trim();
        let one = one.strip_prefix("W/").unwrap_or(one);
        one == "*" || one.trim_matches('"') == tag
    };
    given.split(',').any(is_it)
}

fn query(call: &HttpCall) -> Result<BTreeMap<String, String>, Problem> {
    let query = Query::<BTreeMap<String, String>>::try_from_uri(call.uri());
    let query = query.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    Ok(query.0)
}

pub(crate) fn text(call: &HttpCall, key: &str) -> Result<Option<String>, Problem> {
    Ok(query(call)?.remove(key))
}

pub(crate) fn flag(call: &HttpCall, key: &str) -> Result<bool, Problem> {
    match text(call, key)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("" | "true") => Ok(true),
        Some(other) => {
            let detail = format!("`{key}` is `true` or `false`, and not `{other}`");
            Err(Problem::new(StatusCode::BAD_REQUEST, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, decoded, path_of};

    #[test]
    fn paths_stand_for_resources() {
        let one = |name: &str| Some(Target::One(name.to_owned()));
        assert_eq!(Target::of("/resources"), Some(Target::All));
        assert_eq!(Target::of("/resources/"), Some(Target::All));
        assert_eq!(Target::of("/resources/logo"), one("logo"));
        assert_eq!(Target::of("/resources/a%20b%2Fc"), one("a b/c"));
        let content = Some(Target::Content("logo".to_owned()));
        assert_eq!(Target::of("/resources/logo/content"), content);
        for other in [
            "/",
            "/resourcesx",
            "/resources/a/b",
            "/resources/a/content/c",
            "/resources/%ff",
        ] {
            assert_eq!(Target::of(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_survives_its_path() {
        for name in ["logo", "a b/c", "100 %", "ä.txt"] {
            let path = path_of(name);
            assert_eq!(
                Target::of(&path),
                Some(Target::One(name.to_owned())),
                "{path}"
            );
        }
        assert_eq!(decoded("%ff"), None);
    }
}
