//! The page and its parts, as they are in this folder: nothing is built, and nothing comes from elsewhere.

use api::Response;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;

/// A file of the page.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const FILES: [File; 4] = [
    File {
        path: "",
        kind: "text/html; charset=utf-8",
        text: include_str!("page/index.html"),
    },
    File {
        path: "/inspector.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("page/inspector.css"),
    },
    File {
        path: "/inspector.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("page/inspector.js"),
    },
    File {
        path: "/icon.svg",
        kind: "image/svg+xml",
        text: include_str!("page/icon.svg"),
    },
];

/// The graph brings its style with it, and nothing else.
const GRAPH_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// Of everything that is answered here. Only the page's own script runs, and only on the page itself.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The file of that path below the page's, if there is one.
pub(crate) fn file(path: &str) -> Option<Response> {
    let file = FILES.iter().find(|file| file.path == path)?;
    Some(([(header::CONTENT_TYPE, file.kind)], file.text).into_response())
}

/// The graph as a picture of its own.
pub(crate) fn picture(svg: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, GRAPH_POLICY),
    ];
    (headers, svg).into_response()
}

/// With what every answer has that does not say otherwise.
pub(crate) fn guarded(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn the_page_needs_nothing_from_elsewhere_and_has_no_script_within() {
        for file in &FILES {
            let text = file.text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://"), "{}", file.path);
            assert!(!text.contains("https://"), "{}", file.path);
        }
        let page = FILES[0].text;
        assert!(page.contains("<script src="));
        for refused in ["<style", "style=", "onclick=", "<script>"] {
            assert!(!page.contains(refused), "{refused}");
        }
    }
}
