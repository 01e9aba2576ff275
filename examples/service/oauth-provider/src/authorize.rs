//! `GET /authorize`: sends the browser back with a code.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::Misbehavior;
use crate::grants::Code;
use crate::provider::{Shared, error};

#[derive(Deserialize)]
pub(crate) struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    #[serde(default)]
    scope: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

#[derive(Default, Serialize)]
struct SentBack {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

pub(crate) async fn authorize(State(shared): State<Arc<Shared>>, asked: Query<Asked>) -> Response {
    shared.calls.authorize.fetch_add(1, Ordering::Relaxed);
    let Query(asked) = asked;
    // Nobody is sent to an address that the client did not register.
    if asked.client_id != shared.client.id || asked.redirect_uri != shared.client.redirect_uri {
        return error(StatusCode::BAD_REQUEST, "invalid_request");
    }
    let code = code_for(&shared, &asked);
    let wrong_state = matches!(shared.misbehavior(), Some(Misbehavior::WrongState));
    let state = match wrong_state {
        true => Some("another-state".to_owned()),
        false => asked.state,
    };
    let back = match code {
        Ok(code) => SentBack {
            code: Some(code),
            error: None,
            state,
        },
        Err(error) => SentBack {
            code: None,
            error: Some(error),
            state,
        },
    };
    let Ok(query) = serde_urlencoded::to_string(back) else {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "server_error");
    };
    let gap = if asked.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    let to = format!("{}{gap}{query}", asked.redirect_uri);
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn code_for(shared: &Shared, asked: &Asked) -> Result<String, &'static str> {
    if asked.response_type != "code" {
        return Err("unsupported_response_type");
    }
    let (Some(challenge), Some("S256")) = (
        &asked.code_challenge,
        asked.code_challenge_method.as_deref(),
    ) else {
        return Err("invalid_request");
    };
    let misbehavior = shared.misbehavior();
    let lifetime = match misbehavior {
        Some(Misbehavior::ExpiredCode) => Duration::ZERO,
        _ => Duration::from_secs(60),
    };
    let challenge = match misbehavior {
        Some(Misbehavior::WrongChallenge) => "a-challenge-that-no-verifier-has".to_owned(),
        _ => challenge.clone(),
    };
    let used = matches!(misbehavior, Some(Misbehavior::ReplayedCode)).then(String::new);
    let code = Code {
        sub: shared.user(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge,
        scope: asked.scope.clone(),
        until: Instant::now() + lifetime,
        used,
    };
    let code = shared.grants().add_code(code);
    code.ok_or("temporarily_unavailable")
}
