//! What can go wrong.

use std::time::Duration;

use api::{CacheError, Problem, StoreError};
use axum::http::StatusCode;
use pepperplug::BoxError;

/// Why somebody is not let in. The text is for whoever sends the request: none tells users from those who are none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// No provider knows the scheme of the header.
    #[error("Unknown scheme: {0}")]
    UnknownScheme(String),
    /// The header is none that RFC 9110 describes, or has nothing after its scheme.
    #[error("the header `Authorization` is not of the form `<scheme> <credentials>`")]
    MalformedHeader,
    /// There is no such user, the password is another, or no provider knows the credentials: which of these is nobody's
    /// business.
    #[error("the credentials are not accepted")]
    Refused,
    /// Not a token of ours, or not one any more.
    #[error("the token is not valid")]
    InvalidToken,
    /// Its time is over.
    #[error("the token has expired")]
    ExpiredToken,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    EarlyToken,
    /// Somebody has logged out.
    #[error("the session has ended: log in again")]
    SessionEnded,
    /// Of this name, or from this address, too many attempts have failed.
    #[error("too many failed attempts: try again in {} s", retry_after.as_secs().max(1))]
    TooManyFailures {
        /// When the next one is looked at.
        retry_after: Duration,
    },
    /// More credentials wait to be checked than the settings allow.
    #[error("too many credentials are being checked: try again in a moment")]
    Busy,
    /// This login was not begun in this browser, is over, or was begun too long ago.
    #[error("this login was not begun here, or too long ago: begin at /oauth/start")]
    UnknownLogin,
    /// The provider did not let somebody in.
    #[error("the OAuth provider refused: {0}")]
    RefusedByProvider(String),
    /// The users or sessions cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the cache knows of a session cannot be deleted, and it might be believed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The OAuth 2 provider does not answer, or not as it should.
    #[error("the OAuth provider {0}")]
    Provider(String),
    /// A hash or a signature could not be computed.
    #[error("{0}")]
    Computation(String),
    /// The operating system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

impl AuthError {
    /// As the answer to a request. What has nothing to do with the one who sends it is not told, but logged.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let hidden = |status, detail: &str| {
            tracing::error!(error = %self, "cannot tell who sends a request");
            Problem::new(status, detail)
        };
        match self {
            Self::MalformedHeader => Problem::new(StatusCode::BAD_REQUEST, self.to_string()),
            Self::TooManyFailures { .. } => {
                Problem::new(StatusCode::TOO_MANY_REQUESTS, self.to_string())
            }
            Self::Busy => Problem::new(StatusCode::SERVICE_UNAVAILABLE, self.to_string()),
            Self::Store(_) | Self::Cache(_) => hidden(
                StatusCode::SERVICE_UNAVAILABLE,
                "users and sessions are not available at the moment",
            ),
            Self::Provider(_) => hidden(
                StatusCode::BAD_GATEWAY,
                "the OAuth provider does not answer as it should",
            ),
            Self::Computation(_) | Self::Random(_) => hidden(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request failed; the log says why",
            ),
            _ => Problem::new(StatusCode::UNAUTHORIZED, self.to_string()),
        }
    }
}

/// An error of a provider or of a hook, which may be of any type, as the answer to a request.
pub(crate) fn problem_of(error: &BoxError) -> Problem {
    if let Some(error) = error.downcast_ref::<AuthError>() {
        return error.problem();
    }
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if let Some(error) = error.downcast_ref::<pepperplug::Error>() {
        return problem_of_emit(error);
    }
    tracing::error!(%error, "cannot tell who sends a request");
    let detail = "the request failed; the log says why";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}

/// What the first hook said that failed.
pub(crate) fn problem_of_emit(error: &pepperplug::Error) -> Problem {
    use pepperplug::{EmitError, Error, HookFailure};
    if let Error::Emit(EmitError::Hooks { errors, .. }) = error
        && let Some(HookFailure::Error(error)) = errors.first().map(|hook| &hook.failure)
    {
        return problem_of(error);
    }
    tracing::error!(%error, "a request failed");
    let detail = "the request failed; the log says why";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}
