//! A login that is under way: begun in this browser, until the provider sends it back.

use std::time::Duration;

use api::Cache;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::PkceCodeVerifier;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{AuthError, random};

/// The cookie that binds a login to a browser.
const COOKIE: &str = "oauth_login";

/// What the cache holds under `oauth:login:{hash of the state}`.
#[derive(Serialize, Deserialize)]
struct Kept {
    verifier: String,
    /// The hash of the cookie: who reads the cache is not the browser.
    browser: String,
}

/// What a browser is sent away with.
pub(super) struct Begun {
    pub(super) state: String,
    pub(super) cookie: String,
}

pub(super) async fn begin(
    cache: &dyn Cache,
    verifier: &PkceCodeVerifier,
    ttl: Duration,
) -> Result<Begun, AuthError> {
    let begun = Begun {
        state: random::text::<32>()?,
        cookie: random::text::<32>()?,
    };
    let kept = Kept {
        verifier: verifier.secret().clone(),
        browser: hash(&begun.cookie),
    };
    let kept =
        serde_json::to_string(&kept).map_err(|error| AuthError::Computation(error.to_string()))?;
    cache.set(&key(&begun.state), &kept, Some(ttl)).await?;
    Ok(begun)
}

/// What the login was begun with, once: the second time it is not known any more, also where both come at once.
pub(super) async fn take(
    cache: &dyn Cache,
    state: &str,
    headers: &HeaderMap,
) -> Result<PkceCodeVerifier, AuthError> {
    let key = key(state);
    let kept = cache.get(&key).await?.ok_or(AuthError::UnknownLogin)?;
    // Of those who have read it, one deletes it.
    if !cache.delete(&key).await? {
        return Err(AuthError::UnknownLogin);
    }
    let kept: Kept = serde_json::from_str(&kept).map_err(|_| AuthError::UnknownLogin)?;
    let browser = cookies(headers).any(|cookie| {
        let theirs = hash(cookie);
        bool::from(theirs.as_bytes().ct_eq(kept.browser.as_bytes()))
    });
    if !browser {
        return Err(AuthError::UnknownLogin);
    }
    Ok(PkceCodeVerifier::new(kept.verifier))
}

/// `Set-Cookie` for a login, or, without a value, to forget it.
pub(super) fn set_cookie(value: Option<&str>, ttl: Duration, is_secure: bool) -> String {
    let (value, age) = value.map_or(("", 0), |value| (value, ttl.as_secs()));
    let secure = if is_secure { "; Secure" } else { "" };
    // `Lax`, as it comes back with a link from another site.
    format!("{COOKIE}={value}; Path=/oauth/callback; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let headers = headers.get_all("cookie").into_iter();
    let pairs = headers.filter_map(|value| value.to_str().ok());
    pairs.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

fn key(state: &str) -> String {
    format!("oauth:login:{}", hash(state))
}

/// Of something that nobody can guess, so one round without salt will do.
pub(super) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}
