//! All keys: one signs, each verifies.

use std::fmt;
use std::time::SystemTime;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation};
use secrecy::SecretString;

use super::JwtSettings;
use super::claims::{Claims, seconds};
use super::keys::KeySettings;
use crate::AuthError;

/// No token of ours is longer.
const LONGEST: usize = 8 * 1024;

pub(super) struct KeyRing {
    keys: Vec<Key>,
    signing: usize,
    leeway: u64,
}

struct Key {
    key: KeySettings,
    validation: Validation,
}

impl KeyRing {
    pub(super) fn new(settings: &JwtSettings) -> Result<Self, AuthError> {
        let of = |key: &KeySettings| Key {
            key: key.clone(),
            validation: validation(settings, key),
        };
        let keys: Vec<_> = settings.keys.iter().map(of).collect();
        let signing = |key: &Key| key.key.id() == settings.signing_key && key.key.can_sign();
        let signing = keys.iter().position(signing).ok_or_else(|| {
            AuthError::Computation(format!("no key \"{}\" signs", settings.signing_key))
        })?;
        let ring = Self {
            keys,
            signing,
            leeway: settings.leeway.as_secs(),
        };
        ring.check()?;
        Ok(ring)
    }

    /// Signs something and verifies it, so that keys which cannot do it are known at the start.
    fn check(&self) -> Result<(), AuthError> {
        let key = &self.keys[self.signing];
        let sample = serde_json::json!({});
        let signed = self.signed(&sample)?;
        let mut validation = key.validation.clone();
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<serde_json::Value>(&signed, &key.key.verifies, &validation)
            .map(drop)
            .map_err(in_words)
    }

    pub(super) fn sign(&self, claims: &Claims) -> Result<SecretString, AuthError> {
        self.signed(claims).map(SecretString::from)
    }

    fn signed<T: serde::Serialize>(&self, claims: &T) -> Result<String, AuthError> {
        let key = &self.keys[self.signing].key;
        let missing = || AuthError::Computation(format!("key \"{}\" only verifies", key.id()));
        let signs = key.signs.as_ref().ok_or_else(missing)?;
        let mut header = Header::new(key.algorithm().of_tokens());
        header.kid = Some(key.id().to_owned());
        jsonwebtoken::encode(&header, claims, signs).map_err(in_words)
    }

    /// What a token says, if one of the keys signed it, in the algorithm of that key, for us, and its time is now.
    pub(super) fn verify(&self, token: &str) -> Result<Claims, AuthError> {
        if token.len() > LONGEST {
            return Err(AuthError::InvalidToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        // Names of extensions that must be understood, none of which is.
        if header.crit.is_some() {
            return Err(AuthError::InvalidToken);
        }
        // What the token brings along as a key, or as a place to get it from, is not looked at.
        let key = (self.keys.iter()).find(|key| header.kid.as_deref() == Some(key.key.id()));
        let key = key.ok_or(AuthError::InvalidToken)?;
        let decoded = jsonwebtoken::decode::<Claims>(token, &key.key.verifies, &key.validation);
        let claims = decoded.map_err(refused)?.claims;
        // The crate accepts a token in the very second in which it expires; RFC 7519 does not.
        if claims.exp.saturating_add(self.leeway) <= seconds(SystemTime::now()) {
            return Err(AuthError::ExpiredToken);
        }
        Ok(claims)
    }
}

/// Everything is said here, as the defaults of the crate are others: a minute of leeway, and no look at `nbf`.
fn validation(settings: &JwtSettings, key: &KeySettings) -> Validation {
    let mut validation = Validation::new(key.algorithm().of_tokens());
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.leeway = settings.leeway.as_secs();
    validation.reject_tokens_expiring_in_less_than = 0;
    validation.validate_exp = true;
    validation.validate_nbf = true;
    validation.validate_aud = true;
    validation.set_audience(&[&settings.audience]);
    validation.set_issuer(&[&settings.issuer]);
    validation
}

/// What time may mend is told; what else is wrong is a hint to those who try.
fn refused(error: jsonwebtoken::errors::Error) -> AuthError {
    match error.kind() {
        ErrorKind::ExpiredSignature => AuthError::ExpiredToken,
        ErrorKind::ImmatureSignature => AuthError::EarlyToken,
        _ => {
            tracing::debug!(%error, "a token is refused");
            AuthError::InvalidToken
        }
    }
}

fn in_words(error: jsonwebtoken::errors::Error) -> AuthError {
    AuthError::Computation(format!("cannot sign tokens: {error}"))
}

impl fmt::Display for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signing = &self.keys[self.signing].key;
        write!(
            f,
            "{} keys; \"{}\" signs with {:?}",
            self.keys.len(),
            signing.id(),
            signing.algorithm()
        )
    }
}
