//! Who is let in, and whose orders are followed.

use std::net::IpAddr;

use api::{HttpCall, Problem};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use subtle::ConstantTimeEq;

use crate::settings::InspectorSettings;

/// The header that carries the token of the page.
pub(crate) const TOKEN: &str = "x-inspector-token";

/// Whether a request may see any of it. Whoever may not is not told that there is something to see.
pub(crate) fn is_admitted(call: &HttpCall, settings: &InspectorSettings) -> bool {
    settings.enabled && (has_role(call, settings) || settings.allow_loopback && is_local(call))
}

fn has_role(call: &HttpCall, settings: &InspectorSettings) -> bool {
    let identity = call.identity();
    identity.is_some_and(|identity| identity.user.roles.contains(&settings.role))
}

/// Whether it was sent on this machine, by someone who knows that.
///
/// Behind a proxy on this machine everyone comes from here, so what was forwarded does not count. A page of somebody
/// else's in a browser on this machine may give its own name our address; the header `Host` has that name.
fn is_local(call: &HttpCall) -> bool {
    let from_here = call
        .peer()
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let is_forwarded = forwarded
        .iter()
        .any(|name| call.headers().contains_key(*name));
    from_here && !is_forwarded && host(call).is_some_and(|host| is_name_of_here(host.host()))
}

fn is_name_of_here(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

fn host(call: &HttpCall) -> Option<Authority> {
    call.header(header::HOST)?.parse().ok()
}

/// Whether an order comes from our own page, and not from another one that the browser has open.
///
/// # Errors
/// 403 with the reason.
pub(crate) fn from_own_page(call: &HttpCall, token: &str) -> Result<(), Problem> {
    let refused = |why: &str| Err(Problem::new(StatusCode::FORBIDDEN, why));
    if !is_same_origin(call) {
        return refused("the request comes from a page of another origin");
    }
    let given = call.header(TOKEN).unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
        return refused("the header `X-Inspector-Token` is not the token that the page was given");
    }
    Ok(())
}

/// Who is no browser says nothing of it.
fn is_same_origin(call: &HttpCall) -> bool {
    let fetched = call.header("sec-fetch-site");
    let origin_is_ours = |origin: &str| {
        let origin = origin.split_once("://").and_then(|(_, of)| of.parse().ok());
        origin.is_some_and(|origin: Authority| Some(origin) == host(call))
    };
    let origin = call.headers().get(header::ORIGIN);
    fetched.is_none_or(|site| site == "same-origin")
        && origin.is_none_or(|origin| origin.to_str().is_ok_and(origin_is_ours))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use api::{Body, HttpCall, Identity, Peer, User};
    use axum::extract::Request;

    use super::{from_own_page, is_admitted};
    use crate::settings::InspectorSettings;

    const HERE: &str = "127.0.0.1:5000";

    fn call(peer: &str, headers: &[(&str, &str)], role: Option<&str>) -> HttpCall {
        let mut request = Request::builder().uri("/_plugins");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer: SocketAddr = peer.parse().expect("an address");
        let request = request.extension(Peer(peer)).body(Body::empty());
        let identity = role.map(|role| Identity {
            user: User {
                id: "1".to_owned(),
                name: "ada".to_owned(),
                roles: vec![role.to_owned()],
            },
            scheme: "Test".to_owned(),
            session: None,
        });
        HttpCall::new(request.expect("a request"), identity)
    }

    #[test]
    fn this_machine_is_let_in_and_nobody_in_its_name() {
        let settings = InspectorSettings::default();
        let enters = |peer: &str, headers: &[_]| is_admitted(&call(peer, headers, None), &settings);
        let local = [("host", "localhost:8080")];
        assert!(enters(HERE, &local));
        assert!(enters(HERE, &[("host", "127.0.0.1:8080")]));
        assert!(enters("[::1]:5000", &[("host", "[::1]:8080")]));
        assert!(enters("[::ffff:127.0.0.1]:5000", &local));
        assert!(!enters("192.0.2.1:5000", &local));
        // By a proxy on this machine, and by a name that somebody has given this address.
        assert!(!enters(HERE, &[local[0], ("x-forwarded-for", "192.0.2.1")]));
        assert!(!enters(HERE, &[("host", "evil.example:8080")]));
        assert!(!enters(HERE, &[("host", "localhost.evil.example")]));
        assert!(!enters(HERE, &[]));
    }

    #[test]
    fn a_role_is_let_in_from_anywhere() {
        let far = "192.0.2.1:5000";
        let mut settings = InspectorSettings::default();
        assert!(is_admitted(&call(far, &[], Some("admin")), &settings));
        assert!(!is_admitted(&call(far, &[], Some("user")), &settings));
        settings.enabled = false;
        assert!(!is_admitted(&call(far, &[], Some("admin")), &settings));
        settings.enabled = true;
        settings.allow_loopback = false;
        let local = [("host", "localhost")];
        assert!(!is_admitted(&call(HERE, &local, None), &settings));
        assert!(is_admitted(&call(HERE, &local, Some("admin")), &settings));
    }

    #[test]
    fn orders_come_from_our_own_page() {
        let why = |headers: &[(&str, &str)]| {
            let mut all = vec![("host", "localhost:8080")];
            all.extend(headers);
            let checked = from_own_page(&call(HERE, &all, None), "t0ken");
            checked.err().map(|problem| problem.detail)
        };
        let token = ("x-inspector-token", "t0ken");
        let ours = ("origin", "http://localhost:8080");
        assert_eq!(why(&[token]), None);
        assert_eq!(why(&[token, ours, ("sec-fetch-site", "same-origin")]), None);
        for other in [
            ("origin", "http://evil.example"),
            ("origin", "http://localhost:9090"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let detail = why(&[token, other]).expect("refused");
            assert!(detail.contains("another origin"), "{other:?}: {detail}");
        }
        for wrong in [&[ours][..], &[ours, ("x-inspector-token", "other")]] {
            let detail = why(wrong).expect("refused");
            assert!(detail.contains("X-Inspector-Token"), "{detail}");
        }
    }
}
