//! `POST /introspect` and `POST /revoke`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use crate::Misbehavior;
use crate::provider::{Shared, error};

#[derive(Deserialize)]
pub(crate) struct Asked {
    token: String,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl Asked {
    fn by_client(&self, shared: &Shared, headers: &HeaderMap) -> bool {
        let (id, secret) = (self.client_id.as_deref(), self.client_secret.as_deref());
        shared.is_client(headers, id, secret)
    }
}

pub(crate) async fn introspect(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Response {
    shared.calls.introspect.fetch_add(1, Ordering::Relaxed);
    if let Some(instead) = shared.instead().await {
        return instead;
    }
    if !asked.by_client(&shared, &headers) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let client = match shared.misbehavior() {
        Some(Misbehavior::OtherClient) => "another-client",
        _ => &shared.client.id,
    };
    let grants = shared.grants();
    let answer = match grants.token(&asked.token) {
        Some(token) => json!({
            "active": true,
            "sub": token.sub,
            "username": token.sub,
            "client_id": client,
            "scope": token.scope,
            "token_type": "Bearer",
            "exp": token.exp,
        }),
        None => json!({ "active": false }),
    };
    Json(answer).into_response()
}

/// A token that is not there is revoked as well (RFC 7009, section 2.2).
pub(crate) async fn revoke(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Response {
    shared.calls.revoke.fetch_add(1, Ordering::Relaxed);
    if let Some(instead) = shared.instead().await {
        return instead;
    }
    if !asked.by_client(&shared, &headers) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    shared.grants().revoke(&asked.token);
    StatusCode::OK.into_response()
}
