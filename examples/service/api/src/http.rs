//! Requests as events.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

pub use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::IntoResponse;
pub use axum::response::Response;
use pepperplug::event;
use serde::{Deserialize, Serialize};

use crate::Identity;

/// Who sends this request? Hooks are asked in order until one knows; an error refuses the request.
#[event("http.request", mode = first, output = Identity)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HttpRequest {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/resources/logo`.
    pub path: String,
    /// The header of that name. It is a secret, so it is not told as data.
    #[serde(skip)]
    pub authorization: Option<String>,
}

/// The metadata of [`HttpRequest`] that tells the address that it comes from, as text, such as `127.0.0.1`.
pub const PEER: &str = "peer";

/// The address that a request comes from, among its extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Who answers this request? Hooks are asked in order until one does: each looks at method and path, and leaves alone what
/// is not its own. Emitted once it is known who sends the request.
///
/// To answer within a hook has a reason: a reload waits for hooks that are under way, so no plugin ends while it answers.
#[event("http.call", mode = first, output = Response)]
#[derive(Debug)]
pub struct HttpCall {
    parts: Parts,
    identity: Option<Identity>,
    body: Mutex<Option<Body>>,
}

impl HttpCall {
    /// The request, and who sends it, if that is known.
    #[must_use]
    pub fn new(request: axum::extract::Request, identity: Option<Identity>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            parts,
            identity,
            body: Mutex::new(Some(body)),
        }
    }

    /// Such as `GET`.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// What is asked for.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// Its parts: what an extractor of axum reads.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// A header, where it is text.
    #[must_use]
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The address that it comes from, where it comes from a socket.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.parts.extensions.get::<Peer>().map(|peer| peer.0)
    }

    /// Who sends it, if that is known.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Who sends it.
    ///
    /// # Errors
    /// 401, where that is not known.
    pub fn authorized(&self) -> Result<&Identity, Problem> {
        let unknown = || Problem::new(StatusCode::UNAUTHORIZED, "log in first");
        self.identity().ok_or_else(unknown)
    }

    /// The body. Whoever takes it answers the request; the second one gets an empty one.
    pub fn take_body(&self) -> Body {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        body.take().unwrap_or_default()
    }

    /// The whole body, as a `T` in JSON.
    ///
    /// # Errors
    /// 413, where it is longer than `limit` bytes, and 400, where it is no such JSON.
    pub async fn json<T: serde::de::DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        let body = axum::body::to_bytes(self.take_body(), limit).await;
        let body = body.map_err(|error| {
            let text = format!("the body is too long, or was cut off: {error}");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text)
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            let text = format!("the body is not the JSON that is wanted: {error}");
            Problem::new(StatusCode::BAD_REQUEST, text)
        })
    }
}

/// Why a request is refused, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What the status means.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// What is wrong with this very request.
    pub detail: String,
}

impl Problem {
    /// A status, and what is wrong.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.title, self.detail)
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, body).into_response()
    }
}
