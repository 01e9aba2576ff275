//! `GET /oauth/start` and `GET /oauth/callback`.

use api::{HttpCall, Response};
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use oauth2::PkceCodeChallenge;
use pepperplug::BoxError;
use pepperplug::prelude::*;
use secrecy::SecretString;
use serde::Deserialize;

use super::client::ProviderClient;
use super::{OAuthPlugin, login};
use crate::AuthError;
use crate::error::problem_of;
use crate::routes::{log_in, no_store, wrong_method};

const START: &str = "/oauth/start";
pub(super) const CALLBACK: &str = "/oauth/callback";

/// What a browser brings back.
#[derive(Deserialize)]
struct Back {
    state: String,
    code: Option<String>,
    error: Option<String>,
}

impl OAuthPlugin {
    pub(super) async fn route(&self, call: &HttpCall, ctx: &EventContext<'_>) -> Option<Response> {
        let client = self.client.as_ref()?;
        if !matches!(call.path(), START | CALLBACK) {
            return None;
        }
        // Not HEAD either: both do something.
        if call.method() != "GET" {
            return Some(wrong_method("GET"));
        }
        let is_start = call.path() == START;
        let answer = match is_start {
            true => self.start(client).await,
            false => self.callback(client, call, ctx).await,
        };
        let mut response = answer.unwrap_or_else(|error| problem_of(&error).into_response());
        if !is_start {
            // It has done its work, whatever came of it.
            let forget = self.cookie(client, None);
            set_cookie(&mut response, &forget);
        }
        Some(no_store(response))
    }

    async fn start(&self, client: &ProviderClient) -> Result<Response, BoxError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let begun = login::begin(&*self.cache, &verifier, self.settings.login_ttl).await?;
        let to = client.authorize_url(&begun.state, challenge);
        let to = HeaderValue::from_str(to.as_str())?;
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
        set_cookie(&mut response, &self.cookie(client, Some(&begun.cookie)));
        Ok(response)
    }

    async fn callback(
        &self,
        client: &ProviderClient,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Response, BoxError> {
        let back: Query<Back> =
            Query::try_from_uri(call.uri()).map_err(|_| AuthError::UnknownLogin)?;
        // First of all, so that a state is of use once, whatever else is wrong.
        let verifier = login::take(&*self.cache, &back.state, call.headers()).await?;
        let Some(code) = &back.code else {
            let error = back.error.as_deref().unwrap_or("it gave no code");
            return Err(AuthError::RefusedByProvider(printable(error)).into());
        };
        let token = client.exchange(code, verifier).await?;
        let user = self.whose(client, &token).await;
        // It has told whose it is, and nobody else needs it.
        if let Err(error) = client.revoke(&token).await {
            tracing::warn!(%error, "a token of the OAuth provider is not revoked, and expires by itself");
        }
        log_in(user?, ctx).await
    }

    async fn whose(
        &self,
        client: &ProviderClient,
        token: &SecretString,
    ) -> Result<api::User, AuthError> {
        let active = client.introspect(token).await?;
        let active = active.ok_or(AuthError::InvalidToken)?;
        self.local_user(client, &active).await
    }

    fn cookie(&self, client: &ProviderClient, value: Option<&str>) -> String {
        let is_secure = client.settings().redirect_url.is_secure();
        login::set_cookie(value, self.settings.login_ttl, is_secure)
    }
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// It comes from a link that anybody may have written.
fn printable(error: &str) -> String {
    let plain = |char: &char| char.is_ascii_alphanumeric() || "_- ".contains(*char);
    error.chars().filter(plain).take(64).collect()
}
