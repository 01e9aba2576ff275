//! From a request to its answer.

use std::net::SocketAddr;
use std::time::Duration;

use api::{HttpCall, HttpRequest, Identity, PEER, Peer, Problem};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use pepperplug::{EmitContext, EmitError, Error, Events, HookError, HookFailure, WeakManager};

use crate::HttpSettings;
use crate::health;

/// Answers requests with what the plugins say.
#[derive(Debug)]
pub struct Answer {
    pub(crate) events: Events,
    pub(crate) manager: WeakManager,
    timeout: Duration,
    max_body: u64,
}

impl Answer {
    pub(crate) fn new(events: Events, manager: WeakManager, settings: &HttpSettings) -> Self {
        Self {
            events,
            manager,
            timeout: settings.request_timeout,
            max_body: settings.max_body,
        }
    }

    /// The answer to a request.
    pub async fn to(&self, mut request: Request, peer: Option<SocketAddr>) -> Response {
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer));
        }
        match (request.method().as_str(), request.uri().path()) {
            ("GET" | "HEAD", "/healthz") => return health::alive(),
            ("GET" | "HEAD", "/readyz") => return health::ready(self).await,
            _ => {}
        }
        let answered = tokio::time::timeout(self.timeout, self.ask(request));
        let late = || {
            let detail = format!("no answer within {:?}", self.timeout);
            Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
        };
        answered
            .await
            .unwrap_or_else(|_| Err(late()))
            .unwrap_or_else(refusal)
    }

    async fn ask(&self, request: Request) -> Result<Response, Problem> {
        let request = self.within_limits(request)?;
        let peer = request.extensions().get::<Peer>().copied();
        let identity = match asked(&request)? {
            Some(asked) => self.identity(asked, peer).await?,
            None => None,
        };
        let call = HttpCall::new(request, identity);
        let answer = self.events.emit(&call).await;
        match answer.map_err(|error| problem_of(&error))? {
            Some(response) => Ok(response),
            None => {
                let detail = format!("nothing is at {} {}", call.method(), call.path());
                Err(Problem::new(StatusCode::NOT_FOUND, detail))
            }
        }
    }

    /// Refuses a body that says that it is too long, and cuts off one that turns out to be.
    fn within_limits(&self, request: Request) -> Result<Request, Problem> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.max_body) {
            let detail = format!("a body may have {} bytes", self.max_body);
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let most = usize::try_from(self.max_body).unwrap_or(usize::MAX);
        Ok(request.map(|body| Body::new(Limited::new(body, most))))
    }

    async fn identity(
        &self,
        asked: HttpRequest,
        peer: Option<Peer>,
    ) -> Result<Option<Identity>, Problem> {
        let context = match peer {
            Some(peer) => EmitContext::new().metadata(PEER, peer.0.ip().to_string()),
            None => EmitContext::new(),
        };
        match self.events.emit_with(&asked, context).await {
            Ok(identity) => Ok(identity),
            Err(error) => Err(match problem_of(&error) {
                // Whoever refuses credentials says why, and not with which status.
                Problem { status: 500, .. } => {
                    Problem::new(StatusCode::UNAUTHORIZED, reason(&error))
                }
                problem => problem,
            }),
        }
    }
}

/// The question who sends a request, where it brings something to tell that by.
fn asked(request: &Request) -> Result<Option<HttpRequest>, Problem> {
    let Some(authorization) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let Ok(authorization) = authorization.to_str() else {
        let detail = "the header `Authorization` is not text";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    };
    Ok(Some(HttpRequest {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        authorization: Some(authorization.to_owned()),
    }))
}

/// What a hook said in its own words.
fn reason(error: &Error) -> String {
    match first_failure(error) {
        Some(HookError {
            failure: HookFailure::Error(error),
            ..
        }) => error.to_string(),
        _ => "the credentials could not be checked".to_owned(),
    }
}

fn first_failure(error: &Error) -> Option<&HookError> {
    match error {
        Error::Emit(EmitError::Hooks { errors, .. }) => errors.first(),
        _ => None,
    }
}

/// What a client is told of an error: what a hook says as a [`Problem`], and of all others no more than their kind.
fn problem_of(error: &Error) -> Problem {
    let failure = first_failure(error).map(|hook| &hook.failure);
    if let Some(HookFailure::Error(error)) = failure {
        if let Some(problem) = error.downcast_ref::<Problem>() {
            return problem.clone();
        }
    }
    match (error, failure) {
        (Error::Emit(EmitError::NotStarted { .. }), _) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service starts")
        }
        (Error::Emit(EmitError::ShuttingDown { .. }), _) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service stops")
        }
        (_, Some(HookFailure::TimedOut(after))) => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            format!("no answer within {after:?}"),
        ),
        _ => {
            tracing::error!(%error, "a request failed");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request failed; the log says why",
            )
        }
    }
}

fn refusal(problem: Problem) -> Response {
    let status = problem.status;
    let mut response = problem.into_response();
    let headers = response.headers_mut();
    match status {
        401 => {
            let schemes = HeaderValue::from_static("Bearer, Basic realm=\"service\"");
            headers.insert(header::WWW_AUTHENTICATE, schemes);
        }
        503 => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}
