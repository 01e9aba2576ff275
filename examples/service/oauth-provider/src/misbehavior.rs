//! What a provider may do wrong.

use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What it does wrong, until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehavior {
    /// Sends the browser back with another state than it was sent with.
    WrongState,
    /// Sends it back with a code that has expired.
    ExpiredCode,
    /// Sends it back with a code that was used before.
    ReplayedCode,
    /// Gives a code for another PKCE challenge than the one it was asked with.
    WrongChallenge,
    /// Says that tokens are for another client.
    OtherClient,
    /// Answers token, introspection and revocation only after so long.
    Slow(Duration),
    /// Answers these with status 500.
    Broken,
    /// Answers these with a redirect to itself.
    Redirects,
    /// Answers these with 200 and something that is no JSON.
    Garbage,
    /// Answers these with 200 and JSON that never ends.
    Endless,
}

impl Misbehavior {
    /// What it answers instead of what it should, if anything.
    pub(crate) async fn instead(self, url: &str) -> Option<Response> {
        match self {
            Self::Slow(time) => {
                tokio::time::sleep(time).await;
                None
            }
            Self::Broken => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
            Self::Redirects => {
                let to = [(header::LOCATION, format!("{url}/redirected"))];
                Some((StatusCode::TEMPORARY_REDIRECT, to).into_response())
            }
            Self::Garbage => Some("<html>not what you asked for</html>".into_response()),
            Self::Endless => {
                let kind = [(header::CONTENT_TYPE, "application/json")];
                Some((kind, Body::new(Spaces)).into_response())
            }
            _ => None,
        }
    }
}

/// Spaces without end, which any JSON may begin with.
struct Spaces;

impl axum::body::HttpBody for Spaces {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let spaces = axum::body::Bytes::from_static(&[b' '; 4096]);
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(spaces))))
    }
}
