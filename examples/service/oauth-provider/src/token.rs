//! `POST /token`: a code becomes an access token.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use crate::grants::Token;
use crate::provider::{Shared, error};

/// How long an access token holds.
const LIFETIME: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
pub(crate) struct Asked {
    grant_type: String,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

pub(crate) async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Response {
    shared.calls.token.fetch_add(1, Ordering::Relaxed);
    if let Some(instead) = shared.instead().await {
        return instead;
    }
    let (id, secret) = (asked.client_id.as_deref(), asked.client_secret.as_deref());
    if !shared.is_client(&headers, id, secret) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    match exchange(&shared, &asked) {
        Ok(answer) => answer,
        Err(code) => error(StatusCode::BAD_REQUEST, code),
    }
}

fn exchange(shared: &Shared, asked: &Asked) -> Result<Response, &'static str> {
    if asked.grant_type != "authorization_code" {
        return Err("unsupported_grant_type");
    }
    let name = asked.code.as_deref().ok_or("invalid_request")?;
    let mut grants = shared.grants();
    let code = grants.code(name).ok_or("invalid_grant")?.clone();
    if let Some(token) = &code.used {
        // Two have the code, so whoever came first may be the wrong one (RFC 6749, section 4.1.2).
        grants.revoke(token);
        return Err("invalid_grant");
    }
    let same_address = asked.redirect_uri.as_ref() == Some(&code.redirect_uri);
    let verifier = asked.code_verifier.as_deref().ok_or("invalid_grant")?;
    if Instant::now() >= code.until || !same_address || !is_verifier(verifier, &code.challenge) {
        return Err("invalid_grant");
    }
    let token = Token::new(&code.sub, &code.scope, LIFETIME);
    let token = grants.add_token(token).ok_or("temporarily_unavailable")?;
    if let Some(code) = grants.code(name) {
        code.used = Some(token.clone());
    }
    let answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
        "scope": code.scope,
    });
    Ok(([("cache-control", "no-store")], Json(answer)).into_response())
}

fn is_verifier(verifier: &str, challenge: &str) -> bool {
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    hash.as_bytes().ct_eq(challenge.as_bytes()).into()
}
