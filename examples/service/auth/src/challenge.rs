//! `WWW-Authenticate`: how to do better.

use std::sync::Arc;

use api::{AuthProvider, Problem, Response};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;

/// The schemes that are understood, each once, in the order of their providers.
pub(crate) fn schemes(providers: &[Arc<dyn AuthProvider>]) -> Vec<&'static str> {
    let mut schemes: Vec<&'static str> = Vec::new();
    for scheme in providers.iter().map(|provider| provider.scheme()) {
        if !schemes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
        {
            schemes.push(scheme);
        }
    }
    schemes
}

/// The answer to a request that is refused; with a 401, what would be accepted.
pub(crate) fn refusal(problem: Problem, providers: &[Arc<dyn AuthProvider>]) -> Response {
    let status = problem.status;
    let mut response = problem.into_response();
    if status == StatusCode::UNAUTHORIZED {
        for scheme in schemes(providers) {
            let challenge = format!("{scheme} realm=\"service\"");
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                response
                    .headers_mut()
                    .append(header::WWW_AUTHENTICATE, challenge);
            }
        }
    }
    response
}

/// With the header `Retry-After`, where the error says when.
pub(crate) fn retry_after(error: &crate::AuthError, mut response: Response) -> Response {
    if let crate::AuthError::TooManyFailures { retry_after } = error {
        let seconds = HeaderValue::from(retry_after.as_secs().max(1));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
